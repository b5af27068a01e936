"""Expected utility of executing a procedure (``paper.md §4``, Eq 3 and its closed form Eq 4). Vectorised."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from macla.methods.macla.equations.beta import Array, entropy, mean, temper, variance


@dataclass(frozen=True)
class UtilitySettings:
    """The constants of Eq 4 and of the gate (``paper.md §10``)."""

    r_max: float = 1.0
    c_fail: float = 0.5
    lambda_info: float = 0.1
    information: Literal["entropy", "variance", "ucb"] = "entropy"
    """The bonus: literal H[Beta(α, β)], 12·Var, or the width of an upper confidence bound (``audit.md``)."""
    evidence_limit: float | None = 20.0
    """Observations to which evidence is tempered before it meets the prior; null is the paper's posterior."""
    alpha0: float = 1.0
    beta0: float = 1.0


@dataclass(frozen=True)
class Utility:
    """Eq 4 taken apart, one row per candidate."""

    relevance: Array
    posterior_mean: Array
    risk: Array
    information: Array
    total: Array


def information(alpha: Array, beta: Array, kind: Literal["entropy", "variance", "ucb"]) -> Array:
    """Return the information term of each posterior, before λ_info."""
    if kind == "entropy":
        return entropy(alpha, beta)
    spread = variance(alpha, beta)
    return 12 * spread if kind == "variance" else np.sqrt(spread)


def posteriors(successes: Array, failures: Array, settings: UtilitySettings) -> tuple[Array, Array]:
    """Return (α, β): the prior plus the evidence, tempered to ``settings.evidence_limit`` observations."""
    successes, failures = temper(successes, failures, settings.evidence_limit)
    return successes + settings.alpha0, failures + settings.beta0


def expected_utility(relevance: Array, risk: Array, alpha: Array, beta: Array, settings: UtilitySettings) -> Utility:
    """Return EU = Rel·α/(α+β)·R_max − Risk·β/(α+β)·C_fail + λ_info·H (Eq 4); (α, β) include the prior."""
    success = mean(alpha, beta)
    bonus = information(alpha, beta, settings.information)
    total = relevance * success * settings.r_max - risk * (1 - success) * settings.c_fail + settings.lambda_info * bonus
    return Utility(relevance, success, risk, bonus, total)
