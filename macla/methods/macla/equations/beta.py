"""The Beta posterior of a procedure's success probability (``paper.md §4``). Vectorised over procedures."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """Beta(α₀, β₀), kept apart from the evidence so that it can be swept without rebuilding."""

    alpha0: float = 1.0
    beta0: float = 1.0


@dataclass(slots=True)
class Outside:
    """Outcomes that the posterior no longer counts: Ψ, as contrast refined it, does not hold where they were met."""

    shown_success: float = 0.0
    shown_failure: float = 0.0
    success: float = 0.0
    failure: float = 0.0


@dataclass(slots=True)
class Evidence:
    """Counted outcomes, without the prior: shown by demonstrations, and earned by executing."""

    shown_success: float = 0.0
    shown_failure: float = 0.0
    success: int = 0
    failure: int = 0
    outside: Outside = field(default_factory=Outside)
    """Of all these, what the posterior leaves out."""

    def counts(self) -> tuple[float, float]:
        """Return (successes, failures) within Ψ, demonstrations and executions together."""
        success, failure = self.earned()
        shown = self.shown_success - self.outside.shown_success, self.shown_failure - self.outside.shown_failure
        return shown[0] + success, shown[1] + failure

    def earned(self) -> tuple[float, float]:
        """Return (successes, failures) within Ψ of executions alone."""
        return self.success - self.outside.success, self.failure - self.outside.failure

    def set_aside(self, successes: float, failures: float) -> None:
        """Leave out these shares (0 to 1) of the successes and of the failures that were counted so far."""
        for kind, share in (("success", successes), ("failure", failures)):
            for name in (kind, f"shown_{kind}"):
                out = getattr(self.outside, name)
                setattr(self.outside, name, out + share * (getattr(self, name) - out))

    def add(self, *, shown: bool, success: bool) -> None:
        """Count one outcome: of a demonstrated segment (``shown``) or of an execution (Algorithm 1, l.18-20)."""
        if shown and success:
            self.shown_success += 1
        elif shown:
            self.shown_failure += 1
        elif success:
            self.success += 1
        else:
            self.failure += 1


def mean(alpha: Array, beta: Array) -> Array:
    """Return the posterior mean α/(α+β)."""
    return alpha / (alpha + beta)


def variance(alpha: Array, beta: Array) -> Array:
    """Return the posterior variance αβ/((α+β)²(α+β+1))."""
    total = alpha + beta
    return alpha * beta / (total * total * (total + 1))


def entropy(alpha: Array, beta: Array) -> Array:
    """Return the differential entropy of Beta(α, β) in nats; ≤ 0, with its maximum 0 at Beta(1, 1)."""
    total = alpha + beta
    result = (
        betaln(alpha, beta) - (alpha - 1) * digamma(alpha) - (beta - 1) * digamma(beta) + (total - 2) * digamma(total)
    )
    return np.asarray(result, dtype=np.float64)


def temper(successes: Array, failures: Array, limit: float | None) -> tuple[Array, Array]:
    """Return the counts scaled to at most ``limit`` observations; their ratio stays, None changes nothing.

    Default of ours: Eq 4's entropy term falls without bound as evidence grows (``audit.md``, "high entropy
    dominates early"), so an untempered posterior of a proven skill ends below one of a lucky novice.
    """
    if limit is None:
        return successes, failures
    scale = limit / np.maximum(limit, successes + failures)
    return successes * scale, failures * scale
