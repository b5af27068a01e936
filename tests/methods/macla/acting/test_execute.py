"""Executing a procedure: guards, probing, what is in effect already, grounding by the model, and y."""

import pytest
from helpers.acting import Asked, actions, executions, played_by

from envs.toy.env import ToyEnv
from envs.toy.world import Chances, Room
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.algorithm1 import Algorithm1
from macla.methods.macla.handover import find
from macla.methods.macla.memory.events import Defined, Explored, Extracted, Known, Merged
from macla.methods.macla.memory.segment import Fact, SegmentSlot
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings

DAMP, DRY = Fact("<0>", "said: The it is damp."), Fact("<0>", "said: The it is dry.")
GLAZED = Fact("<0>", "did: glaze it at …")
KINDS = {"<0>": "vase", "<1>": "vat", "<a>": "crate"}
PROBES = (("go to {}", "crate", 9, {"vase": 6}), ("go to {}", "shelf", 9, {"vase": 1}))
SLOTS = (SegmentSlot(name="<0>"), SegmentSlot(name="<1>"), SegmentSlot(name="<a>", holder_of=("<0>",)))


@pytest.fixture
def glazing(segment):
    """The segments of damp and of dry pieces: only the damp ones were wiped."""

    def make(*, wiped, after=(GLAZED,), slots=SLOTS, station="<1>", also=None):
        wipe = (("wipe {}", ("<0>",), (DAMP,)),) if wiped else ()
        return segment(
            ("go to {}", ("<a>",), ()),
            ("take {} from {}", ("<0>", "<a>"), ()),
            *wipe,
            ("go to {}", (station,), ()),
            *([also] if also else []),
            goal="glaze a <0> at <1>." if station == "<1>" else "glaze a <0> soon.",
            milestone=("glaze {} at {}", ("<0>", station)),
            before=(),
            at_milestone=(DRY,) if wiped else (DRY, Fact("<0>", "did: take it from …")),
            after=after,
            slots=slots,
        )

    return make


@pytest.fixture
def play(hashing, toy, tools):
    """Return a function (segments, room) → the session of an agent that knows the one procedure they give."""

    def run(segments, room, kinds=KINDS, horizon=9, **departures):
        memory = Memory(Settings(departures=departures))
        memory.apply(Known(kinds=("crate", "shelf", "vase", "vat", "well")))
        memory.apply(Explored(probes=PROBES))
        for number, each in enumerate(segments):
            memory.apply(Defined(segment=each))
            what = {"procedure": "p1", "segment": number, "source": number, "kinds": kinds}
            memory.apply(Merged(**what, similarity=1.0) if number else Extracted(**what))
        index, _ = memory.embed(hashing)
        settings, model = Settings(theta_conf=-9.0), Asked()
        lent = tools(toy(), model, hashing)
        actor = Algorithm1(Selector(memory, index, hashing, settings), lent, find(settings))
        return played_by(actor, ToyEnv(room, Chances(), horizon, 0), lent.reader, horizon), model.purposes

    return run


def room(damp=False, holder="crate 2", job="glaze"):
    holders = dict.fromkeys(("shelf 1", "crate 1", "crate 2"), ())
    return Room(job, "vase 1", {**holders, holder: ("vase 1",)}, "red", damp, 0)


@pytest.mark.parametrize("damp", [False, True])
def test_a_guarded_step_is_taken_exactly_when_its_condition_holds(play, glazing, damp):
    session, _ = play([glazing(wiped=True)] * 4 + [glazing(wiped=False)] * 4, room(damp))
    assert actions(session) == [
        "go to crate 1",
        "go to crate 2",
        "take vase 1 from crate 2",
        *["wipe vase 1"] * damp,
        "go to vat 1",
        "glaze vase 1 at vat 1",
    ]
    assert session.success
    assert [decision.success for decision in session.decisions] == [True]


def test_the_search_looks_at_each_place_once_though_another_slot_has_a_step_of_its_own(play, glazing, within):
    with within(2):
        session, _ = play([glazing(wiped=True)] * 4, room(damp=True))
    assert actions(session)[:3] == ["go to crate 1", "go to crate 2", "take vase 1 from crate 2"]


def test_a_rejected_step_spoils_y_but_not_the_execution(play, glazing):
    session, _ = play([glazing(wiped=False, also=("fill {} at {}", ("<0>", "<1>"), ()))] * 4, room(damp=False))
    assert "fill vase 1 at vat 1" in actions(session)
    assert session.success
    assert session.rejected == 1
    (execution,) = executions(session)
    verbs = [key.verb for key in execution.context.steps]
    assert "glaze {} at {}" in verbs
    assert "fill {} at {}" not in verbs
    assert session.decisions[0].success is False


@pytest.mark.parametrize("by_outcome", [True, False])
def test_unmet_postconditions_make_y_false_unless_the_episode_ended_well(play, glazing, by_outcome):
    wrong = (GLAZED, Fact("", "said: The work is praised."))
    session, _ = play([glazing(wiped=False, after=wrong)] * 3, room(), by_outcome=by_outcome)
    assert session.success
    assert session.decisions[0].success is by_outcome


def test_spoilt_work_makes_y_false_when_the_effect_was_learned(play, glazing):
    done = (GLAZED, Fact("", "said: The work is done."))
    for damp in (True, False):
        session, _ = play([glazing(wiped=False, after=done)] * 3, room(damp))
        assert session.decisions[0].success is session.success is (not damp)


def test_the_search_ends_with_the_horizon(play, glazing):
    nowhere = Room("glaze", "vase 1", {f"crate {n}": () for n in range(1, 9)}, "red", False, 0)
    session, _ = play([glazing(wiped=False)] * 3, nowhere, horizon=4)
    assert actions(session) == [f"go to crate {n}" for n in range(1, 5)]


def test_a_place_gone_to_already_is_not_gone_to_again(play, glazing):
    only = Room("glaze", "vase 1", {"crate 1": ("vase 1",)}, "red", False, 0)
    session, _ = play([glazing(wiped=False)] * 3, only)
    assert actions(session).count("go to crate 1") == 1


def test_a_slot_no_template_binds_is_asked_of_the_model_among_what_was_seen(play, glazing):
    """The station was of a kind that is not in this room, so only the model can say what to use."""
    slots = (SLOTS[0], SegmentSlot(name="<b>"), SLOTS[2])
    kinds = {"<0>": "vase", "<b>": "basin", "<a>": "crate"}
    session, purposes = play([glazing(wiped=False, slots=slots, station="<b>")] * 3, room(), kinds)
    assert "ground" in purposes
    assert actions(session)[3].startswith("go to ")


def test_without_probing_what_was_not_seen_is_asked_of_the_model(play, glazing):
    session, purposes = play([glazing(wiped=False)] * 3, room(), probing=False)
    assert "ground" in purposes
    searched, _ = play([glazing(wiped=False)] * 3, room())
    assert actions(searched)[:2] == ["go to crate 1", "go to crate 2"] != actions(session)[:2]
