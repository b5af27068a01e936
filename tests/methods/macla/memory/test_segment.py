"""Segments are values: what differs only in the episode compares equal."""

import pytest
from pydantic import ValidationError

from macla.methods.macla.memory.segment import SITUATION, Condition, Fact, Segment, SegmentSlot, StepKey
from macla.methods.macla.memory.slot import Slot


def test_equal_segments_hash_equal_and_any_difference_tells(segment):
    assert segment() == segment()
    assert hash(segment()) == hash(segment())
    others = [
        segment(goal="mend a <0> at <1>."),
        segment(("go to {}", ("<1>",), ())),
        segment(before=()),
        segment(after=()),
        segment(milestone=("fire {} in {}", ("<1>", "<0>"))),
    ]
    assert len({segment(), *others}) == 1 + len(others)


def test_the_descriptor_holds_goal_needs_and_effects_in_words(segment):
    text = segment(after=(Fact("<0>", "did: fire it in …"), Fact("", "said: The work is done."))).descriptor()
    assert text == "fire a <0> in <1>. <0> did: take it from …, <1> untouched then <0> did: fire it in …"


def test_needs_are_what_was_done_to_the_tasks_entities(segment):
    made = segment(before=(Fact("<0>", "untouched"), Fact("", "said: It rains.")))
    assert made.needs() == (Fact("<0>", "untouched"),)


def test_a_step_reads_as_a_command_with_slots():
    assert StepKey("take {} from {}", ("<0>", "<a>")).text() == "take <0> from <a>"


def test_a_segment_survives_json_and_takes_no_unknown_field(segment):
    made = segment(("go to {}", ("<1>",), (Fact("<1>", "untouched"),)))
    assert Segment.model_validate_json(made.model_dump_json()) == made
    with pytest.raises(ValidationError):
        Segment.model_validate({**made.model_dump(), "score": 1})


def test_texts_in_a_segment_become_slots(segment):
    made = segment(
        ("go to {}", ("<a>",), (Fact("<a>", "untouched"), Fact("", "said: It rains."))),
        slots=(SegmentSlot(name="<0>", holder_of=("<1>",)),),
    )
    again = Segment.model_validate_json(made.model_dump_json())
    for each in (made, again):
        (step,), (slot,) = each.steps, each.slots
        found = (*each.milestone.slots, *step.key.slots, step.known[0].slot, each.before[0].slot, slot.name)
        assert all(isinstance(one, Slot) for one in (*found, *slot.holder_of))
        assert step.known[1].slot == SITUATION
        assert each.milestone.slots[0].of_task
        assert not step.key.slots[0].of_task


def test_what_is_no_slot_is_refused():
    with pytest.raises(ValidationError):
        SegmentSlot(name="a mug")


@pytest.mark.parametrize("change", ["milestone", "before", "path"])
def test_only_segments_of_one_milestone_situation_and_path_are_alike(segment, change):
    others = {
        "milestone": StepKey("fire {} in {}", ("<1>", "<0>")),
        "before": (Fact("<0>", "did: wipe it"),),
        "path": (Condition("", "closed"),),
    }
    made = segment()
    assert made.alike() == segment(goal="bake it", after=()).alike()
    assert made.alike() != made.model_copy(update={change: others[change]}).alike()


def test_a_segment_with_a_path_is_described_by_its_command_and_the_path_and_a_part_by_its_command(segment):
    path = (Condition("", "last: nothing"), Condition("<0>", "closed", negated=True))
    assert segment().model_copy(update={"path": path}).descriptor() == (
        "fire <0> in <1> when now last: nothing, not <0> closed"
    )
    assert segment().model_copy(update={"path": path, "part": True}).descriptor() == "fire <0> in <1>"
