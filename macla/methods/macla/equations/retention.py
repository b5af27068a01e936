"""What is least useful goes first: Eq 8 and its variant Eq 10 (``docs/spec/paper.md §9``)."""

from collections import Counter
from collections.abc import Hashable, Sequence, Set
from typing import NamedTuple

import numpy as np

from macla.methods.macla.equations.beta import Array, Prior, mean
from macla.methods.macla.settings import Pruning


class Standing(NamedTuple):
    """What utility depends on; one entry per item to rank."""

    successes: Array
    failures: Array
    uses: Array
    """n_i: demonstrations and executions within the window."""
    last_used: Array
    """Episode of the latest of them."""


class Excess(NamedTuple):
    """One item to drop, by its place among those ranked."""

    place: int
    utility: float


def utilities(standing: Standing, now: int, settings: Pruning, prior: Prior) -> Array:
    """Return each item's U by Eq 8 or Eq 10 in episode ``now``.

    - Eq 8: λ_r·α/(α+β) + λ_f·n_i/N_total + λ_t·exp(−age/τ), N_total being the uses of all items;
    - Eq 10: λ_r·α/(α+β) + λ_f·min(1, n_i/familiar) + λ_t·(1 − age/max_age), the last term being at least 0.
    """
    successes, failures, uses, last_used = standing
    reliability = mean(successes + prior.alpha0, failures + prior.beta0)
    age = now - last_used
    if settings.rule == "eq8":
        frequency = uses / max(1.0, float(np.sum(uses)))
        recency = np.exp(-age / settings.tau)
    else:
        frequency = np.minimum(1.0, uses / settings.familiar)
        recency = np.maximum(0.0, 1 - age / settings.max_age)
    return settings.lambda_r * reliability + settings.lambda_f * frequency + settings.lambda_t * recency


def excess(values: Array, clusters: Sequence[Set[Hashable]], capacity: int) -> list[Excess]:
    """Return what to drop of items with utilities ``values`` until ``capacity`` are left, in that order.

    Lowest utility first, the earlier of equals; an item goes only while each of its ``clusters`` keeps another one.
    When every item left is the last of some cluster, there are more clusters than room and utility alone decides.
    """
    surplus = len(values) - capacity
    if surplus <= 0:
        return []
    left = Counter(cluster for own in clusters for cluster in own)
    dropped: list[int] = []
    protected: list[int] = []
    for place in map(int, np.argsort(values, kind="stable")):
        if len(dropped) < surplus and all(left[cluster] > 1 for cluster in clusters[place]):
            dropped.append(place)
            left.subtract(clusters[place])
        else:
            protected.append(place)
    dropped += protected[: surplus - len(dropped)]
    return [Excess(place, float(values[place])) for place in dropped]
