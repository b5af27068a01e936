"""Filling slots: what reveals others first, nothing that was in vain just now, and how many conditions are broken."""

import pytest
from helpers.pairs import BALL, BOX, SETTINGS, believed, procedure

from macla.methods.cloning.argument_model import ArgumentModel, ArgumentWeights
from macla.methods.cloning.bind import fill
from macla.methods.cloning.invariants import Invariants
from macla.methods.cloning.state import Cloned
from macla.methods.macla.memory.slot import Slot

FIRST = "You see red:box and blue:box."
OPENED = [("open red", "In it is r1:ball."), ("open blue", "In it is b1:ball and b2:ball.")]


def cloned(arguments=None, **invariants):
    """Return what was learned: (verb, position, kind) → what is known of that argument."""
    return Cloned(ArgumentModel(by_argument=arguments or {}), Invariants(**invariants))


def binding(made, belief, known):
    return dict(fill(made, belief, known, SETTINGS.arguments).binding)


@pytest.mark.parametrize(("weight", "box"), [(1.0, "blue"), (-1.0, "red")])
def test_the_candidate_with_the_highest_score_fills_a_slot(weight, box):
    likes = cloned({("open {}", 0, "box"): ArgumentWeights({"later in sight": weight})})
    assert binding(procedure("open {}", BOX), believed("Fetch it.", FIRST), likes) == {BOX: box}


def test_equals_are_taken_as_they_appeared():
    assert binding(procedure("open {}", BOX), believed("Fetch it.", FIRST), cloned()) == {BOX: "red"}


OUT_OF = {
    ("take {} {}", 0, "ball"): ArgumentWeights({"belongs to argument 1": 3.0}),
    ("take {} {}", 1, "box"): ArgumentWeights({"in the last command": 1.0}),
}
"""The box of the last command, and a ball that belongs to the box, once that is known."""


@pytest.mark.parametrize(("reveals", "ball"), [(True, "b1"), (False, "r1")])
def test_a_slot_that_reveals_others_is_filled_before_them(reveals, ball):
    belief = believed("Fetch it.", FIRST, *OPENED)
    taking = procedure("take {} {}", BALL, BOX, holder_of={BOX: (BALL,)} if reveals else {})
    assert binding(taking, belief, cloned(OUT_OF)) == {BOX: "blue", BALL: ball}


def test_two_slots_of_a_kind_have_different_entities():
    second = Slot("ball", 2)
    belief = believed("Fetch it.", FIRST, *OPENED)
    assert binding(procedure("swap {} {}", BALL, second), belief, cloned()) == {BALL: "r1", second: "b1"}


def test_one_slot_keeps_its_entity_over_all_steps():
    likes = {("take {}", 0, "ball"): ArgumentWeights({"later in sight": 1.0})}
    belief = believed("Fetch it.", FIRST, *OPENED)
    made = procedure("throw {}", BALL, steps=[("take {}", (BALL,))])
    assert [step.key.verb for step in made.plan] == ["take {}", "throw {}"]
    assert binding(made, belief, cloned(likes)) == {BALL: "b2"}


def test_a_slot_without_candidate_is_left_out():
    made = procedure("take {} {}", BALL, BOX)
    assert binding(made, believed("Fetch it.", FIRST), cloned()) == {BOX: "red"}


def test_what_was_refused_just_now_is_not_given_again():
    belief = believed("Fetch it.", FIRST, ("open red", "No."))
    assert binding(procedure("open {}", BOX), belief, cloned()) == {BOX: "blue"}
    assert binding(procedure("shut {}", BOX), belief, cloned()) == {BOX: "red"}


def test_what_changed_nothing_just_now_is_not_given_again():
    belief = believed("Fetch it.", FIRST, ("open red", FIRST))
    assert belief.idle
    assert binding(procedure("open {}", BOX), belief, cloned()) == {BOX: "blue"}


def test_of_a_command_on_two_things_only_the_last_to_be_filled_is_ruled_out():
    belief = believed("Fetch it.", FIRST, *OPENED, ("put r1 red", "No."))
    assert binding(procedure("put {} {}", BALL, BOX), belief, cloned()) == {BALL: "r1", BOX: "blue"}


def test_another_first_thing_leaves_the_last_free():
    belief = believed("Fetch it.", FIRST, *OPENED, ("put b1 red", "No."))
    assert binding(procedure("put {} {}", BALL, BOX), belief, cloned()) == {BALL: "r1", BOX: "red"}


@pytest.mark.parametrize(("once", "box"), [(frozenset({"open {}"}), "blue"), (frozenset(), "red")])
def test_what_nobody_gives_twice_is_not_given_again_though_it_did_something(once, box):
    belief = believed("Fetch it.", FIRST, ("open red", "In it is r1:ball."))
    assert binding(procedure("open {}", BOX), belief, cloned(once=once)) == {BOX: box}


@pytest.mark.parametrize(("final", "box"), [(True, "blue"), (False, "red")])
def test_where_refusals_are_final_one_long_ago_still_counts(final, box):
    belief = believed("Fetch it.", FIRST, ("open red", "No."), ("shout", "Something stirs."))
    assert not belief.refused
    assert binding(procedure("open {}", BOX), belief, cloned(final=final)) == {BOX: box}


def test_where_everything_was_in_vain_nothing_fills_the_slot():
    belief = believed("Fetch it.", FIRST, ("open red", "No."), ("open blue", "No."))
    assert binding(procedure("open {}", BOX), belief, cloned()) == {}


NAMED = ArgumentWeights({}, always=("named by the task",), never=("used",))


def broken(belief, verb="open {}", slots=(BOX,), known=NAMED):
    made = cloned({(verb, position, slot.kind): known for position, slot in enumerate(slots)})
    return fill(procedure(verb, *slots), belief, made, SETTINGS.arguments)


def test_who_breaks_fewest_conditions_fills_the_slot_and_the_rest_is_counted():
    assert broken(believed("Fetch blue:box.", FIRST)) == ({BOX: "blue"}, 0)
    assert broken(believed("Fetch it.", FIRST)) == ({BOX: "red"}, 1)
    used = [("open red", "Empty."), ("open blue", "Empty.")]
    assert broken(believed("Fetch it.", FIRST, *used)) == ({BOX: "red"}, 2)


def test_conditions_come_before_weights():
    known = NAMED._replace(weights={"first in sight": 9.0})
    assert broken(believed("Fetch blue:box.", FIRST), known=known) == ({BOX: "blue"}, 0)


def test_broken_conditions_of_all_slots_add_up():
    belief = believed("Fetch it.", FIRST, *OPENED)
    assert broken(belief, "put {} {}", (BALL, BOX)).broken == 1 + 2  # boxes were used besides


def test_who_has_no_alternative_breaks_nothing():
    assert broken(believed("Fetch it.", "You see red:box.")) == ({BOX: "red"}, 0)
