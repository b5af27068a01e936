"""θ_conf from what the fallback is worth, instead of a constant (``docs/spec/paper.md §11``, Eq 13–15).

A procedure is executed when its expected utility beats that of a zero-shot step, so the gate stands at the latter's.
"""

import numpy as np

from macla.methods.macla.equations.beta import Array, variance
from macla.methods.macla.settings import Settings


def fallback_value(settings: Settings) -> float:
    """Return Eq 13's ρ_LLM·R_max − (1−ρ_LLM)·C_fail − C_LLM, in units of reward.

    ρ_LLM (``fallback_success``) is the success rate of the same model without memory, measured on tasks that are not
    evaluated.
    """
    success = settings.fallback_success
    return success * settings.r_max - (1 - success) * settings.c_fail - settings.c_llm


def utility_variance(alpha: Array, beta: Array, settings: Settings) -> Array:
    """Return Var[EU] of procedures whose success probability is Beta(α, β), in squared units of reward.

    EU is linear in that probability with slope Rel·R_max + Risk·C_fail, taken at its largest: Rel = Risk = 1. With
    R_max = 1 and C_fail = 0.5 no posterior that started uniform exceeds Beta(1, 1)'s 0.1875 (``docs/spec/audit.md``,
    "Eq 13–15").
    """
    return (settings.r_max + settings.c_fail) ** 2 * variance(alpha, beta)


def calibrated_threshold(alpha: Array, beta: Array, settings: Settings) -> float:
    """Return θ_conf: the fallback's value plus λ_calib times the mean Var[EU] over the memory's posteriors (Eq 15).

    An empty memory has no variance to add.
    """
    spread = float(np.mean(utility_variance(alpha, beta, settings))) if len(alpha) else 0.0
    return fallback_value(settings) + settings.lambda_calib * spread
