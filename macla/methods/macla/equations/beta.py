"""The Beta posterior of a procedure's success probability (``docs/spec/paper.md §4``). Vectorised over procedures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """Beta(α₀, β₀), kept apart from the evidence so that it can be swept without rebuilding."""

    alpha0: float = 1.0
    beta0: float = 1.0


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

    Default of ours: Eq 4's entropy term falls without bound as evidence grows (``docs/spec/audit.md``, "high entropy
    dominates early"), so an untempered posterior of a proven skill ends below one of a lucky novice.
    """
    if limit is None:
        return successes, failures
    scale = limit / np.maximum(limit, successes + failures)
    return successes * scale, failures * scale
