"""What the answer to an instruction means: a goal pattern, made by code."""

from hypothesis import given
from hypothesis import strategies as st

from macla.methods.instruction import parsed, slots_in
from macla.models.embedded import Embedded
from macla.models.requests import ParseTask, TaskReading


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


def test_the_goal_is_what_the_instruction_spells():
    request = ParseTask(task="put mugs in boxes", vocabulary=("box", "mug", "shelf"))
    read = parsed(request, TaskReading(kinds=("mug", "box")))
    assert (read.goal, read.slots) == ("put <0> in <1>", ("mug", "box"))


def test_the_kinds_that_a_job_takes_are_counted():
    assert slots_in("put two <0> in <1>, both <0>") == 2
