"""Expected utility of executing a procedure (``docs/spec/paper.md §4``, Eq 3 and its closed form Eq 4). Vectorised."""

from typing import Literal, NamedTuple

import numpy as np

from macla.methods.macla.equations.beta import Array, Prior, entropy, mean, temper, variance
from macla.methods.macla.settings import Settings


class Utility(NamedTuple):
    """Eq 4 taken apart, one row per candidate."""

    relevance: Array
    posterior_mean: Array
    risk: Array
    information: Array
    total: Array


def information(alpha: Array, beta: Array, kind: Literal["entropy", "variance", "ucb"]) -> Array:
    """Return the information term of each posterior, before λ_info: H, 12·Var, or one standard deviation."""
    if kind == "entropy":
        return entropy(alpha, beta)
    spread = variance(alpha, beta)
    return spread / UNIFORM_VARIANCE if kind == "variance" else np.sqrt(spread)


UNIFORM_VARIANCE = 1 / 12
"""Of Beta(1, 1): the variance bonus is 1 where nothing is known."""


def posteriors(successes: Array, failures: Array, prior: Prior, limit: float | None) -> tuple[Array, Array]:
    """Return (α, β): the prior plus the evidence, tempered to ``limit`` observations (None: as it is)."""
    successes, failures = temper(successes, failures, limit)
    return successes + prior.alpha0, failures + prior.beta0


def expected_utility(relevance: Array, risk: Array, alpha: Array, beta: Array, settings: Settings) -> Utility:
    """Return EU = Rel·α/(α+β)·R_max − Risk·β/(α+β)·C_fail + λ_info·H (Eq 4); (α, β) include the prior."""
    success = mean(alpha, beta)
    bonus = information(alpha, beta, settings.information)
    total = relevance * success * settings.r_max - risk * (1 - success) * settings.c_fail + settings.lambda_info * bonus
    return Utility(relevance=relevance, posterior_mean=success, risk=risk, information=bonus, total=total)
