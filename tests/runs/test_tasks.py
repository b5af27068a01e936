"""A limited run draws its tasks, in a stable order."""

from collections import Counter

import pytest

from macla.benchmarks.base import Task
from macla.runs.tasks import resample, sample

TASKS = [Task(f"train-{kind}-{number:02d}", "train", kind) for kind in "abc" for number in range(20)]


def test_a_sample_keeps_the_order_and_repeats_with_its_seed():
    drawn = sample(TASKS, 12, 3, "experts")
    assert drawn == sorted(set(drawn), key=TASKS.index)
    assert len(drawn) == 12
    assert drawn == sample(TASKS, 12, 3, "experts")
    assert drawn != sample(TASKS, 12, 4, "experts")
    assert drawn != sample(TASKS, 12, 3, "evaluation")


@pytest.mark.parametrize("limit", [None, 60, 61])
def test_without_a_limit_all_are_taken(limit):
    assert sample(TASKS, limit, 0, "experts") == TASKS


def test_a_smaller_sample_is_a_part_of_a_larger_one():
    assert set(sample(TASKS, 5, 0, "experts")) < set(sample(TASKS, 9, 0, "experts"))


def test_no_kind_of_task_is_favoured():
    drawn = Counter(task.type for seed in range(200) for task in sample(TASKS, 6, seed, "experts"))
    assert all(320 < n < 480 for n in drawn.values())


def test_a_bootstrap_sample_repeats_with_its_seed_and_draws_with_replacement():
    drawn = resample(TASKS, None, 3, "experts")
    assert len(drawn) == len(TASKS)
    assert drawn == sorted(drawn, key=TASKS.index)
    assert drawn == resample(TASKS, None, 3, "experts") != resample(TASKS, None, 4, "experts")
    shares = [len(set(resample(TASKS, None, seed, "experts"))) / len(TASKS) for seed in range(200)]
    assert sum(shares) / 200 == pytest.approx(1 - (1 - 1 / 60) ** 60, abs=0.01)


def test_a_smaller_bootstrap_sample_is_a_part_of_a_larger_one():
    few, more = (Counter(resample(TASKS, limit, 0, "experts")) for limit in (30, 61))
    assert few < more
    assert more.total() == 60
