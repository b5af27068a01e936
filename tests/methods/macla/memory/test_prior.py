"""With which prior and which gate a memory is read."""

import numpy as np
import pytest

from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.gate import fallback_value, utility_variance
from macla.methods.macla.equations.prior import fit_prior
from macla.methods.macla.memory.events import Credited, Defined, Extracted, Missed
from macla.methods.macla.memory.prior import gate_of, prior_of
from macla.methods.macla.memory.segment import Context, Execution
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import PriorSettings, Settings

EARNED = [(9, 1), (7, 3), (8, 2), (6, 4), (9, 2)]


@pytest.fixture
def memory(segment, kinds):
    """Procedures that earned their counts by executing, and failed a few demonstrations besides."""
    made = Memory()
    made.apply(Defined(segment=segment()))
    context = Context(text="", facts=(), steps=(), after=())
    for number, (successes, failures) in enumerate(EARNED):
        name = f"p{number}"
        made.apply(Extracted(procedure=name, segment=0, source=0, kinds=kinds))
        for success in (True,) * successes + (False,) * failures:
            made.apply(Credited(execution=Execution(procedure=name, success=success, context=context), k_fail=3))
        for _ in range(20):
            made.apply(Missed(procedure=name, source=0))
    return made


def test_a_constant_prior_is_what_the_settings_say(memory):
    assert prior_of(memory, Settings()) == Prior(1.0, 1.0)
    assert prior_of(memory, Settings(prior=PriorSettings(alpha0=3.0, beta0=2.0))) == Prior(3.0, 2.0)


def test_a_fitted_prior_follows_executions_alone(memory):
    settings = Settings(prior="empirical_bayes")
    fitted = prior_of(memory, settings)
    assert fitted == fit_prior(*zip(*EARNED, strict=True), settings.prior_fit) != Prior()
    assert fitted.alpha0 > fitted.beta0, "though most demonstrations failed"
    assert prior_of(Memory(), settings) == Prior()


def test_the_gate_is_a_constant_or_calibrated_to_the_fallback_and_the_spread_of_beliefs(memory):
    assert gate_of(memory, Settings(theta_conf=0.3)) == 0.3
    calibrated = Settings(theta_conf="calibrated", fallback_success=0.5, lambda_calib=0.5, evidence_limit=None)
    counts = memory.counts()
    spread = np.mean(utility_variance(counts[:, 0] + 1, counts[:, 1] + 1, calibrated))
    assert gate_of(memory, calibrated) == pytest.approx(fallback_value(calibrated) + 0.5 * spread)
    assert gate_of(Memory(), calibrated) == pytest.approx(fallback_value(calibrated))


def test_tempered_evidence_leaves_beliefs_wider_and_so_the_gate_higher(memory):
    settings = Settings(theta_conf="calibrated", fallback_success=0.5, lambda_calib=0.5, evidence_limit=None)
    assert gate_of(memory, settings.model_copy(update={"evidence_limit": 5.0})) > gate_of(memory, settings)
