"""Honest intervals and tests (``docs/measures.md``, "Intervals" and "Tests").

Outcomes stand in matrices, a row a memory (seed) and a column a task: both were drawn, and both are crossed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from macla.seeding import numpy_rng

CONFIDENCE = 0.95
RESAMPLES = 10_000
BATCH = 500
"""Resamples drawn at once; bounds memory."""
DECIMALS = 9
"""To which two sums of scores are compared: more would tell apart sums of the same numbers in another order."""

Matrix: TypeAlias = NDArray[np.float64]


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


def paired_rates(only_first: int, only_second: int, n: int) -> Interval:
    """Return the interval of the difference of two success rates on the same ``n`` tasks (Bonett and Price 2012).

    Like Wilson's for one rate it has a width where resampling finds none: when no task, or every task, tells the two
    apart. ``paired_rates(0, 0, 134)`` is about ±2 points.
    """
    from scipy.stats import norm

    first, second = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    centre = first - second
    half = float(norm.ppf((1 + CONFIDENCE) / 2)) * ((first + second - centre**2) / (n + 2)) ** 0.5
    return Interval(max(-1.0, centre - half), min(1.0, centre + half))


def two_way_bootstrap(tops: Matrix, bottoms: Matrix | None = None, seed: int = 0) -> Interval:
    """Return the percentile interval of Σ tops / Σ bottoms when memories *and* tasks are drawn anew (10,000 times).

    Rows are memories, columns tasks. ``bottoms`` is 1 everywhere when it is left out (the interval of a mean), and 0,
    like its top, where a cell is missing. One memory leaves the bootstrap over tasks. Each resample draws rows and
    columns independently and weighs a cell by the product of how often its row and its column were drawn (the
    pigeonhole bootstrap, Owen 2007, Annals of Applied Statistics 1:386). Resamples without a cell are left out; NaN
    when there is none at all.
    """
    whole = np.ones_like(tops) if bottoms is None else bottoms
    if tops.shape != whole.shape or tops.ndim != 2:
        raise ValueError("tops and bottoms must be two matrices of memories and tasks, of the same shape")
    if not whole.sum():
        return Interval(float("nan"), float("nan"))
    memories, tasks = tops.shape
    rng = numpy_rng(seed, "two-way bootstrap", memories, tasks)
    ratios = []
    for start in range(0, RESAMPLES, BATCH):
        size = min(BATCH, RESAMPLES - start)
        rows, columns = _counts(rng, size, memories), _counts(rng, size, tasks)
        top, bottom = (((rows @ matrix) * columns).sum(axis=1) for matrix in (tops, whole))
        ratios.append(top[bottom > 0] / bottom[bottom > 0])
    low, high = np.quantile(np.concatenate(ratios), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    found = float(tops.sum() / whole.sum())
    return Interval(min(float(low), found), max(float(high), found))  # equal ratios differ in their last bits


def _counts(rng: np.random.Generator, size: int, n: int) -> Matrix:
    """Return how often each of ``n`` things is drawn when ``n`` are drawn with replacement, ``size`` times over."""
    drawn = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
    return np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def sign_flip(differences: Sequence[float], seed: int = 0) -> float:
    """Return the two-sided p of paired differences: the share of their signs that make a mean as far from 0 as the one
    found; 1 when all are 0.

    All signs are counted for up to 13 differences that are not 0; for more, 10,000 are drawn (seeded, the one found
    among them). The order of the differences does not matter.
    """
    counted = np.sort(np.asarray(differences, dtype=np.float64))
    counted = counted[counted != 0]
    if len(counted) < 2:
        return 1.0
    from scipy.stats import permutation_test

    def distance(signed: Any, axis: int) -> Any:
        return np.abs(signed.sum(axis)).round(DECIMALS)

    rng = numpy_rng(seed, "sign flip", len(counted))
    settings = {"n_resamples": RESAMPLES - 1, "batch": BATCH, "permutation_type": "samples", "alternative": "greater"}
    found = permutation_test((counted,), distance, rng=rng, **settings)
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


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values of a family of tests adjusted by Holm's procedure, in the same order.

    The least p is multiplied by the number of tests, the next by one less, and so on; none falls below one before it.
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * np.asarray(p_values)[order]))
    return [float(p) for p in adjusted]
