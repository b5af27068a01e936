"""Observations as matrices of memories and tasks."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macla.benchmarks.trajectory import Outcome
from macla.reports.crossed import Place, crossed, placed, rate_interval, ratio_interval
from macla.statistics import wilson


def places(memories, tasks):
    return [Place(memory, ("toy", "unseen", f"{task:03d}")) for memory in range(memories) for task in range(tasks)]


def test_a_row_is_a_memory_and_a_column_a_task(run, episode):
    lost = episode("c", success=False, outcome=Outcome.INFRASTRUCTURE_ERROR)
    runs = [run(episode("b"), episode("a", success=False), lost, seed=7), run(episode("a"), seed=3)]
    where = [place for place, _ in placed(runs)]
    found = crossed([each.success for _, each in placed(runs)], [1.0] * 3, where)
    assert found.tops.tolist() == [[1, 0], [0, 1]]
    assert found.bottoms.tolist() == [[1, 0], [1, 1]]
    assert placed([run(episode("a"))])[0][0] != placed([run(episode("a"), env="other")])[0][0]


def test_nothing_to_resample_has_no_interval():
    assert math.isnan(ratio_interval([], [], []).low)
    assert math.isnan(ratio_interval([0, 0], [0, 0], places(1, 2)).high)


def test_one_task_gives_its_own_ratio():
    assert ratio_interval([1, 2], [2, 4], places(1, 1) * 2) == (0.5, 0.5)


def test_copies_of_a_memory_do_not_narrow_the_interval():
    values = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    once, thrice = (ratio_interval(values * n, [1] * 8 * n, places(n, 8)) for n in (1, 3))
    assert thrice == pytest.approx(once, abs=0.02)
    assert rate_interval([bool(value) for value in values] * 3, places(3, 8)) == wilson(5, 8)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=12, max_size=12), st.randoms())
def test_the_interval_stays_among_single_ratios_and_minds_no_order(pairs, random):
    observations = list(zip(*zip(*pairs, strict=True), places(3, 4), strict=True))
    low, high = ratio_interval(*map(list, zip(*observations, strict=True)))
    ratios = [a / b for a, b in pairs]
    assert min(ratios) - 1e-9 <= low <= high <= max(ratios) + 1e-9
    random.shuffle(observations)
    assert ratio_interval(*map(list, zip(*observations, strict=True))) == (low, high)


@pytest.mark.parametrize("won", [True, False])
def test_where_all_episodes_end_alike_the_interval_has_the_width_of_the_tasks(won):
    assert rate_interval([won] * 80, places(8, 10)) == wilson(10 * won, 10)
    assert rate_interval([], []) == (0.0, 1.0)


def test_memories_that_differ_widen_the_interval():
    tasks = [k % 2 == 0 for k in range(40)]
    alike = rate_interval(tasks * 2, places(2, 40))
    apart = rate_interval([*[True] * 40, *[False] * 40], places(2, 40))
    assert apart == (0.0, 1.0)
    assert alike == wilson(20, 40)
