"""Parts of a whole, as facts of the situation and as features of candidates."""

import pytest
from helpers.named_world import NamedLexicon

from macla.methods.belief import Belief
from macla.methods.cloning.candidate_features import CandidateSet
from macla.methods.cloning.facts import facts, pending
from macla.methods.cloning.settings import ArgumentSettings, PreconditionTreeSettings
from macla.methods.reading import Reader

TREE = PreconditionTreeSettings()
RACKS = "a rack:stand(red:colour blue:colour) and a bin:stand(big:size small:size)"


@pytest.fixture
def belief():
    made = Belief(Reader(NamedLexicon()), "take blue:colour and small:size")
    made.start("Welcome.")
    return made


def test_what_the_task_names_is_missing_until_it_is_in_sight(belief):
    assert facts(belief, TREE) >= {"named but not in sight: colour", "named but not in sight: size"}
    belief.update("open door", RACKS)
    assert not {fact for fact in facts(belief, TREE) if fact.startswith("named but not in sight")}
    belief.update("open door", "a rack:stand(red:colour blue:colour)")
    assert "named but not in sight: size" in facts(belief, TREE)
    assert "named but not in sight: colour" not in facts(belief, TREE)


def test_parts_are_open_until_a_part_of_the_same_whole_is_used(belief):
    belief.update("open door", RACKS)
    assert pending(belief) == ["blue", "small"]
    belief.update("take red", RACKS)
    assert pending(belief) == ["small"], "red and blue are alternatives"
    belief.update("take small", RACKS)
    assert pending(belief) == []


def test_a_whole_that_comes_back_into_sight_is_open_again(belief):
    belief.update("take blue", RACKS)
    belief.update("take blue", RACKS)
    assert "blue" not in pending(belief)
    belief.update("open door", "Nothing here.")
    belief.update("open door", RACKS)
    assert "blue" in pending(belief)


def test_a_whole_of_which_the_task_names_no_part(belief):
    belief.update("open door", "a rack:stand(red:colour) and a bin:stand(small:size)")
    assert "of which the task names nothing: stand" in facts(belief, TREE)
    belief.update("open door", RACKS)
    assert "of which the task names nothing: stand" not in facts(belief, TREE)


def test_candidates_know_their_place_in_sight_and_whether_their_whole_is_settled(belief):
    belief.update("open door", RACKS)
    belief.update("take red", RACKS)
    colours = CandidateSet(belief, ArgumentSettings(), "take {}", 0, candidates=belief.of_type("colour"), bound={})
    assert colours.features("blue")["its whole is settled"] == colours.features("red")["its whole is settled"] == 1.0
    sizes = CandidateSet(belief, ArgumentSettings(), "take {}", 0, candidates=belief.of_type("size"), bound={})
    assert "its whole is settled" not in sizes.features("small")
    assert sizes.features("small")["later in sight"] > sizes.features("big")["later in sight"] > 0
