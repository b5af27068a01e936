"""Which prior and which gate a memory is read with: constants, or fitted to it."""

from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import posteriors
from macla.methods.macla.equations.gate import calibrated_threshold
from macla.methods.macla.equations.prior import fit_prior
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import PriorSettings, Settings


def prior_of(memory: Memory, settings: Settings) -> Prior:
    """Return Beta(α₀, β₀); ``empirical_bayes`` fits it to what executions of the procedures earned (Eq 18-20)."""
    if isinstance(settings.prior, PriorSettings):
        return Prior(settings.prior.alpha0, settings.prior.beta0)
    earned = [procedure.evidence.earned() for procedure in memory.procedures.values()]
    successes, failures = zip(*earned, strict=True) if earned else ((), ())
    return fit_prior(successes, failures, settings.prior_fit)


def gate_of(memory: Memory, settings: Settings) -> float:
    """Return θ_conf; ``calibrated`` puts it at the worth of the fallback (Eq 13-15)."""
    if settings.theta_conf != "calibrated":
        return settings.theta_conf
    counts = memory.counts()
    alpha, beta = posteriors(counts[:, 0], counts[:, 1], prior_of(memory, settings), settings.evidence_limit)
    return calibrated_threshold(alpha, beta, settings)
