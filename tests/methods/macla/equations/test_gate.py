"""The calibrated gate, against Monte Carlo and against the audit's numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from macla.methods.macla.equations.gate import calibrated_threshold, fallback_value, utility_variance
from macla.methods.macla.settings import Settings

SETTINGS = Settings(c_llm=0.0)
RATE = st.floats(0, 1)
PSEUDO_COUNT = st.floats(1, 1000)


def fallback(success, **changes):
    """Return the settings with a fallback that succeeds so often."""
    return SETTINGS.model_copy(update={"fallback_success": success, **changes})


def test_fallback_value_weighs_success_against_failure_and_the_call():
    assert fallback_value(fallback(0.42)) == pytest.approx(0.42 - 0.58 * 0.5)
    assert fallback_value(fallback(0.42, c_llm=0.1)) == pytest.approx(0.03)
    assert fallback_value(fallback(0.0)) == -0.5
    assert fallback_value(fallback(1.0)) == 1.0


@given(RATE, RATE)
def test_a_better_fallback_raises_the_gate(one, other):
    worse, better = sorted((one, other))
    assert fallback_value(fallback(worse)) <= fallback_value(fallback(better))


def test_variance_is_that_of_eq_4_under_the_posterior():
    p = np.random.default_rng(3).beta(4.0, 2.0, size=400_000)
    drawn = p * 1.0 - (1 - p) * 0.5
    assert utility_variance(np.array([4.0]), np.array([2.0]), SETTINGS)[0] == pytest.approx(drawn.var(), rel=0.01)


@given(PSEUDO_COUNT, PSEUDO_COUNT)
def test_no_posterior_is_less_certain_than_the_uniform_one(alpha, beta):
    assert utility_variance(np.array([alpha]), np.array([beta]), SETTINGS)[0] <= 0.1875 + 1e-12


def test_the_papers_threshold_needs_more_variance_than_there_is():
    """``docs/spec/audit.md``, "Eq 13–15": at the λ_calib that needs Var[EU] = .20 for θ* = .38, the most that can be
    had falls short.
    """
    lambda_calib = (0.38 - fallback_value(fallback(0.42))) / 0.20
    uniform = np.ones(10)
    assert lambda_calib == pytest.approx(1.25)
    assert calibrated_threshold(uniform, uniform, fallback(0.42, lambda_calib=lambda_calib)) == pytest.approx(0.364375)
    assert (
        calibrated_threshold(uniform, uniform, fallback(0.0, lambda_calib=lambda_calib)) < 0
    )  # the ρ_LLM that Table 1 reports


def test_only_lambda_calib_brings_the_posteriors_in():
    alpha, beta = np.array([1.0, 90.0]), np.array([1.0, 10.0])
    plain, spread = fallback(0.42), fallback(0.42, lambda_calib=1.0)
    assert calibrated_threshold(alpha, beta, plain) == fallback_value(plain)
    added = calibrated_threshold(alpha, beta, spread) - fallback_value(spread)
    assert added == pytest.approx(np.mean([0.1875, 2.25 * 0.9 * 0.1 / 101]))
    assert calibrated_threshold(np.empty(0), np.empty(0), spread) == pytest.approx(0.13)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_what_is_no_rate_is_no_setting(rate):
    with pytest.raises(ValidationError, match="fallback_success"):
        Settings(fallback_success=rate)
