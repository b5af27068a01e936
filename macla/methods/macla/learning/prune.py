"""Bounded memory: drop what is least useful, leaving no goal without help (``docs/spec/paper.md §9``)."""

from collections import defaultdict
from collections.abc import Hashable, Sequence, Set

import numpy as np

from macla.methods.macla.equations.retention import Standing, excess, utilities
from macla.methods.macla.memory.events import Composed, Credited, Extracted, Merged, Pruned, Source, Split
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.memory.store import Memory

DECIMALS = 6
"""Of the utility in a ``Pruned`` event."""
Uses = dict[str, list[tuple[int, int]]]
"""Id → (episode, times) of each demonstration or execution, oldest first."""


def shrink(memory: Memory) -> None:
    """Keep the memory within its capacities."""
    prune(memory, memory.settings.n_procedures)
    prune_metas(memory, memory.settings.n_metas)


def prune(memory: Memory, capacity: int) -> None:
    """Drop procedures until ``capacity`` are left, each as a ``Pruned`` event; metas that run one go with it.

    A procedure's goal clusters are what it achieves for which goal: its milestone's verb with each goal it served.
    """
    procedures = list(memory.procedures.values())
    clusters = [{(goal, procedure.milestone.verb) for goal in procedure.goals} for procedure in procedures]
    _drop(memory, procedures, clusters, capacity)


def prune_metas(memory: Memory, capacity: int) -> None:
    """Drop meta-procedures until ``capacity`` are left, each as a ``Pruned`` event; their clusters are their goals."""
    metas = list(memory.metas.values())
    _drop(memory, metas, [set(meta.goals) for meta in metas], capacity)


def _drop(memory: Memory, skills: Sequence[Skill], clusters: Sequence[Set[Hashable]], capacity: int) -> None:
    if len(skills) <= capacity:
        return
    now, log = uses(memory)
    pruning = memory.settings.pruning
    standing = _standing(skills, log, now - pruning.window)
    values = utilities(standing, now, pruning, prior_of(memory, memory.settings))
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
