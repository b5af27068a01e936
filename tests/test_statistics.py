"""Intervals and tests against statsmodels and SciPy, and at the edges."""

import math
from itertools import pairwise
from time import process_time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, norm
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests

from macla.statistics import (
    Interval,
    holm,
    mcnemar,
    paired_rates,
    sign_flip,
    two_way_bootstrap,
    wilson,
)


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
    assert all(math.isnan(bound) for bound in two_way_bootstrap(np.zeros((1, 0))))
    assert all(math.isnan(bound) for bound in two_way_bootstrap(np.zeros((2, 3)), np.zeros((2, 3))))


# -- memories and tasks -------------------------------------------------------------------------------------------

cells = st.tuples(st.integers(1, 5), st.integers(1, 12)).flatmap(
    lambda shape: st.tuples(
        st.lists(st.floats(0, 1), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
            lambda values: np.array(values).reshape(shape)
        ),
        st.lists(st.booleans(), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
            lambda values: np.array(values, dtype=float).reshape(shape)
        ),
    )
)


@settings(max_examples=40)
@given(cells, st.integers(0, 5))
def test_the_bootstrap_holds_the_estimate_lies_within_the_data_and_repeats(drawn, seed):
    values, there = drawn
    assume(there.any())
    low, high = two_way_bootstrap(values * there, there, seed)
    assert low <= (values * there).sum() / there.sum() <= high
    assert values[there > 0].min() - 1e-9 <= low <= high <= values[there > 0].max() + 1e-9
    assert two_way_bootstrap(values * there, there, seed) == (low, high)


def test_with_one_memory_tasks_alone_are_drawn():
    values = np.random.default_rng(0).beta(2, 5, size=(1, 80))
    reference = bootstrap(values, np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(1))
    ci = reference.confidence_interval
    assert two_way_bootstrap(values) == pytest.approx((ci.low, ci.high), abs=0.004)


def test_copies_of_a_memory_add_nothing_and_one_task_leaves_the_memories():
    values = np.random.default_rng(0).random((1, 60))
    assert two_way_bootstrap(np.repeat(values, 6, axis=0)) == pytest.approx(two_way_bootstrap(values), abs=0.01)
    assert two_way_bootstrap(values.T) == pytest.approx(two_way_bootstrap(values), abs=0.01)


def test_a_missing_cell_is_none_of_the_outcomes():
    values, there = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    assert two_way_bootstrap(values, there) == (1.0, 1.0)
    with pytest.raises(ValueError, match="same shape"):
        two_way_bootstrap(values, there[:1])


def test_one_value_has_no_spread():
    assert two_way_bootstrap(np.array([[0.25]])) == Interval(0.25, 0.25)


def drawn_world(rng, memories, tasks, of_memories, of_tasks, rest):
    """Return scores around 0 whose deviations come from memories, from tasks, and from both together."""
    return (
        rng.normal(0, of_memories, (memories, 1))
        + rng.normal(0, of_tasks, (1, tasks))
        + rng.normal(0, rest, (memories, tasks))
    )


@pytest.mark.parametrize(
    ("of_memories", "of_tasks", "rest"), [(0.3, 1.0, 0.5), (0.0, 1.0, 1.0), (0.3, 0.3, 1.0), (0.5, 0.5, 0.0)]
)
def test_the_interval_covers_the_truth_of_a_known_model_about_as_often_as_it_says(of_memories, of_tasks, rest):
    rng, worlds = np.random.default_rng(3), 60
    drawn = [drawn_world(rng, 10, 25, of_memories, of_tasks, rest) for _ in range(worlds)]
    found = [two_way_bootstrap(world) for world in drawn]
    assert sum(low <= 0 <= high for low, high in found) / worlds >= 0.85


def test_drawing_tasks_alone_would_cover_the_truth_far_too_rarely_where_memories_differ():
    rng, worlds = np.random.default_rng(3), 60
    drawn = [drawn_world(rng, 8, 40, 0.5, 0.5, 0.2) for _ in range(worlds)]
    pooled = [two_way_bootstrap(world.mean(axis=0, keepdims=True)) for world in drawn]
    assert sum(low <= 0 <= high for low, high in pooled) / worlds < 0.75


def test_eight_memories_on_246_tasks_take_well_under_a_second():
    matrix = (np.random.default_rng(0).random((8, 246)) < 0.3).astype(float)
    started = process_time()
    two_way_bootstrap(matrix)
    assert process_time() - started < 1


# -- paired tests -------------------------------------------------------------------------------------------------


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
    assert sign_flip([0.5] * 10) == pytest.approx(2 / 1024, abs=1e-12)
    assert sign_flip([0.1] * 8) == pytest.approx(2 / 256, abs=1e-12)
    assert sign_flip([0.0, 0.0]) == sign_flip([]) == sign_flip([1.0, -1.0]) == 1.0
    assert sign_flip([0.1, 0.2, -0.3]) == 1.0, "their sum is 0 but for rounding"
    assert sign_flip([0.8] * 200) == 1e-4


@given(st.lists(st.floats(-1, 1), max_size=12), st.randoms())
def test_the_order_of_differences_and_of_the_rows_does_not_matter(differences, random):
    shuffled = list(differences)
    random.shuffle(shuffled)
    assert sign_flip(shuffled) == sign_flip(differences) == sign_flip([-each for each in differences])


def test_the_order_does_not_matter_where_signs_are_drawn():
    differences = np.random.default_rng(0).normal(0.2, 1, 60).tolist()
    assert sign_flip(differences[::-1]) == sign_flip(differences)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100))
def test_the_interval_of_paired_rates_holds_the_difference_and_has_a_width(only_first, only_second, others):
    n = only_first + only_second + others
    assume(n > 0)
    low, high = paired_rates(only_first, only_second, n)
    assert -1 <= low <= (only_first - only_second) / n <= high <= 1
    assert high > low
    assert paired_rates(only_second, only_first, n) == pytest.approx((-high, -low))


def test_paired_rates_at_known_values():
    """Where nothing tells them apart: (0 + 1)/(n + 2) on either side, so ± 1.96 · sqrt(2/(n + 2)) / (n + 2)^(1/2)."""
    assert paired_rates(0, 0, 134) == pytest.approx((-0.0204, 0.0204), abs=1e-4)
    assert paired_rates(134, 0, 134) == pytest.approx((0.9566, 1.0), abs=1e-4)


@given(st.lists(st.floats(0, 1), max_size=12), st.randoms())
def test_holm_keeps_the_order_of_p_lowers_none_and_minds_no_order(p_values, random):
    adjusted = holm(p_values)
    assert all(raw - 1e-12 <= p <= 1 for raw, p in zip(p_values, adjusted, strict=True))
    ranked = [p for _, p in sorted(zip(p_values, adjusted, strict=True))]
    assert all(first <= second + 1e-12 for first, second in pairwise(ranked))
    order = list(range(len(p_values)))
    random.shuffle(order)
    assert holm([p_values[k] for k in order]) == pytest.approx([adjusted[k] for k in order])


def test_holm_at_known_values():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    family = [0.001, 0.2, 0.013, 0.04, 0.04, 1.0]
    assert holm(family) == pytest.approx(multipletests(family, method="holm")[1])
