"""``macla memory show``."""

import json

import pytest

from macla.errors import UserError
from macla.methods.cloning.events import ChoicesContrasted, InvariantsFound
from macla.methods.macla.handover import find
from macla.methods.macla.learned import LearnedMacla
from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.memory.events import Practised
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.show import describe
from macla.methods.macla.settings import Settings
from macla.methods.stored import read
from macla.runs.inspect import load_alone


def all_shown(folder):
    """Return whether everything that ``memory.json`` lists is shown."""
    shown = "\n".join(load_alone(folder).describe())
    stored = json.loads((folder / "memory.json").read_text())
    assert stored["procedures"]
    assert stored["metas"]
    return all(f" {each['id']} " in shown for each in [*stored["procedures"], *stored["metas"]])


def test_everything_in_a_memory_is_shown(played):
    assert all_shown(played["memory"])


def test_a_procedure_and_a_meta_are_shown_in_full(played):
    memory = load_alone(played["memory"])
    assert {"G", "Ψ", "π", "Φ"} <= {line[0] for line in "\n".join(memory.describe("p0001")).splitlines()}
    assert sum(line.startswith("Θ") for line in memory.describe("m0001")) >= 2


def test_the_memory_of_an_online_evaluation_is_shown_and_says_where_it_began(played):
    assert all_shown(played["online"] / "memory")
    assert read(played["online"] / "memory").about == {"online": str(played["memory"])}


def test_an_unknown_id_names_some_that_are_known(played):
    with pytest.raises(UserError, match=r"nothing named p9999 .* p0001"):
        load_alone(played["memory"]).describe("p9999")


def test_invariants_and_what_practice_taught_are_shown(tmp_path, tools, toy):
    memory, settings = Memory(), Settings()
    memory.apply(InvariantsFound(once=("knock {}",), final=True, latest=((StepKey("pay", ()), 7),)))
    memory.apply(Practised(tasks=("a", "b")))
    memory.apply(ChoicesContrasted(kind="ware", weights={"cheap": 0.5, "dear": -0.25}))
    LearnedMacla(
        memory, composer=MetaComposer(settings), tools=tools(toy()), settings=settings, handover=find(settings)
    ).save(tmp_path)
    stored = json.loads((tmp_path / "memory.json").read_text())
    assert stored["invariants"] == {"once": ["knock {}"], "final": True, "latest": {"pay": 7}}
    assert stored["practised"] == ["a", "b"]
    assert stored["contrasted"] == {"ware": {"cheap": 0.5, "dear": -0.25}}
    shown = describe(memory, find(settings), None)
    assert any(line.startswith("knock {}") for line in shown)
    assert any("pay" in line and "after 7 steps" in line for line in shown)
    assert any("not tried again" in line for line in shown)
    assert any("2 practised tasks" in line for line in shown)
    assert any("cheap +0.50" in line and "dear -0.25" in line for line in shown)


def test_without_a_method_that_takes_tasks_over_there_is_nothing_of_it_to_show():
    memory = Memory()
    memory.apply(InvariantsFound(once=("knock {}",), final=True, latest=()))
    assert not any("knock" in line for line in describe(memory, None, None))
