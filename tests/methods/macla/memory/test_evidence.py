"""Counted outcomes: shown and lived apart, and what lies outside a refined Ψ left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.beta import mean, variance
from macla.methods.macla.memory.evidence import Evidence

OUTCOMES = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40)
SHARE = st.floats(0, 1)


def counted(outcomes):
    """Return the evidence of (shown, success) pairs."""
    evidence = Evidence()
    for shown, success in outcomes:
        evidence.add(shown=shown, success=success)
    return evidence


@given(OUTCOMES)
def test_evidence_counts_what_it_was_told_shown_and_lived_apart(outcomes):
    evidence = counted(outcomes)
    assert evidence.counts() == (sum(s for _, s in outcomes), sum(not s for _, s in outcomes))
    lived = [success for shown, success in outcomes if not shown]
    assert (evidence.success, evidence.failure) == (sum(lived), len(lived) - sum(lived))


@pytest.mark.parametrize("rate", [0.05, 0.35, 0.7, 0.95])
def test_the_posterior_recovers_the_true_rate(rate):
    rng = np.random.default_rng(3)
    evidence = counted([(False, bool(success)) for success in rng.random(3000) < rate])
    successes, failures = evidence.counts()
    alpha, beta = np.array([1.0 + successes]), np.array([1.0 + failures])
    assert mean(alpha, beta)[0] == pytest.approx(rate, abs=4 * np.sqrt(variance(alpha, beta)[0]))
    assert variance(alpha, beta)[0] < 1e-3


@given(OUTCOMES, SHARE, SHARE)
def test_what_is_set_aside_leaves_both_posteriors_and_the_tallies_stay(outcomes, successes, failures):
    evidence, before = counted(outcomes), counted(outcomes)
    evidence.set_aside(successes, failures)
    kept = (1 - successes, 1 - failures)
    assert evidence.counts() == pytest.approx([n * share for n, share in zip(before.counts(), kept, strict=True)])
    assert evidence.earned() == pytest.approx([n * share for n, share in zip(before.earned(), kept, strict=True)])
    assert (evidence.shown_success, evidence.shown_failure) == (before.shown_success, before.shown_failure)
    assert (evidence.success, evidence.failure) == (before.success, before.failure)


def test_setting_aside_again_takes_a_share_of_what_was_left():
    evidence = counted([(False, True)] * 8)
    evidence.set_aside(0.5, 0.5)
    evidence.set_aside(0.5, 0.5)
    assert evidence.counts() == (2, 0)


def test_all_that_is_set_aside_never_counts_again_but_what_comes_later_does():
    evidence = counted([(False, False)] * 3 + [(True, True)])
    evidence.set_aside(0, 1)
    evidence.add(shown=False, success=False)
    assert evidence.counts() == (1, 1)
