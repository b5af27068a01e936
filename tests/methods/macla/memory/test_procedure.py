"""What merged segments say: conditions, plan, guards and slots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Fact, SegmentSlot, StepKey
from macla.methods.macla.settings import Abstraction, Departures

GO = ("go to {}", ("<1>",), ())
DAMP, DRY = Fact("<0>", "said: The it is damp."), Fact("<0>", "said: The it is dry.")
NEEDS = (Fact("<0>", "did: take it from …"),)


def procedure(segments, kinds, **settings):
    first = segments[0]
    made = Procedure(id="p0001", milestone=first.milestone, needs=first.needs(), **settings)
    for number, each in enumerate(segments):
        made.absorb(each, kinds, number)
    return made


def plan(made):
    return [(step.key.verb, step.guard.text() if step.guard else "") for step in made.plan]


def wiped(segment):
    return segment(("wipe {}", ("<0>",), (DAMP, *NEEDS)), GO, at_milestone=(DRY,))


def unwiped(segment):
    return segment(GO, at_milestone=(DRY,))


def test_the_plan_is_in_the_usual_order_with_the_milestone_last(segment, kinds):
    steps = (("go to {}", ("<a>",), ()), ("take {} from {}", ("<0>", "<a>"), ()), GO)
    made = procedure([segment(*steps), segment(*steps), segment(*steps[1:])], kinds)
    assert [step.key.text() for step in made.plan] == [
        "go to <a>",
        "take <0> from <a>",
        "go to <1>",
        "fire <0> in <1>",
    ]


def test_the_step_taken_under_a_condition_is_found_with_its_condition(segment, kinds):
    made = procedure([wiped(segment)] * 5 + [segment(GO, at_milestone=(DRY, *NEEDS))] * 5, kinds)
    ((verb, guard), *_) = plan(made)
    assert verb == "wipe {}"
    assert guard in ("<0> said: The it is damp.", "not <0> said: The it is dry.")


def test_the_condition_of_the_steps_own_slot_comes_first(segment, kinds):
    rain = Fact("", "said: It rains.")
    inside = segment(("wipe {}", ("<0>",), (DAMP, rain)), GO, at_milestone=(rain,))
    made = procedure([inside] * 5 + [segment(GO, at_milestone=(DRY,))] * 5, kinds)
    assert plan(made)[0] == ("wipe {}", "<0> said: The it is damp.")


@pytest.mark.parametrize(("executed", "skipped"), [(2, 8), (8, 2), (1, 1)])
def test_a_guard_needs_evidence_on_both_sides(segment, kinds, executed, skipped):
    made = procedure([wiped(segment)] * executed + [unwiped(segment)] * skipped, kinds)
    found = plan(made)
    assert [verb for verb, _ in found][-2:] == ["go to {}", "fire {} in {}"]
    assert all(guard == "" for _, guard in found)


def test_what_a_step_brings_about_is_no_condition_of_it(segment, kinds):
    done = Fact("<0>", "did: wipe it")
    inside = segment(("wipe {}", ("<0>",), ()), GO, at_milestone=(done,))
    made = procedure([inside] * 5 + [segment(GO)] * 5, kinds)
    assert plan(made)[0] == ("wipe {}", "")


def test_a_rare_detour_is_no_step(segment, kinds):
    made = procedure([wiped(segment)] * 4 + [unwiped(segment)] * 196, kinds)
    assert [verb for verb, _ in plan(made)] == ["go to {}", "fire {} in {}"]


def test_a_step_hardly_ever_skipped_is_always_due(segment, kinds):
    made = procedure([wiped(segment)] * 196 + [unwiped(segment)] * 4, kinds)
    assert plan(made)[0] == ("wipe {}", "")


def test_a_condition_that_is_often_wrong_is_no_guard(segment, kinds):
    damp_but_unwiped = segment(GO, at_milestone=(DAMP,))
    made = procedure([wiped(segment)] * 6 + [unwiped(segment)] * 3 + [damp_but_unwiped] * 3, kinds)
    found = plan(made)
    assert found[0][0] == "wipe {}"
    assert "<0> said: The it is damp." not in [guard for _, guard in found]


@pytest.mark.parametrize(("times", "kept"), [(9, True), (8, False)])
def test_a_condition_belongs_when_it_nearly_always_held(segment, kinds, times, kept):
    often = (*segment().before, Fact("", "said: It rains."))
    done = (Fact("<0>", "did: fire it in …"), Fact("", "said: The work is done."))
    segments = [segment(before=often, after=done)] * times + [segment()] * (10 - times)
    made = procedure(segments, kinds)
    assert ("now said: It rains." in [c.text() for c in made.preconditions]) is kept
    assert ("now said: The work is done." in [c.text() for c in made.postconditions]) is kept
    assert "<0> did: fire it in …" in [c.text() for c in made.postconditions]


def test_slots_remember_kinds_holders_and_reuse(segment):
    slots = (SegmentSlot(name="<0>", reuse="same"), SegmentSlot(name="<1>", reuse="fresh", holder_of=("<0>",)))
    made = Procedure(id="p", milestone=segment().milestone, needs=segment().needs())
    made.absorb(segment(slots=slots), {"<0>": "vase", "<1>": "kiln"}, 0)
    made.absorb(segment(slots=slots), {"<0>": "cup", "<1>": "kiln"}, 1)
    assert made.slots["<0>"].kinds == {"vase": 1, "cup": 1}
    assert (made.slots["<0>"].same, made.slots["<0>"].fresh) == (2, 0)
    assert (made.slots["<1>"].same, made.slots["<1>"].fresh) == (0, 2)
    assert made.slots["<1>"].holder_of == {"<0>": 2}


@given(st.permutations(range(12)))
def test_merging_forgets_the_order_in_which_segments_came(segment, order):
    def build(numbers):
        made = Procedure(id="p", milestone=segment().milestone, needs=segment().needs())
        for number in numbers:
            made.absorb((wiped if number % 2 else unwiped)(segment), {"<0>": "vase", "<1>": "kiln"}, 0)
        return made

    one, other = build(range(12)), build(order)
    assert one.plan == other.plan
    assert one.preconditions == other.preconditions
    assert one.descriptors() == other.descriptors()
    assert one.support == other.support == 12


def test_derived_parts_follow_new_evidence(segment, kinds):
    made = procedure([segment()], kinds)
    assert plan(made) == [("fire {} in {}", "")]
    for number in range(3):
        made.absorb(segment(GO), kinds, number)
    assert plan(made) == [("go to {}", ""), ("fire {} in {}", "")]


def test_every_goal_has_a_descriptor(segment, kinds):
    made = procedure([segment(), segment(goal="bake a <0> in <1>.")], kinds)
    texts = made.descriptors()
    assert sorted(texts) == ["bake a <0> in <1>.", "fire a <0> in <1>."]
    assert all(text.startswith(goal) and "<0> did: take it from …" in text for goal, text in texts.items())


def test_repeated_steps_of_one_segment_are_one_step_of_the_plan(segment, kinds):
    made = procedure([segment(GO, GO)] * 3, kinds)
    assert [step.key for step in made.plan].count(StepKey("go to {}", ("<1>",))) == 1


@pytest.mark.parametrize(("executed", "kept"), [(6, True), (4, False)])
def test_without_guards_a_step_is_in_the_plan_when_enough_segments_took_it(segment, kinds, executed, kept):
    segments = [wiped(segment)] * executed + [segment(GO, at_milestone=(DRY, *NEEDS))] * (10 - executed)
    made = procedure(segments, kinds, departures=Departures(guards=False))
    assert plan(made) == [("wipe {}", "")] * kept + [("go to {}", ""), ("fire {} in {}", "")]
    assert plan(procedure(segments, kinds))[0][1]


def test_a_segment_of_another_milestone_adds_conditions_and_evidence_and_leaves_the_plan_alone(segment, kinds):
    founder = segment(("go to {}", ("<a>",), ()), GO, slots=(*segment().slots, SegmentSlot(name="<a>")))
    wet = Fact("<2>", "said: it is wet")
    other = segment(
        ("fetch {}", ("<a>",), ()), milestone=("bake {} on {}", ("<2>", "<a>")), before=(wet,), after=(DAMP,),
        slots=(SegmentSlot(name="<2>"), SegmentSlot(name="<a>")),
    )  # fmt: skip
    alone = procedure([founder], kinds, settings=Abstraction(holds_in=0))
    made = procedure([founder], kinds, settings=Abstraction(holds_in=0))
    for source in range(1, 4):
        made.absorb(other, {"<2>": "dish", "<a>": "oven"}, source)
    assert (made.plan, made.slots) == (alone.plan, alone.slots)
    assert {*made.preconditions} - {*alone.preconditions} == {(*wet, False)}
    assert {*made.postconditions} - {*alone.postconditions} == {(*DAMP, False)}
    assert (made.support, made.evidence.counts(), made.sources) == (4, (4, 0), [0, 1, 2, 3])
