"""Eq 4 against numerical integration of Eq 3, and the audit's examples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import expected_utility, information, posteriors
from macla.methods.macla.settings import Settings

UNIT = st.floats(0, 1)
SHAPE = st.floats(1.0, 60)


def row(*values):
    return np.array(values, dtype=np.float64)


def utility(relevance, risk, alpha, beta, **settings):
    return float(expected_utility(row(relevance), row(risk), row(alpha), row(beta), Settings(**settings)).total[0])


@settings(max_examples=40, deadline=None)
@given(st.floats(-1, 1), UNIT, SHAPE, SHAPE, st.floats(0.1, 3), st.floats(0, 2), st.floats(0, 0.5))
def test_the_closed_form_is_the_integral_over_the_posterior(relevance, risk, alpha, beta, r_max, c_fail, weight):
    density = stats.beta(alpha, beta)

    def integrand(theta):
        return (relevance * theta * r_max - risk * (1 - theta) * c_fail) * density.pdf(theta)

    integral, _ = integrate.quad(integrand, 0, 1, points=[density.mean()], limit=200)
    expected = integral + weight * float(density.entropy())
    settings_ = {"r_max": r_max, "c_fail": c_fail, "lambda_info": weight}
    assert utility(relevance, risk, alpha, beta, **settings_) == pytest.approx(expected, abs=1e-6)


def test_the_papers_example_with_the_right_sign_of_the_entropy():
    """C.3 prints .802; with Eq 4 as written it is .596 (``docs/spec/audit.md``, "EU = .802")."""
    settings_ = Settings()
    gain = 0.596 - settings_.lambda_info * -0.8176
    relevance = (gain + 0.0) / (10 / 13)
    assert utility(relevance, 0.0, 10, 3) == pytest.approx(0.596, abs=1e-4)
    assert utility(relevance, 0.0, 10, 3) + 2 * 0.1 * 0.8176 == pytest.approx(0.7595, abs=1e-3)


@pytest.mark.parametrize(("alpha", "beta", "needed"), [(1, 1, 0.80), (150, 40, 0.77)])
def test_the_gate_locks_out_beginners_and_proven_skills_alike(alpha, beta, needed):
    assert utility(needed + 0.005, 0.0, alpha, beta) >= 0.4
    assert utility(needed - 0.005, 0.0, alpha, beta) < 0.4


@given(st.floats(0, 1), UNIT, SHAPE, SHAPE)
def test_more_relevance_helps_and_more_risk_hurts(relevance, risk, alpha, beta):
    base = utility(relevance, risk, alpha, beta)
    assert utility(min(1, relevance + 0.1), risk, alpha, beta) >= base
    assert utility(relevance, min(1, risk + 0.1), alpha, beta) <= base


@given(SHAPE, SHAPE)
def test_information_variants(alpha, beta):
    density = stats.beta(alpha, beta)
    values = {kind: float(information(row(alpha), row(beta), kind)[0]) for kind in ("entropy", "variance", "ucb")}
    assert values["entropy"] == pytest.approx(float(density.entropy()), abs=1e-6)
    assert values["variance"] == pytest.approx(12 * density.var())
    assert values["ucb"] == pytest.approx(density.std())
    assert values["variance"] >= 0


def test_at_the_uniform_posterior_the_variance_variant_is_one():
    assert information(row(1), row(1), "variance")[0] == pytest.approx(1.0)


def test_the_terms_add_up_to_the_total():
    settings_ = Settings()
    parts = expected_utility(row(0.9, 0.4), row(0.2, 0.0), row(10, 1), row(3, 1), settings_)
    total = (
        parts.relevance * parts.posterior_mean * settings_.r_max
        - parts.risk * (1 - parts.posterior_mean) * settings_.c_fail
        + settings_.lambda_info * parts.information
    )
    assert parts.total == pytest.approx(total)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 5), st.floats(0.1, 5))
def test_the_prior_is_added_to_the_tempered_counts(successes, failures, alpha0, beta0):
    prior = Prior(alpha0, beta0)
    alpha, beta = posteriors(row(successes), row(failures), prior, None)
    assert (alpha[0], beta[0]) == pytest.approx((alpha0 + successes, beta0 + failures))
    alpha, beta = posteriors(row(successes), row(failures), prior, 20.0)
    assert alpha[0] + beta[0] <= alpha0 + beta0 + 20 + 1e-9


def test_tempering_keeps_a_proven_skill_ahead_of_a_lucky_beginner():
    counts = row(150, 1), row(10, 0)
    limit = Settings().evidence_limit
    assert limit is not None
    tempered, literal = posteriors(*counts, Prior(), limit), posteriors(*counts, Prior(), None)
    relevance, risk = row(0.9, 0.9), row(0, 0)
    proven, lucky = expected_utility(relevance, risk, *tempered, Settings()).total
    assert proven > lucky
    proven, lucky = expected_utility(relevance, risk, *literal, Settings()).total
    assert proven - lucky == pytest.approx(
        0.9 * (151 / 162 - 2 / 3) + 0.1 * (stats.beta(151, 11).entropy() - stats.beta(2, 1).entropy())
    )
