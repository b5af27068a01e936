"""Meta-procedures are refined: redundant parts dropped, children reordered, branches added (``docs/spec/paper.md §7``).

The paper says no more than that. What is redundant, another order, or a branch is decided here by what successful
episodes did (Default); every change is an event.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from macla.methods.macla.learning.recurrence import Key, MetaRun, Recent, Recurrence
from macla.methods.macla.memory.events import Recomposed
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.store import Memory

How = Literal["drop", "reorder", "branch"]


def drop_redundant(memory: Memory, runs: Mapping[str, Collection[MetaRun]], enough: int) -> None:
    """Drop the children that nearly no successful run of their meta-procedure ran, of ``enough`` runs or more.

    One at a time, the one that ran least; as long as what is left is long enough and no other meta-procedure does it.
    """
    composition = memory.settings.composition
    for meta in list(memory.metas.values()):
        successful = [run.ran for run in runs.get(meta.id, ())]
        if len(successful) < enough or len(meta.children) <= composition.shortest:
            continue
        places = range(len(meta.children))
        times = [sum(not ran.isdisjoint(meta.options(place)) for ran in successful) for place in places]
        least = min(places, key=lambda place: (times[place], place))
        if 1 - times[least] / len(successful) >= composition.redundant:
            _rearrange(memory, meta, [place for place in places if place != least], "drop")


def reorder(memory: Memory, recent: Recent, enough: int) -> None:
    """Give a meta-procedure the order that outnumbers its own among recent successful episodes of its goals.

    ``enough`` episodes must have had it, as many as make a sequence recur, and no other meta-procedure may run it.
    """
    for meta in list(memory.metas.values()):
        length = len(meta.children)
        endings = Counter(ending for goal in meta.goals for ending in recent.endings(goal, length))
        own = endings.pop(meta.children, 0)
        others = [order for order in endings if sorted(order) == sorted(meta.children)]
        most = max(others, key=lambda order: (endings[order], order), default=())
        if endings[most] > own and endings[most] >= enough:
            _rearrange(memory, meta, _places(meta.children, most), "reorder")


def add_branches(memory: Memory, seen: Mapping[Key, Recurrence]) -> None:
    """Add what successful episodes did at one place of a meta-procedure instead of its child, all else being equal.

    Not at its first place: that says when the whole applies, and another beginning is another meta-procedure.
    """
    least = memory.settings.composition.branch
    for (names, goal), recurrence in sorted(seen.items()):
        usable = all(name in memory.procedures for name in names)
        if not usable or len(recurrence.runs) < least or memory.meta_of(names) is not None:
            continue
        for meta in list(memory.metas.values()):
            place = _differs(meta.children, names)
            if place > 0 and goal in meta.goals:
                branches = list(meta.branches)
                branches[place] = (*branches[place], names[place])
                memory.apply(_changed(meta, "branch", range(len(names)), branches))
                break


def _rearrange(memory: Memory, meta: MetaProcedure, places: Sequence[int], how: How) -> None:
    """Keep the children at ``places``, in this order, each with its Θ.

    Not when that is a meta-procedure already, or has one child twice in a row, which is what Θ repeats for.
    """
    children = tuple(meta.children[place] for place in places)
    if memory.meta_of(children) is None and all(a != b for a, b in pairwise(children)):
        memory.apply(_changed(meta, how, places, meta.branches))


def _changed(meta: MetaProcedure, how: How, places: Sequence[int], branches: Sequence[tuple[str, ...]]) -> Recomposed:
    return Recomposed(
        meta=meta.id,
        how=how,
        children=tuple(meta.children[place] for place in places),
        controls=tuple(meta.controls[place] for place in places),
        branches=((), *(branches[place] for place in places[1:])),
    )


def _places(children: Sequence[str], order: Sequence[str]) -> list[int]:
    """Return where each of ``order`` stands among ``children``; the copies of one child keep their order."""
    left = list(enumerate(children))
    result = []
    for name in order:
        found = next(item for item in left if item[1] == name)
        left.remove(found)
        result.append(found[0])
    return result


def _differs(children: Sequence[str], names: Sequence[str]) -> int:
    """Return the one place in which two sequences of the same length differ; −1 where there is no such place."""
    if len(children) != len(names):
        return -1
    places = [place for place, (child, name) in enumerate(zip(children, names, strict=True)) if child != name]
    return places[0] if len(places) == 1 else -1
