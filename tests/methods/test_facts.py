"""Situations of tasks that name things outright, and the features of candidates, as they are read from text."""

import pytest
from helpers.market import CLOSED, UNKNOWN, MarketLexicon
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.belief import Belief, Reader
from macla.methods.cloning.candidate_features import Slate, place
from macla.methods.facts import NOTHING, facts, goal, outline, pending, words

TASK = "Buy a red cup for at most 9 coins."
WARES = "T10, red cup, 12 coins\nT11, blue cup, 3 coins\nT12, red cup, 7 coins"


@pytest.fixture
def belief():
    made = Belief(Reader(MarketLexicon()), TASK)
    made.start("You see stall 1, stall 2, and stall 3.")
    return made


def row(belief, name, verb="take {}", kind="ware"):
    return Slate(belief, verb, 0, belief.of_type(kind), {}).row(name)


def test_what_the_task_names_is_known_from_the_start(belief):
    assert belief.named == {"red": "colour", "cup": "goods", "9": "limit"}
    assert outline(belief) == "names 1 colour, 1 goods, 1 limit"
    assert {NOTHING, "task colour is red", "task has 1 goods", "in sight: stall"} <= facts(belief)


def test_what_was_done_and_said_last(belief):
    belief.update("ask stall 2", CLOSED)
    assert {"last: ask <stall>", f"stated: {CLOSED}", "used 1 stall or more"} <= facts(belief)
    belief.update("sing", UNKNOWN)
    belief.update("take me", UNKNOWN)
    assert "refused" in facts(belief)


def test_what_the_task_names_is_open_once_in_sight(belief):
    assert pending(belief) == []
    belief.update("ask stall 2", WARES)
    assert set(pending(belief)) == {"red", "cup"}
    assert {"open: colour", "open: goods"} <= facts(belief)


def test_a_task_that_names_only_kinds_has_no_such_facts():
    made = Belief(Reader(MarketLexicon()), "Look around.")
    made.start("You see stall 1.")
    assert facts(made) == frozenset()
    assert outline(made) == ""


def test_the_goal_is_the_instruction_with_what_is_named_cut_out(belief):
    assert goal(belief) == "Buy a <colour> <goods> for at most <limit> coins."


def test_rows_carry_their_cells(belief):
    belief.update("ask stall 2", WARES)
    assert set(belief.things.attributes["T12"]) == {("colour", "red"), ("goods", "cup"), ("price", "7")}
    assert belief.things.revealers["T12"] == {"stall 2"}


def test_features_tell_what_fits_from_what_does_not(belief):
    belief.update("ask stall 2", WARES)
    fits, dear, blue = (row(belief, name) for name in ("T12", "T10", "T11"))
    assert fits["colour as the task wants"] == dear["colour as the task wants"] == 1
    assert "colour not as the task wants" in blue
    assert "price at most the task's limit" in fits
    assert "price above the task's limit" in dear
    assert "least price" in blue
    assert "most price" in dear


def test_features_tell_what_was_used_before(belief):
    belief.update("ask stall 1", CLOSED)
    belief.update("knock stall 1", "It opens.")
    assert {"used", "used here", "in the last command", "in the last command, knock"} <= set(
        row(belief, "stall 1", "ask {}", "stall")
    )
    assert not {"used", "in the last command"} & set(row(belief, "stall 3", "ask {}", "stall"))


def test_a_command_that_changes_nothing_is_idle_until_something_changes(belief):
    belief.update("ask stall 1", CLOSED)
    belief.update("ask stall 1", CLOSED)
    assert [command.arguments for command in belief.idle] == [("stall 1",)]
    belief.update("knock stall 1", "It opens.")
    assert not belief.idle


def test_places_behind_one_word_are_alike():
    assert place("take {}", 0) == "take"
    assert place("give {} to {}", 1) == "to"
    assert place("{}", 0) == ""


@given(st.text(max_size=60))
def test_words_are_lower_case_and_never_empty(text):
    assert all(word and word == word.lower() for word in words(text))


def test_joined_names_have_their_words_apart():
    assert words("Final_Table_Made") == {"final", "table", "made"}
    assert words("petAges") == {"pet", "age"}


def test_facts_are_computed_once_per_situation(belief):
    assert facts(belief) is facts(belief)
    belief.update("ask stall 2", CLOSED)
    assert "last: ask <stall>" in facts(belief)


def test_a_joined_name_in_the_instruction_is_left_as_it_is():
    made = Belief(Reader(MarketLexicon()), "Buy a red cup at McStall.")
    made.start("You see stall 1.")
    assert goal(made) == "Buy a <colour> <goods> at McStall."


def test_features_tell_whose_turn_it_is(belief):
    for name in ("stall 2", "stall 3"):
        belief.update(f"knock {name}", "It opens.")
    belief.update("ask stall 2", CLOSED)
    turn = "first used after the last in such a place"
    assert turn in row(belief, "stall 3", "ask {}", "stall")
    assert turn not in row(belief, "stall 1", "ask {}", "stall")
    assert "newest after knock" in row(belief, "stall 3", "ask {}", "stall")
    assert "newest after ask" in row(belief, "stall 2", "ask {}", "stall")


def test_features_tell_how_large_a_number_is_and_which_wishes_are_open(belief):
    belief.update("ask stall 2", WARES)
    assert row(belief, "T11")["price 3"] == 1
    assert (
        row(belief, "T11")["size of price"] < row(belief, "T12")["size of price"] < row(belief, "T10")["size of price"]
    )
    assert row(belief, "T12")["colour still wanted"] == 1
    belief.update("take T10", "Taken.")
    assert "colour still wanted" not in row(belief, "T12")
