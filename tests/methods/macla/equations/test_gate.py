"""The calibrated gate, against Monte Carlo and against the audit's numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.gate import ThresholdSettings, calibrated_threshold, fallback_value, utility_variance

SETTINGS = ThresholdSettings(c_llm=0.0)
RATE = st.floats(0, 1)
PSEUDO_COUNT = st.floats(1, 1000)


def test_fallback_value_weighs_success_against_failure_and_the_call():
    assert fallback_value(0.42, SETTINGS) == pytest.approx(0.42 - 0.58 * 0.5)
    assert fallback_value(0.42, replace(SETTINGS, c_llm=0.1)) == pytest.approx(0.03)
    assert fallback_value(0.0, SETTINGS) == -0.5
    assert fallback_value(1.0, SETTINGS) == 1.0


@given(RATE, RATE)
def test_a_better_fallback_raises_the_gate(one, other):
    worse, better = sorted((one, other))
    assert fallback_value(worse, SETTINGS) <= fallback_value(better, SETTINGS)


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
    lambda_calib = (0.38 - fallback_value(0.42, SETTINGS)) / 0.20
    settings = replace(SETTINGS, lambda_calib=lambda_calib)
    uniform = np.ones(10)
    assert lambda_calib == pytest.approx(1.25)
    assert calibrated_threshold(0.42, uniform, uniform, settings) == pytest.approx(0.364375)
    assert calibrated_threshold(0.0, uniform, uniform, settings) < 0  # the ρ_LLM that Table 1 reports


def test_only_lambda_calib_brings_the_posteriors_in():
    alpha, beta = np.array([1.0, 90.0]), np.array([1.0, 10.0])
    assert calibrated_threshold(0.42, alpha, beta, SETTINGS) == fallback_value(0.42, SETTINGS)
    spread = calibrated_threshold(0.42, alpha, beta, replace(SETTINGS, lambda_calib=1.0)) - fallback_value(
        0.42, SETTINGS
    )
    assert spread == pytest.approx(np.mean([0.1875, 2.25 * 0.9 * 0.1 / 101]))
    assert calibrated_threshold(0.42, np.empty(0), np.empty(0), replace(SETTINGS, lambda_calib=1.0)) == pytest.approx(
        0.13
    )


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_refuses_what_is_no_rate(rate):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        fallback_value(rate, SETTINGS)
