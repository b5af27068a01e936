"""The features of candidates for an argument, as they are read from text."""

import pytest
from helpers.market import CLOSED, MarketLexicon

from macla.methods.belief import Belief
from macla.methods.cloning.candidate_features import CandidateSet, place
from macla.methods.cloning.settings import ArgumentSettings
from macla.methods.reading import Reader

TASK = "Buy a red cup for at most 9 coins."
WARES = "T10, red cup, 12 coins\nT11, blue cup, 3 coins\nT12, red cup, 7 coins"


@pytest.fixture
def belief():
    made = Belief(Reader(MarketLexicon()), TASK)
    made.start("You see stall 1, stall 2, and stall 3.")
    return made


def row(belief, name, verb="take {}", kind="ware"):
    return CandidateSet(belief, ArgumentSettings(), verb, 0, candidates=belief.of_type(kind), bound={}).features(name)


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


def test_places_behind_one_word_are_alike():
    assert place("take {}", 0) == "take"
    assert place("give {} to {}", 1) == "to"
    assert place("{}", 0) == ""


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
