"""The bootstrap over tasks."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from macla.reports.resample import ratio_interval
from macla.statistics import bootstrap_mean


def test_nothing_to_resample_has_no_interval():
    assert math.isnan(ratio_interval([], [], []).low)
    assert math.isnan(ratio_interval([0, 0], [0, 0], ["a", "b"]).high)


def test_one_task_gives_its_own_ratio():
    assert ratio_interval([1, 2], [2, 4], ["a", "a"]) == (0.5, 0.5)


def test_agrees_with_the_bootstrap_of_a_mean_when_every_task_counts_once():
    values = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0] * 5
    ours, theirs = ratio_interval(values, [1] * 50, range(50)), bootstrap_mean(values)
    assert abs(ours.low - theirs.low) <= 0.03
    assert abs(ours.high - theirs.high) <= 0.03


def test_repeats_of_a_task_do_not_narrow_the_interval():
    values = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    once = ratio_interval(values, [1] * 8, range(8))
    thrice = ratio_interval(values * 3, [1] * 24, [*range(8)] * 3)
    assert thrice == once


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=30))
def test_the_interval_stays_among_the_ratios_of_single_tasks(pairs):
    low, high = ratio_interval([a for a, _ in pairs], [b for _, b in pairs], range(len(pairs)))
    ratios = [a / b for a, b in pairs]
    assert min(ratios) - 1e-9 <= low <= high <= max(ratios) + 1e-9
