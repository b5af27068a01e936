"""Two rows on the tasks that both played: their difference, its interval, and a test at the level that allows one."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from macla.methods.run import Run
from macla.reports.crossed import Crossed, Place, crossed, placed
from macla.statistics import Interval, Matrix, mcnemar, paired_rates, sign_flip, two_way_bootstrap

Measured: TypeAlias = Literal["success", "score"]

MEMORIES = 8
"""From so many memories on they are what is tested: the least p of their signs is then 2/2⁸ < 0.01 (Default)."""
UNTESTED = "none"


class Comparison(NamedTuple):
    """The mean of the first's outcomes minus the second's, over all memories and tasks that both scored."""

    difference: float
    interval: Interval
    p: float | None
    """Two-sided; None between 2 and 7 memories: too few to test, and their tasks are no independent observations."""
    test: str
    """What was drawn and tested, in words."""


def compare(first: Sequence[Run], second: Sequence[Run], measure: Measured) -> Comparison | None:
    """Return the comparison of two rows, one run a seed (or a seed and part) each; None when they share no task.

    A seed pairs the memories of both. Seeds that did all alike in both rows are one memory.
    """
    return compare_outcomes(outcomes(first, measure), outcomes(second, measure), measure)


def compare_outcomes(
    first: Mapping[Place, float], second: Mapping[Place, float], measure: Measured
) -> Comparison | None:
    """Return the comparison of two rows of which the outcomes alone are known; None when they share no task."""
    pair = _shared(first, second)
    if pair is None:
        return None
    ours, theirs, seen = pair
    memories, tasks = seen.shape
    differences = ours - theirs
    value = float(differences.sum() / seen.sum())
    alike = bool((differences[seen > 0] == differences[seen > 0][0]).all())
    if measure == "success" and (memories == 1 or alike):
        interval = _of_rates(differences.sum(axis=0) / seen.sum(axis=0))
    else:
        interval = two_way_bootstrap(differences, seen)
    if memories == 1:
        p, test = _of_tasks(ours[0], theirs[0], measure)
    elif memories < MEMORIES:
        p, test = None, f"{UNTESTED}: {memories} memories"
    else:
        p = sign_flip(list(differences.sum(axis=1) / seen.sum(axis=1)))
        test = f"{memories} memories: random signs"
    return Comparison(value, interval, p, f"{test}; {tasks} tasks")


def _shared(ours: Mapping[Place, float], theirs: Mapping[Place, float]) -> tuple[Matrix, Matrix, Matrix] | None:
    """Return both rows' outcomes (memories × tasks) and where both have one; 0 elsewhere."""
    places = [place for place in ours if place in theirs]
    if not places:
        return None
    values = [[row[place] for place in places] for row in (ours, theirs)]
    (mine, seen), (others, _) = (crossed(row, [1.0] * len(places), places) for row in values)
    together = Crossed(np.concatenate([mine, others], axis=1), np.concatenate([seen, seen], axis=1)).distinct
    mine, others = np.split(together.tops, 2, axis=1)
    return mine, others, np.split(together.bottoms, 2, axis=1)[0]


def outcomes(runs: Sequence[Run], measure: Measured) -> dict[Place, float]:
    """Return what came of every scored episode of a row."""
    return {place: float(getattr(episode, measure)) for place, episode in placed(runs)}


def _of_rates(differences: Matrix) -> Interval:
    """Return the interval from the tasks that only one of the two solves; a task of several memories counts once."""
    return paired_rates(round(differences.clip(min=0).sum()), round(-differences.clip(max=0).sum()), len(differences))


def _of_tasks(ours: Matrix, theirs: Matrix, measure: Measured) -> tuple[float, str]:
    """Return p and the test of one memory each, over tasks."""
    if measure == "score":
        return sign_flip(list(ours - theirs)), "1 memory: random signs of tasks"
    found = mcnemar([value > 0 for value in ours], [value > 0 for value in theirs])
    return found.p_value, f"1 memory: exact McNemar {found.only_first}:{found.only_second}"
