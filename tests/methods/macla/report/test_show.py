"""``macla memory show``."""

import json

import pytest

from macla.encoder import Hashing
from macla.errors import UserError
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.events import Accustomed, Practised, Weighed
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.show import show_memory


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


def test_habits_and_what_practice_taught_are_shown(tmp_path, capsys):
    memory = Memory()
    memory.apply(Accustomed(once=("knock {}",), final=True, latest=((StepKey("pay", ()), 7),)))
    memory.apply(Practised(tasks=("a", "b")))
    memory.apply(Weighed(kind="ware", weights={"cheap": 0.5, "dear": -0.25}))
    directory.save(tmp_path, memory, Hashing(), {})
    stored = json.loads((tmp_path / "memory.json").read_text())
    assert stored["habits"] == {"once": ["knock {}"], "final": True, "latest": {"pay": 7}}
    assert stored["practised"] == ["a", "b"]
    assert stored["weighed"] == {"ware": {"cheap": 0.5, "dear": -0.25}}
    show_memory(tmp_path, None)
    shown = capsys.readouterr().out
    assert "knock {}" in shown
    assert any(" pay " in line and " after 7 steps " in line for line in shown.splitlines())
    assert "not tried again" in shown
    assert "2 practised tasks" in shown
    assert "cheap +0.50" in shown
    assert "dear -0.25" in shown
