"""Honest intervals and paired tests (``docs/measures.md``, "Intervals")."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from macla.seeding import numpy_rng

CONFIDENCE = 0.95
RESAMPLES = 10_000
TOLERANCE = 1e-9
"""Below this two sums of scores are equal."""


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
    if not values:
        return Interval(float("nan"), float("nan"))
    data = np.asarray(values, dtype=np.float64)
    rng = numpy_rng(seed, "bootstrap", len(data))
    counts = rng.multinomial(len(data), np.full(len(data), 1 / len(data)), size=RESAMPLES)
    means = counts @ data / len(data)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(low), float(high))


def sign_flip(first: Sequence[float], second: Sequence[float], seed: int = 0) -> float:
    """Return the two-sided p of a difference in means on the same tasks: the share of random signs of the differences
    that make a mean as far from 0 as the one found (10,000 draws, seeded, the one found among them); 1 when all agree.
    """
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    differences = differences[differences != 0]
    if not len(differences):
        return 1.0
    rng = numpy_rng(seed, "sign flip", len(differences))
    found, beyond = abs(differences.sum()), 1
    for _ in range(RESAMPLES - 1):
        signs = rng.integers(0, 2, size=len(differences)) * 2 - 1
        beyond += abs(signs @ differences) >= found - TOLERANCE
    return beyond / RESAMPLES


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
