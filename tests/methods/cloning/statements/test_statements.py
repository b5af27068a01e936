"""Statements put together from parts, from demonstrations to statements of a world never shown."""

import pytest
from helpers.rooms import ENCODER, KINDS, READER, SETTINGS, believed, fetching, learned

from macla.methods.cloning.segments import STATEMENT
from macla.methods.cloning.statements.search import StatementSearch
from macla.methods.cloning.statements.wording import Wording
from macla.methods.macla.equations.beta import Prior


@pytest.fixture(scope="module")
def memory():
    return learned([fetching(room, kind) for room in ("kitchen", "cellar", "garden") for kind in KINDS])


def _statements(memory, kind, room="attic"):
    episode = fetching(room, kind)
    belief = believed(episode.task, *[(step.action, step.observation) for step in episode.steps[:2]])
    found = StatementSearch(memory, belief, encoder=ENCODER, settings=SETTINGS, prior=Prior(1.0, 1.0)).statements()
    return [READER.lexicon.render(READER.whole(statement.parts)) for statement in found]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plain", "take attic.box of attic"),
        ("sorted", "take attic.box of attic by attic.lamp"),
        ("chosen", "take attic.box of attic only Bo"),
    ],
)
def test_parts_and_entities_follow_the_wording_in_a_world_never_shown(memory, kind, expected):
    assert _statements(memory, kind)[0] == expected


def test_statements_are_different_commands(memory):
    statements = _statements(memory, "sorted")
    assert len(statements) == len(set(statements)) > 1


def test_parts_are_procedures_and_so_is_putting_them_together(memory):
    parts = {p.milestone.verb for p in memory.procedures.values() if p.part}
    assert parts == {"take {}", "of {}", "by {}", "only {}"}
    assert any(p.milestone == STATEMENT and not p.part for p in memory.procedures.values())


def test_only_the_last_command_teaches(memory):
    (take,) = [p for p in memory.procedures.values() if p.milestone.verb == "take {}"]
    assert take.support == 9  # one an episode, though three episodes tried another before


def test_what_a_demonstrator_knew_without_looking_is_looked_up_in_other_episodes():
    shown = [fetching("kitchen", kind) for kind in KINDS]
    blind = shown[0].model_copy(update={"steps": shown[0].steps[3:], "task_id": "blind"})
    memory = learned([*shown, blind])
    (take,) = [p for p in memory.procedures.values() if p.milestone.verb == "take {}"]
    assert take.support == 4


def test_an_instruction_is_understood_by_the_kinds_of_what_was_seen():
    belief = believed(
        'Fetch every cup of the kitchen called "Bo".',
        ("list", "There is room kitchen."),
        ("look kitchen", "It has cup. It has plate."),
    )
    wording = Wording(belief, SETTINGS)
    assert wording.understood == ["fetch", "every", "<thing>", "of", "the", "<room>", "called", "<value>"]
    assert wording.span("kitchen.cup").places == (2,)
    assert wording.span("kitchen.plate").places == ()
