"""The bootstrap over tasks: decisions of one task, and its runs under several seeds, are not independent."""

from collections.abc import Hashable, Sequence

import numpy as np

from macla.seeding import numpy_rng
from macla.statistics import CONFIDENCE, Interval

RESAMPLES = 2_000
_CHUNK = 250
"""Resamples drawn at once; bounds memory."""


def ratio_interval(
    tops: Sequence[float], bottoms: Sequence[float], clusters: Sequence[Hashable], seed: int = 0
) -> Interval:
    """Return the 95 % percentile interval of Σ tops / Σ bottoms when whole clusters are drawn again.

    Resamples whose denominator is zero are left out; NaN when there is nothing to draw.
    """
    order = {cluster: position for position, cluster in enumerate(dict.fromkeys(clusters))}
    if not order or not sum(bottoms):
        return Interval(float("nan"), float("nan"))
    sums = np.zeros((len(order), 2))
    for top, bottom, cluster in zip(tops, bottoms, clusters, strict=True):
        sums[order[cluster]] += top, bottom
    rng = numpy_rng(seed, "bootstrap", "ratio", len(order))
    drawn = []
    for start in range(0, RESAMPLES, _CHUNK):
        size = min(_CHUNK, RESAMPLES - start)
        drawn.append(rng.multinomial(len(order), np.full(len(order), 1 / len(order)), size=size) @ sums)
    totals = np.concatenate(drawn)
    totals = totals[totals[:, 1] > 0]
    low, high = np.quantile(totals[:, 0] / totals[:, 1], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(low), float(high))
