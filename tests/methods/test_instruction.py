"""What the answer to an instruction means: a goal pattern, made by code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.instruction import parsed, slots_in
from macla.models.embedded import Embedded
from macla.models.requests import ParseTask, TaskReading, WorkedReading

CLEAN = WorkedReading(task="put a clean cup in crate", goal="put a clean <0> in <1>", kinds=("cup", "crate"))
TWO = WorkedReading(task="put two cups in crate", goal="put two <0> in <1>", kinds=("cup", "crate"))


@given(
    st.text(alphabet="abc .", max_size=30), st.frozensets(st.text(alphabet="abc", min_size=1, max_size=3), max_size=4)
)
def test_filling_the_goal_of_the_stand_in_gives_the_instruction_back(task, vocabulary):
    request = ParseTask(task=task, vocabulary=tuple(sorted(vocabulary)))
    read = parsed(request, Embedded().ask([request])[0])
    filled = read.goal
    for index, kind in reversed(list(enumerate(read.slots))):
        filled = filled.replace(f"<{index}>", kind)
    assert filled == task


@pytest.mark.parametrize(
    ("task", "job", "kinds", "goal"),
    [
        ("put a clean mug in box", TWO.goal, ("mug", "box"), "put a clean <0> in <1>"),  # it spells a known job itself
        ("Put two mugs in box", CLEAN.goal, ("mug", "box"), "put a clean <0> in <1>"),  # the model's word counts
        ("rinse the beaker, then shelve it", CLEAN.goal, ("mug", "shelf"), "put a clean <0> in <1>"),
        ("put mugs in boxes", "", ("mug", "box"), "put <0> in <1>"),
    ],
)
def test_the_goal_is_what_the_instruction_spells_or_else_the_job_it_is_like(task, job, kinds, goal):
    request = ParseTask(task=task, vocabulary=("box", "mug", "shelf"), examples=(CLEAN, TWO))
    read = parsed(request, TaskReading(job=job, kinds=kinds))
    assert (read.goal, read.slots) == (goal, kinds)


def test_the_kinds_that_a_job_takes_are_counted():
    assert slots_in("put two <0> in <1>, both <0>") == 2
