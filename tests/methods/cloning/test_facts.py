"""Situations of tasks that name things outright, as facts that are read from text."""

import pytest
from helpers.market import CLOSED, UNKNOWN, MarketLexicon

from macla.methods.belief import Belief
from macla.methods.cloning.facts import NOTHING, facts, goal, outline, pending
from macla.methods.cloning.settings import PreconditionTreeSettings
from macla.methods.macla.handover import find
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader

TREE = PreconditionTreeSettings()
TASK = "Buy a red cup for at most 9 coins."
WARES = "T10, red cup, 12 coins\nT11, blue cup, 3 coins\nT12, red cup, 7 coins"


@pytest.fixture
def belief():
    made = Belief(Reader(MarketLexicon()), TASK)
    made.start("You see stall 1, stall 2, and stall 3.")
    return made


def test_what_the_task_names_is_known_from_the_start(belief):
    assert belief.named == {"red": "colour", "cup": "goods", "9": "limit"}
    assert outline(belief) == "names 1 colour, 1 goods, 1 limit"
    assert {NOTHING, "task colour is red", "task has 1 goods", "in sight: stall"} <= facts(belief, TREE)


def test_what_was_done_and_said_last(belief):
    belief.update("ask stall 2", CLOSED)
    assert {"last: ask <stall>", f"stated: {CLOSED}", "used 1 stall or more"} <= facts(belief, TREE)
    belief.update("sing", UNKNOWN)
    belief.update("take me", UNKNOWN)
    assert "refused" in facts(belief, TREE)


def test_what_the_task_names_is_open_once_in_sight(belief):
    assert pending(belief) == []
    belief.update("ask stall 2", WARES)
    assert set(pending(belief)) == {"red", "cup"}
    assert {"open: colour", "open: goods"} <= facts(belief, TREE)


def test_a_task_that_names_only_kinds_is_not_taken_over_so_such_facts_are_not_asked_for():
    made = Belief(Reader(MarketLexicon()), "Look around.")
    made.start("You see stall 1.")
    assert not find(Settings()).takes(made)
    assert made.about(None) == frozenset()
    assert outline(made) == "names nothing"


def test_the_goal_is_the_instruction_with_what_is_named_cut_out(belief):
    assert goal(belief, TREE) == "Buy a <colour> <goods> for at most <limit> coins."


def test_facts_are_computed_once_per_situation(belief):
    assert facts(belief, TREE) is facts(belief, TREE)
    belief.update("ask stall 2", CLOSED)
    assert "last: ask <stall>" in facts(belief, TREE)


def test_a_joined_name_in_the_instruction_is_left_as_it_is():
    made = Belief(Reader(MarketLexicon()), "Buy a red cup at McStall.")
    made.start("You see stall 1.")
    assert goal(made, TREE) == "Buy a <colour> <goods> at McStall."
