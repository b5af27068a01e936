"""Two rows on the tasks that both played: nothing is pooled over memories, and the level of the test is said."""

import pytest

from macla.reports.paired import compare
from macla.statistics import paired_rates, sign_flip


@pytest.fixture
def row(run, episode):
    """Return a function: one list of (success, score) a memory, task by task → the runs of a row."""

    def make(*memories, env="toy", tasks="t"):
        return [
            run(
                *(episode(f"{tasks}{k:03d}", success=won, score=score) for k, (won, score) in enumerate(memory)),
                seed=seed,
                env=env,
            )
            for seed, memory in enumerate(memories)
        ]

    return make


def won(*bits):
    return [(bool(bit), float(bit)) for bit in bits]


def test_one_memory_is_tested_over_tasks(row):
    better = row([(k < 6, 0.9) for k in range(12)])
    worse = row([(False, 0.4) for _ in range(12)])
    success, score = compare(better, worse, "success"), compare(better, worse, "score")
    assert (success.difference, success.interval) == (0.5, paired_rates(6, 0, 12))
    assert success.p == pytest.approx(2 / 2**6)
    assert success.test == "1 memory: exact McNemar 6:0; 12 tasks"
    assert score.p == sign_flip([0.5] * 12)
    assert score.test == "1 memory: random signs of tasks; 12 tasks"
    other = compare(worse, better, "success")
    assert (other.difference, other.p, other.test) == (-0.5, success.p, "1 memory: exact McNemar 0:6; 12 tasks")


@pytest.mark.parametrize("memories", [2, 7])
def test_few_memories_give_an_interval_and_no_p(row, memories):
    ours = row(*(won(1, 1, 1, k % 2) for k in range(memories)))
    found = compare(ours, row(*[won(0, 1, 0, 0)] * memories), "success")
    assert found.p is None
    assert found.test == f"none: {memories} memories; 4 tasks"
    assert found.interval.low <= found.difference <= found.interval.high


def test_eight_memories_are_tested_as_memories(row):
    ours = row(*(won(*[1] * (10 + k), *[0] * (20 - k)) for k in range(8)))
    found = compare(ours, row(*[won(*[0] * 30)] * 8), "success")
    assert found.p == pytest.approx(2 / 2**8)
    assert found.test == "8 memories: random signs; 30 tasks"
    assert found.difference == pytest.approx(13.5 / 30)


def test_memories_that_disagree_are_no_evidence_however_many_tasks_agree(row):
    """Each memory differs on all of 60 tasks: pooled over seeds, 300 against 180 would be overwhelming."""
    ours = row(*(won(*[k < 5] * 60) for k in range(8)))
    theirs = row(*(won(*[k >= 5] * 60) for k in range(8)))
    assert compare(ours, theirs, "success").p > 0.7


def test_seeds_that_did_all_alike_are_one_memory(row):
    ours, theirs = won(1, 1, 1, 0, 1), won(0, 0, 0, 0, 1)
    once, often = (compare(row(*[ours] * n), row(*[theirs] * n), "success") for n in (1, 20))
    assert often == once
    assert once.test == "1 memory: exact McNemar 3:0; 5 tasks"


def test_where_no_task_tells_two_rows_apart_the_interval_has_a_width(row):
    both = [won(1, 0, 1, 1), won(1, 1, 1, 1)]
    found = compare(row(*both), row(*both), "success")
    assert (found.difference, found.interval) == (0.0, paired_rates(0, 0, 4))


def test_only_tasks_that_both_scored_are_compared(row):
    assert compare(row(won(1)), row(won(1), tasks="u"), "success") is None
    assert compare(row(won(1)), row(won(0), env="other"), "success") is None
    assert compare(row(won(1, 1, 0)), row(won(0)), "success").test.endswith("1:0; 1 tasks")
    gap = compare(row(won(1, 1), won(1)), row(won(0, 0), won(0, 0)), "success")
    assert (gap.difference, gap.test) == (1.0, "none: 2 memories; 2 tasks")


def test_the_order_of_runs_and_episodes_does_not_matter(row):
    ours, theirs = row(won(1, 0, 1), won(0, 1, 1)), row(won(0, 0, 1), won(1, 0, 0))
    assert compare(ours[::-1], theirs, "success") == compare(ours, theirs[::-1], "success")
