"""What another reading has no use for is put down as demonstrations put such things down."""

import pytest
from helpers.acting import actions
from helpers.scripted import Scripted

from envs.toy.lexicon import REJECTION, ToyLexicon
from macla.methods.base import Interface, Tools
from macla.methods.macla.acting.put_back import put_back
from macla.methods.macla.memory.events import Defined, Extracted, Known
from macla.methods.macla.memory.segment import Fact, SegmentSlot
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader
from macla.methods.session import Session

TAKE, LEAVE, PUT = "take vase 1 from crate 2", "go to well 1", "put vase 1 on crate 2"
ANSWERS = {
    "go to shelf 1": "You arrive at the shelf 1. In it you see nothing.",
    "go to crate 2": "You arrive at the crate 2. In it you see a vase 1.",
    LEAVE: "You arrive at the well 1.",
    TAKE: "You take the vase 1 from the crate 2.",
    PUT: "You put the vase 1 on the crate 2.",
}


@pytest.fixture
def shelving(segment):
    """Return a function: kind of the place → a memory of one procedure, which puts what was taken on such a place."""

    def make(place):
        memory = Memory(Settings())
        memory.apply(Known(kinds=("crate", "shelf", "vase")))
        shown = segment(
            ("go to {}", ("<1>",), ()),
            goal="put a <0> on <1>.",
            milestone=("put {} on {}", ("<0>", "<1>")),
            before=(Fact("<0>", "did: take it from …"), Fact("<1>", "untouched")),
            at_milestone=(Fact("<0>", "did: take it from …"),),
            after=(Fact("<0>", "did: put it on …"),),
            slots=(SegmentSlot(name="<0>"), SegmentSlot(name="<1>")),
        )
        memory.apply(Defined(segment=shown))
        kinds = {"<0>": "vase", "<1>": place}
        memory.apply(Extracted(procedure="p1", segment=0, source=0, kinds=kinds))
        return memory

    return make


def after(*done):
    """Return a session in which this was done."""
    session = Session(Scripted("put a jug on a shelf.", "You see a crate 2.", ANSWERS, REJECTION), READER, 9, 0)
    session.start()
    for action in done:
        assert session.say(action)
    return session


READER = Reader(ToyLexicon())
TOOLS = Tools(None, None, READER, Interface("", ""))


def test_what_was_taken_is_put_where_it_was(shelving):
    session = after("go to crate 2", TAKE, LEAVE)
    decision = put_back(session, shelving("crate"), TOOLS, ["vase 1"])
    assert actions(session)[3:] == ["go to crate 2", PUT]
    assert (decision.step, decision.steps, decision.success) == (3, 2, True)
    assert (decision.kind, decision.chosen) == ("skill", "p1")
    assert [one.procedure for one in decision.details.executions] == ["p1"]
    assert session.belief.holder["vase 1"] == "crate 2"
    assert put_back(session, shelving("crate"), TOOLS, ["vase 1"]) is None  # there it is
    assert len(session.steps) == 5


@pytest.mark.parametrize("done", [("go to crate 2",), ("go to crate 2", TAKE, PUT)])
def test_what_is_in_no_hand_stays_where_it_is(shelving, done):
    session = after(*done)
    assert put_back(session, shelving("crate"), TOOLS, ["vase 1"]) is None
    assert len(session.steps) == len(done)


def test_where_nothing_was_ever_put_in_such_a_place_another_is_taken(shelving):
    session = after("go to crate 2", TAKE, "go to shelf 1")
    decision = put_back(session, shelving("shelf"), TOOLS, ["vase 1"])
    assert actions(session)[3:] == ["put vase 1 on shelf 1"]  # refused here: it stays in the hand
    assert (decision.steps, decision.success) == (1, False)


def test_without_such_a_place_it_is_left(shelving):
    session = after("go to crate 2", TAKE)
    assert put_back(session, shelving("shelf"), TOOLS, ["vase 1"]) is None
    assert len(session.steps) == 2
    assert session.belief.holder["vase 1"] == "crate 2"
