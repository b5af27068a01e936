"""Slots are filled from what was seen: the task's own entities, holders, kinds; probes follow the odds."""

import pytest

from envs.toy.lexicon import REJECTION, ToyLexicon
from macla.methods.belief import Belief
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.bind import Binder, holds
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.memory.exploration import Exploration
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Condition, SegmentSlot
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory
from macla.methods.reading import Reader

OPENING = "You see a shelf 1, a shelf 2, a crate 1, a crate 2, a kiln 1, and a kiln 2."
TAKE = ("take {} from {}", ("<0>", "<a>"))
PIECE = Slot.parse("<0>")
GO = ("go to {}", ("<a>",), ())


@pytest.fixture
def belief():
    made = Belief(Reader(ToyLexicon()))
    made.start(OPENING)
    return made


@pytest.fixture
def taking(segment):
    """A procedure that goes to a holder and takes the piece that going there reveals."""
    slots = (SegmentSlot(name="<0>"), SegmentSlot(name="<a>", holder_of=("<0>",)))
    return learn(segment(GO, milestone=TAKE, before=(), slots=slots), {"<0>": "vase", "<a>": "shelf"})


def learn(segment, kinds, times=3):
    made = Procedure(id="p1", milestone=segment.milestone, needs=segment.needs())
    for number in range(times):
        made.absorb(segment, kinds, number)
    return made


def binder(procedure, belief, roles=None, exploration=None):
    roles = roles or Roles(ParsedTask(goal="fire a <0> in <1>.", slots=("vase", "kiln")))
    memory = Memory()
    memory.exploration = exploration or memory.exploration
    return Binder(procedure, roles, belief, memory=memory, general=belief.about(None))


def odds(**rates):
    """Return exploration counts in which ``go to`` a kind revealed a vase so often of ten times."""
    made = Exploration()
    for kind, found in rates.items():
        for number in range(10):
            made.observe("go to {}", kind, frozenset({"vase"} if number < found else ()))
    return made


def reveal(belief, holder, piece):
    belief.update(f"go to {holder}", f"You arrive at the {holder}. In it you see a {piece}.")


def test_the_piece_and_its_holder_are_bound_once_seen(belief, taking):
    assert binder(taking, belief).bind() == {}
    reveal(belief, "crate 2", "vase 1")
    assert binder(taking, belief).bind() == {"<0>": "vase 1", "<a>": "crate 2"}


def test_a_piece_of_another_kind_is_not_taken(belief, taking):
    reveal(belief, "crate 2", "cup 1")
    assert binder(taking, belief).bind() == {}


def test_what_is_missing_is_sought_where_it_is_revealed(belief, taking):
    asked = binder(taking, belief)
    assert asked.sought(asked.bind()) == ("<0>", "<a>")
    reveal(belief, "crate 2", "vase 1")
    assert asked.sought(asked.bind()) is None


def test_probing_follows_the_odds_then_the_order_of_appearance(belief, taking):
    asked = binder(taking, belief, exploration=odds(shelf=2, crate=7, kiln=0))
    assert asked.candidates("vase") == ["crate 1", "crate 2", "shelf 1", "shelf 2", "kiln 1", "kiln 2"]


def test_kinds_that_were_never_probed_and_places_already_seen_are_no_candidates(belief, taking):
    asked = binder(taking, belief, exploration=odds(shelf=2, crate=7))
    reveal(belief, "crate 1", "cup 1")
    assert asked.candidates("vase") == ["crate 2", "shelf 1", "shelf 2"]


def test_a_place_that_was_refused_is_no_candidate(belief, taking):
    asked = binder(taking, belief, exploration=odds(crate=7))
    belief.update("go to crate 1", REJECTION)
    assert asked.candidates("vase") == ["crate 2"]


def using(segment, reuse):
    slots = (SegmentSlot(name="<0>", reuse=reuse), SegmentSlot(name="<1>"))
    return learn(segment(slots=slots, before=()), {"<0>": "vase", "<1>": "kiln"})


@pytest.mark.parametrize(("reuse", "expected"), [("same", "vase 1"), ("fresh", "vase 2")])
def test_an_entity_already_in_its_role_is_kept_or_replaced_as_learned(segment, belief, reuse, expected):
    belief.update("look", OPENING + " In it you see a vase 1 and a vase 2.")
    roles = Roles(ParsedTask(goal="g", slots=("vase", "kiln")))
    roles.settle({PIECE: "vase 1"})
    assert binder(using(segment, reuse), belief, roles).bind()["<0>"] == expected


def test_without_an_entity_in_the_role_a_spent_one_is_not_taken_again(segment, belief):
    belief.update("look", OPENING + " In it you see a vase 1.")
    roles = Roles(ParsedTask(goal="g", slots=("vase", "kiln")))
    roles.settle({PIECE: "vase 1"})
    assert "<0>" not in binder(using(segment, "fresh"), belief, roles).bind()


def test_a_slot_the_task_does_not_name_is_filled_by_kind_most_usual_first(segment, belief):
    made = segment(
        GO, milestone=("go to {}", ("<b>",)), before=(), slots=(SegmentSlot(name="<a>"), SegmentSlot(name="<b>"))
    )
    procedure = learn(made, {"<a>": "crate", "<b>": "shelf"})
    procedure.absorb(made, {"<a>": "kiln", "<b>": "shelf"}, 9)
    assert binder(procedure, belief).bind() == {"<a>": "crate 1", "<b>": "shelf 1"}


def test_the_entity_at_hand_comes_first(segment, belief):
    belief.update("go to kiln 2", "You arrive at the kiln 2.")
    assert binder(using(segment, ""), belief).bind()["<1>"] == "kiln 2"


def test_an_entity_whose_use_was_refused_comes_last(segment, belief):
    belief.update("fire vase 1 in kiln 1", REJECTION)
    assert binder(using(segment, ""), belief).bind()["<1>"] == "kiln 2"


def test_two_slots_never_share_an_entity_that_was_bound_by_kind(segment, belief):
    made = segment(
        GO, milestone=("go to {}", ("<b>",)), before=(), slots=(SegmentSlot(name="<a>"), SegmentSlot(name="<b>"))
    )
    bound = binder(learn(made, {"<a>": "crate", "<b>": "crate"}), belief).bind()
    assert sorted(bound.values()) == ["crate 1", "crate 2"]


def test_conditions_hold_of_what_is_believed_now(belief):
    belief.update("go to kiln 1", "You arrive at the kiln 1. The kiln 1 is hot. It rains.")
    bound = {"<1>": "kiln 1"}
    now = belief.about(None)
    hot = "said: The it is hot."
    assert holds(Condition("<1>", hot), belief, bound, now)
    assert not holds(Condition("<1>", hot, negated=True), belief, bound, now)
    assert holds(Condition("<1>", hot, negated=True), belief, {"<1>": "kiln 2"}, now)
    assert holds(Condition("", "said: It rains."), belief, bound, now)
    assert not holds(Condition("<1>", hot), belief, {}, now)
    assert holds(Condition("<0>", "untouched"), belief, {}, now)
    assert not holds(Condition("", "said: It rains."), belief, bound, frozenset())
