"""Empirical Bayes against SciPy's optimiser on SciPy's Beta-binomial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import betabinom

from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.prior import fit_prior
from macla.methods.macla.settings import PriorFit

FIT = PriorFit()
COUNT = st.integers(0, 60)
COUNTS = st.lists(st.tuples(COUNT, COUNT).filter(any), min_size=FIT.few, max_size=40)


def _likelihood(prior, pairs):
    successes, failures = np.array(pairs).T
    return betabinom.logpmf(successes, successes + failures, prior.alpha0, prior.beta0).sum()


def _by_scipy(pairs):
    def loss(point):
        return -_likelihood(Prior(*point), pairs)

    starts = ([1, 1], [10, 10])
    found = [minimize(loss, start, method="L-BFGS-B", bounds=[(FIT.least, FIT.most)] * 2) for start in starts]
    return Prior(*min(found, key=lambda result: result.fun).x)


@settings(deadline=None, max_examples=40)
@given(COUNTS)
def test_is_as_likely_as_what_scipy_finds(pairs):
    ours = fit_prior(*np.array(pairs, dtype=float).T, FIT)
    assert _likelihood(ours, pairs) >= _likelihood(_by_scipy(pairs), pairs) - 1e-6


@settings(deadline=None, max_examples=30)
@given(COUNTS, st.randoms(use_true_random=False))
def test_depends_on_the_counts_alone(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    ours, theirs = (fit_prior(*np.array(each, dtype=float).T, FIT) for each in (pairs, [*shuffled, (0, 0)]))
    assert (ours.alpha0, ours.beta0) == pytest.approx((theirs.alpha0, theirs.beta0), rel=1e-4)


@settings(deadline=None, max_examples=30)
@given(COUNTS)
def test_mirrors_when_success_and_failure_swap(pairs):
    successes, failures = np.array(pairs, dtype=float).T
    ours, theirs = fit_prior(successes, failures, FIT), fit_prior(failures, successes, FIT)
    assert (ours.alpha0, ours.beta0) == pytest.approx((theirs.beta0, theirs.alpha0), rel=1e-4)


@pytest.mark.parametrize(("alpha0", "beta0"), [(3.2, 1.8), (0.8, 0.7), (6.0, 2.0)])
def test_recovers_the_prior_that_made_the_counts(alpha0, beta0):
    rng = np.random.default_rng(7)
    n = np.full(5000, 40)
    successes = rng.binomial(n, rng.beta(alpha0, beta0, size=len(n))).astype(float)
    ours = fit_prior(successes, n - successes, FIT)
    assert (ours.alpha0, ours.beta0) == pytest.approx((alpha0, beta0), rel=0.08)


def test_all_success_stays_bounded_and_believes_in_success():
    assert fit_prior(np.full(20, 30.0), np.zeros(20), FIT) == Prior(FIT.most, FIT.least)
    assert fit_prior(np.zeros(20), np.full(20, 30.0), FIT) == Prior(FIT.least, FIT.most)


def test_equal_rates_stay_bounded():
    ours = fit_prior(np.full(20, 15.0), np.full(20, 15.0), FIT)
    assert ours == Prior(FIT.most, FIT.most)


def test_few_tried_procedures_leave_the_uniform_prior():
    counts = np.array([9.0] * (FIT.few - 1) + [0.0] * 50)
    assert fit_prior(counts, np.zeros_like(counts), FIT) == Prior()
    assert fit_prior(np.empty(0), np.empty(0), FIT) == Prior()


@pytest.mark.parametrize(("successes", "failures"), [([1, 2], [1]), ([1, -1], [0, 2]), ([[1]], [[1]])])
def test_refuses_what_are_no_counts(successes, failures):
    with pytest.raises(ValueError, match="one entry per procedure"):
        fit_prior(np.array(successes), np.array(failures), FIT)
