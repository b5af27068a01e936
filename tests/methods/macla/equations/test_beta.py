"""The Beta posterior against SciPy, and the audit's figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macla.methods.macla.equations.beta import entropy, mean, temper, variance

PARAMETERS = st.floats(0.05, 500)
COUNTS = st.floats(0, 1e5)


def row(*values):
    return np.array(values, dtype=np.float64)


@given(PARAMETERS, PARAMETERS)
def test_mean_variance_and_entropy_are_those_of_the_beta_distribution(alpha, beta):
    reference = stats.beta(alpha, beta)
    assert mean(row(alpha), row(beta))[0] == pytest.approx(reference.mean())
    assert variance(row(alpha), row(beta))[0] == pytest.approx(reference.var())
    assert entropy(row(alpha), row(beta))[0] == pytest.approx(float(reference.entropy()), abs=1e-6)


@given(PARAMETERS, PARAMETERS)
def test_entropy_is_never_positive_and_symmetric(alpha, beta):
    forward, backward = entropy(row(alpha, beta), row(beta, alpha))
    assert forward <= 1e-9
    assert forward == pytest.approx(backward, abs=1e-9)


@pytest.mark.parametrize(("alpha", "beta", "nats"), [(1, 1, 0.0), (10, 3, -0.8176), (11, 3, -0.8827)])
def test_entropy_at_the_audits_values_not_the_papers(alpha, beta, nats):
    assert entropy(row(alpha), row(beta))[0] == pytest.approx(nats, abs=5e-5)


@pytest.mark.parametrize(("before", "after", "gain"), [((8, 2), (9, 2), 0.0870), ((10, 3), (11, 3), 0.0650)])
def test_information_gained_by_one_more_success(before, after, gain):
    first, second = entropy(*(row(b, a) for b, a in zip(before, after, strict=True)))
    assert first - second == pytest.approx(gain, abs=2e-4)


def test_vectors_are_treated_row_by_row():
    alpha, beta = row(1, 10, 11), row(1, 3, 3)
    for function in (mean, variance, entropy):
        apart = [function(row(a), row(b))[0] for a, b in zip(alpha, beta, strict=True)]
        assert function(alpha, beta) == pytest.approx(apart)


@given(COUNTS, COUNTS, st.floats(0.1, 1000))
def test_tempering_keeps_the_ratio_and_the_limit(successes, failures, limit):
    fewer, less = (float(each[0]) for each in temper(row(successes), row(failures), limit))
    assert fewer + less <= limit * (1 + 1e-9) or fewer + less == pytest.approx(successes + failures)
    assert fewer * failures == pytest.approx(less * successes)
    if successes + failures <= limit:
        assert (fewer, less) == pytest.approx((successes, failures))


def test_no_limit_tempers_nothing():
    successes, failures = temper(row(1e6), row(3), None)
    assert (successes[0], failures[0]) == (1e6, 3)
