"""Honest intervals and paired tests (``docs/measures.md``, "Intervals")."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from macla.seeding import numpy_rng

CONFIDENCE = 0.95
RESAMPLES = 10_000
BATCH = 500
"""Resamples drawn at once; bounds memory."""
DECIMALS = 9
"""To which two sums of scores are compared: more would tell apart sums of the same numbers in another order."""


class Interval(NamedTuple):
    """A two-sided 95 % interval."""

    low: float
    high: float


class Paired(NamedTuple):
    """Two configurations on the same tasks: how many only the first solved, only the second, and p."""

    only_first: int
    only_second: int
    p_value: float


def wilson(successes: int, n: int) -> Interval:
    """Return the Wilson interval of a rate; (0, 1) when nothing was observed."""
    if n == 0:
        return Interval(0.0, 1.0)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, n, alpha=1 - CONFIDENCE, method="wilson")
    return Interval(float(low), float(high))


def bootstrap_mean(values: Sequence[float], seed: int = 0) -> Interval:
    """Return the percentile bootstrap interval of a mean (10,000 resamples, seeded); NaN when empty."""
    if len(values) < 2:
        only = float(values[0]) if values else float("nan")
        return Interval(only, only)
    from scipy.stats import bootstrap

    rng = numpy_rng(seed, "bootstrap", len(values))
    settings = {"n_resamples": RESAMPLES, "batch": BATCH, "confidence_level": CONFIDENCE, "method": "percentile"}
    found = bootstrap((values,), np.mean, rng=rng, **settings)
    return Interval(*map(float, found.confidence_interval))


def sign_flip(first: Sequence[float], second: Sequence[float], seed: int = 0) -> float:
    """Return the two-sided p of a difference in means on the same tasks: the share of the signs of the differences that
    make a mean as far from 0 as the one found; 1 when all agree.

    All signs are counted for up to 13 differences; for more, 10,000 are drawn (seeded, the one found among them).
    """
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    differences = differences[differences != 0]
    if len(differences) < 2:
        return 1.0
    from scipy.stats import permutation_test

    def distance(signed: Any, axis: int) -> Any:
        return np.abs(signed.sum(axis)).round(DECIMALS)

    rng = numpy_rng(seed, "sign flip", len(differences))
    settings = {"n_resamples": RESAMPLES - 1, "batch": BATCH, "permutation_type": "samples", "alternative": "greater"}
    found = permutation_test((differences,), distance, rng=rng, **settings)
    return float(found.pvalue)


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> Paired:
    """Return the exact McNemar test of two configurations' successes on the same tasks, in the same order."""
    if len(first) != len(second):
        raise ValueError("paired outcomes must be of the same tasks")
    only_first = sum(a and not b for a, b in zip(first, second, strict=True))
    only_second = sum(b and not a for a, b in zip(first, second, strict=True))
    if only_first + only_second == 0:
        return Paired(0, 0, 1.0)
    from statsmodels.stats.contingency_tables import mcnemar as test

    result = test([[0, only_first], [only_second, 0]], exact=True)
    return Paired(only_first, only_second, float(result.pvalue))
