"""Bounded memory: drop what is least useful, leaving no goal without help (``paper.md §9``)."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from macla.methods.macla.equations.beta import Array, Prior, mean
from macla.methods.macla.memory.events import Composed, Credited, Extracted, Merged, Pruned, Source, Split
from macla.methods.macla.memory.meta import Skill
from macla.methods.macla.memory.store import Memory

FAMILIAR = 10
"""Uses from which on Eq 10 calls something fully familiar."""
DECIMALS = 6
"""Of the utility in a ``Pruned`` event."""


@dataclass(frozen=True)
class PruneSettings:
    """Which utility decides, and its constants. Ages and windows are in episodes."""

    rule: Literal["eq8", "eq10"] = "eq8"
    lambda_r: float = 0.5
    """Weight of reliability, α/(α+β); Eq 8 and Eq 10 print the same three weights."""
    lambda_f: float = 0.3
    """Weight of frequency."""
    lambda_t: float = 0.2
    """Weight of recency."""
    tau: float = 100.0
    """Episodes over which Eq 8's recency decays (Default; the paper leaves τ open)."""
    max_age: int = 1000
    """Episodes after which Eq 10's recency is 0 (Default; the paper leaves it open)."""
    window: int = 1000
    """Recent episodes whose uses count as frequency (Default: ten τ)."""
    prior: Prior = field(default_factory=Prior)


DEFAULT = PruneSettings()

Uses = dict[str, list[tuple[int, int]]]
"""Id → (episode, times) of each demonstration or execution, oldest first."""


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


def utilities(standing: Standing, now: int, settings: PruneSettings) -> Array:
    """Return each item's U by Eq 8 or Eq 10 in episode ``now``.

    - Eq 8: λ_r·α/(α+β) + λ_f·n_i/N_total + λ_t·exp(−age/τ), N_total being the uses of all items;
    - Eq 10: λ_r·α/(α+β) + λ_f·min(1, n_i/10) + λ_t·(1 − age/max_age), the last term being at least 0.
    """
    successes, failures, uses, last_used = standing
    reliability = mean(successes + settings.prior.alpha0, failures + settings.prior.beta0)
    age = now - last_used
    if settings.rule == "eq8":
        frequency = uses / max(1.0, float(np.sum(uses)))
        recency = np.exp(-age / settings.tau)
    else:
        frequency = np.minimum(1.0, uses / FAMILIAR)
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
    left = Counter(cluster for each in clusters for cluster in each)
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


def prune(memory: Memory, capacity: int, settings: PruneSettings = DEFAULT) -> None:
    """Drop procedures until ``capacity`` are left, each as a ``Pruned`` event; metas that run one go with it.

    A procedure's goal clusters are what it achieves for which goal: its milestone's verb with each goal it served.
    """
    procedures = list(memory.procedures.values())
    clusters = [{(goal, procedure.milestone.verb) for goal in procedure.goals} for procedure in procedures]
    _drop(memory, procedures, clusters, capacity, settings)


def prune_metas(memory: Memory, capacity: int, settings: PruneSettings = DEFAULT) -> None:
    """Drop meta-procedures until ``capacity`` are left, each as a ``Pruned`` event; their clusters are their goals."""
    metas = list(memory.metas.values())
    _drop(memory, metas, [set(meta.goals) for meta in metas], capacity, settings)


def _drop(
    memory: Memory,
    skills: Sequence[Skill],
    clusters: Sequence[Set[Hashable]],
    capacity: int,
    settings: PruneSettings,
) -> None:
    if len(skills) <= capacity:
        return
    now, log = uses(memory)
    values = utilities(_standing(skills, log, now - settings.window), now, settings)
    for place, value in excess(values, clusters, capacity):
        memory.apply(Pruned(procedure=skills[place].id, utility=round(value, DECIMALS)))


def _standing(skills: Sequence[Skill], log: Uses, since: int) -> Standing:
    rows = [
        (
            *skill.evidence.counts(),
            sum(times for episode, times in log[skill.id] if episode > since),
            log[skill.id][-1][0],
        )
        for skill in skills
    ]
    return Standing(*np.array(rows, dtype=np.float64).T)


def uses(memory: Memory) -> tuple[int, Uses]:
    """Return the latest episode and the uses of every procedure and meta.

    Demonstrations came before the first episode: the last trajectory learned from counts as episode 0, the one before
    as −1, and so on. Composing a meta uses it; a variant inherits the uses of the procedure that it was split from.
    """
    log: Uses = defaultdict(list)
    now = -len(memory.sources)
    for event in memory.events:
        match event:
            case Source():
                now += 1
            case Credited():
                now = max(now, event.execution.context.episode)
                log[event.execution.procedure].append((now, 1))
            case Extracted() | Merged():
                log[event.procedure].append((now, 1))
            case Composed():
                log[event.meta].append((now, event.times))
            case Split():
                log[event.variant] = list(log[event.procedure])
    return now, log
