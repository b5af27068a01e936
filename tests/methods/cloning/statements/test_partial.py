"""A statement that is being put together: its parts and places, what is still open, and what tells candidates apart."""

import pytest
from helpers.rooms import SETTINGS, believed
from hypothesis import given
from hypothesis import strategies as st

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.statements.partial import Hole, PartialStatement, Taken, candidates, head, part_place
from macla.methods.cloning.statements.wording import Wording

TAKE, OF, ONLY = (Command(f"{word} {{}}", (name,)) for word, name in (
    ("take", "kitchen.cup"), ("of", "kitchen"), ("only", "Bo"),
))  # fmt: skip


@pytest.fixture
def wording():
    belief = believed(
        'Fetch every cup of the kitchen called "Bo".',
        ("list", "There is room kitchen. There is room cellar."),
        ("look kitchen", "It has cup. It has plate."),
        ("look cellar", "It has cup."),
    )
    return Wording(belief, SETTINGS)


def put_together(*parts):
    partial = PartialStatement()
    for part in parts:
        partial = partial.add(part)
    return partial


def test_places_go_by_the_kind_of_part_and_the_word_before():
    assert head("order by {} and {}") == "order"
    assert part_place("order by {} and {}", 0) == "order by"
    assert part_place("order by {} and {}", 1) == "order and"


def test_candidates_are_what_was_seen_but_of_what_tasks_name_only_what_this_one_names(wording):
    wording.belief.types["Al"] = "value"  # seen somewhere; the task names Bo
    assert candidates(wording.belief, {"thing"}, frozenset({"value"})) == ["kitchen.cup", "kitchen.plate", "cellar.cup"]
    assert candidates(wording.belief, {"value"}, frozenset({"value"})) == ["Bo"]
    assert candidates(wording.belief, {"value"}, frozenset()) == ["Bo", "Al"]


PARTS = st.lists(
    st.lists(st.sampled_from(["cup", "plate", "pan"]), max_size=3).map(
        lambda names: Command("with" + " {}" * len(names), tuple(names))
    ),
    max_size=4,
)


@given(PARTS)
def test_what_is_added_part_by_part_is_the_statement_of_these_parts(parts):
    partial = put_together(*parts)
    assert partial.parts == tuple(parts)
    assert [name for _, name in partial.filled] == [name for part in parts for name in part.arguments]
    assert partial.here == len(partial.filled)


def test_a_part_takes_the_arguments_that_were_filled_since_it_began():
    partial = put_together(TAKE).begin().fill("join", "kitchen").fill("join and", "cellar")
    assert partial.end("join {} and {}").parts == (TAKE, Command("join {} and {}", ("kitchen", "cellar")))


def test_what_is_said_of_a_statement_is_its_parts_and_what_it_leaves_open(wording):
    assert wording.understood == ["fetch", "every", "<thing>", "of", "the", "<room>", "called", "<value>"]
    assert PartialStatement().said(wording) == ["first", "open <room>", "open <thing>", "open <value>"]
    assert put_together(TAKE, OF).said(wording) == [
        "after of {}", "with take {}", "with of {}", "open <value>", "open <value> with take {}",
    ]  # fmt: skip
    assert put_together(TAKE, OF, ONLY).said(wording)[-1] == "nothing open"


def row(wording, name, *parts, before=None):
    """Return the features of a candidate after parts, and in the part that has ``before`` already."""
    partial = put_together(*parts).begin()
    if before is not None:
        partial = partial.fill("and", before)
    return Hole(wording, list(wording.belief.types)).features(name, partial)


def test_features_say_where_the_instruction_speaks_of_a_candidate(wording):
    cup = row(wording, "kitchen.cup")
    assert cup["is thing"] == cup["all in the task's words"] == cup["most in the task's words"] == 1.0
    assert {"behind every", "behind fetch every", "before of"} <= set(cup)
    assert cup["how late in the task"] == 2 / 8
    plate = row(wording, "kitchen.plate")
    assert plate["not in the task's words"] == 1.0
    assert not {"behind every", "how late in the task", "share in the task's words"} & set(plate)


def test_features_say_whether_the_instruction_speaks_of_what_holds_a_candidate(wording):
    here, elsewhere = row(wording, "kitchen.cup"), row(wording, "cellar.cup")
    assert here["its holder all in the task's words"] == 1.0
    assert here["close to its holder in the task"] == 1.0
    assert elsewhere["its holder all in the task's words"] == 0.0
    assert "close to its holder in the task" not in elsewhere


def test_features_say_how_a_candidate_stands_to_what_is_in_the_statement(wording):
    assert "its holder is in the statement" not in row(wording, "kitchen.cup", TAKE)
    assert row(wording, "kitchen", TAKE)["holds of the statement"] == 1.0
    assert row(wording, "kitchen", TAKE)["holds what nothing in the statement does"] == 1.0
    after = row(wording, "kitchen", TAKE, OF)
    assert after["is in the statement"] == after["is at of of"] == 1.0
    assert "holds what nothing in the statement does" not in after
    assert row(wording, "kitchen.plate", TAKE, OF)["its holder is in the statement"] == 1.0
    assert "holds of the statement" not in row(wording, "cellar", TAKE)


def test_features_say_which_words_and_names_are_taken(wording):
    other = row(wording, "cellar.cup", TAKE)
    assert other["only words that speak of others"] == 1.0
    assert other["same name as one in the statement"] == other["named like one in the statement"] == 1.0
    assert "words that speak of others" not in row(wording, "kitchen", TAKE)


def test_what_the_task_names_is_next_until_it_is_taken(wording):
    assert row(wording, "Bo", TAKE)["next that the task names"] == 1.0
    assert "next that the task names" not in row(wording, "Bo", ONLY)


def test_features_say_how_a_candidate_stands_to_the_one_before_in_its_part(wording):
    plate = row(wording, "kitchen.plate", before="kitchen.cup")
    assert plate["of the same as the one before"] == plate["same kind as the one before"] == 1.0
    twin = row(wording, "cellar.cup", before="kitchen.cup")
    assert twin["same name as the one before"] == twin["like the one before"] == 1.0
    assert "of the same as the one before" not in twin
    room = row(wording, "kitchen", before="kitchen.cup")
    assert room["said after the one before"] == room["said right after the one before"] == 1.0
    assert row(wording, "kitchen.cup", before="kitchen")["said after the one before"] == 0.0


def test_the_one_before_is_of_the_present_part_only(wording):
    assert Taken(wording, put_together(TAKE).begin()).before is None
    assert Taken(wording, put_together(TAKE).begin().fill("of of", "kitchen")).before == "kitchen"


def test_what_is_fixed_and_what_changes_are_all_there_is(wording):
    hole, partial = Hole(wording, ["kitchen.cup", "kitchen"]), put_together(TAKE)
    for name in hole.candidates:
        fixed, changing = hole.fixed(name), hole.changing(name, Taken(wording, partial))
        assert not set(fixed) & set(changing)
        assert hole.features(name, partial) == fixed | changing
        assert fixed == hole.fixed(name)
