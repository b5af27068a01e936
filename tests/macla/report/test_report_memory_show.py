"""``macla memory show``."""

import json

import pytest

from macla.errors import UserError
from macla.report.memory_show import show_memory


def test_everything_in_a_memory_is_shown(played, capsys):
    show_memory(played["memory"], None)
    shown = capsys.readouterr().out
    stored = json.loads((played["memory"] / "memory.json").read_text())
    assert stored["procedures"]
    assert stored["metas"]
    assert all(f" {each['id']} " in shown for each in [*stored["procedures"], *stored["metas"]])


def test_a_procedure_and_a_meta_are_shown_in_full(played, capsys):
    show_memory(played["memory"], "p0001")
    assert {"G", "Ψ", "π", "Φ"} <= {line[0] for line in capsys.readouterr().out.splitlines()}
    show_memory(played["memory"], "m0001")
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("Θ") for line in lines) >= 2


def test_the_memory_of_an_online_evaluation_is_shown(played, capsys):
    show_memory(played["online"] / "memory", None)
    assert str(played["memory"]) in capsys.readouterr().out.replace("\n", "").replace(" ", "")


def test_an_unknown_id_names_some_that_are_known(played):
    with pytest.raises(UserError, match=r"nothing named p9999 .* p0001"):
        show_memory(played["memory"], "p9999")
