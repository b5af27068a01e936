"""Intervals and tests against statsmodels and SciPy, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, norm
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar

from macla.statistics import Interval, bootstrap_mean, mcnemar, sign_flip, wilson


@given(st.integers(1, 2000), st.data())
def test_wilson_is_the_textbook_formula(n, data):
    k = data.draw(st.integers(0, n))
    z = norm.ppf(0.975)
    centre = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    assert wilson(k, n) == pytest.approx((max(0, centre - half), min(1, centre + half)), abs=1e-9)
    reference = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((reference.low, reference.high), abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "n", "printed"),
    [(5, 10, (0.2366, 0.7634)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0))],
)
def test_wilson_at_known_values(successes, n, printed):
    assert wilson(successes, n) == pytest.approx(printed, abs=6e-4)


def test_nothing_observed_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert all(math.isnan(bound) for bound in bootstrap_mean([]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 5))
def test_the_bootstrap_lies_within_the_data_and_repeats(values, seed):
    interval = bootstrap_mean(values, seed)
    assert min(values) - 1e-9 <= interval.low <= interval.high <= max(values) + 1e-9
    assert interval == bootstrap_mean(values, seed)


def test_the_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(0).beta(2, 5, size=80)
    reference = bootstrap((values,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(1))
    ci = reference.confidence_interval
    assert bootstrap_mean(list(values)) == pytest.approx((ci.low, ci.high), abs=0.004)


def test_one_value_has_no_spread():
    assert bootstrap_mean([0.25]) == Interval(0.25, 0.25)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_mcnemar_is_the_exact_test_and_symmetric(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    result = mcnemar(first, second)
    only_first, only_second = sum(a > b for a, b in pairs), sum(b > a for a, b in pairs)
    assert result[:2] == (only_first, only_second)
    assert mcnemar(second, first) == (only_second, only_first, result.p_value)
    discordant = only_first + only_second
    expected = binomtest(only_first, discordant).pvalue if discordant else 1.0
    assert result.p_value == pytest.approx(expected)
    table = [[0, only_first], [only_second, 0]]
    if discordant:
        assert result.p_value == pytest.approx(reference_mcnemar(table, exact=True).pvalue)


def test_no_task_and_no_difference_give_p_one():
    assert mcnemar([], []).p_value == mcnemar([True, False], [True, False]).p_value == 1.0


def test_outcomes_of_different_tasks_are_refused():
    with pytest.raises(ValueError, match="same tasks"):
        mcnemar([True], [True, False])


def test_sign_flip_is_exact_where_all_signs_can_be_counted():
    """Ten differences of equal size and sign: only all plus and all minus reach as far, 2 of 1,024."""
    assert sign_flip([1.0] * 10, [0.5] * 10) == pytest.approx(2 / 1024, abs=1e-12)
    assert sign_flip([1.0, 0.2], [1.0, 0.2]) == 1.0
    assert sign_flip([1.0, 0.0], [0.0, 1.0]) == 1.0
    assert sign_flip([0.1, 0.2, 0.0], [0.0, 0.0, 0.3]) == 1.0, "their sum is 0 but for rounding"
    assert sign_flip([0.9] * 200, [0.1] * 200) == 1e-4
    assert sign_flip([0.3, 0.8, 0.1], [0.2, 0.9, 0.5]) == sign_flip([0.2, 0.9, 0.5], [0.3, 0.8, 0.1])
