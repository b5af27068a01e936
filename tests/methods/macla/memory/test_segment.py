"""Segments are values: what differs only in the episode compares equal."""

import pytest
from pydantic import ValidationError

from macla.methods.macla.memory.segment import Fact, Segment, StepKey


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
