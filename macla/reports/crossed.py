"""Observations as matrices of memories and tasks, the two things that were drawn, and the intervals of their ratios."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from macla.methods.episode import Episode, scored
from macla.methods.run import Run
from macla.statistics import Interval, Matrix, two_way_bootstrap, wilson

Task: TypeAlias = tuple[str, str, str]
"""Benchmark, split and id: what tells a task from all others."""


class Place(NamedTuple):
    """Where an observation belongs: to the memory of this seed, and to a task."""

    memory: int
    task: Task


def placed(runs: Sequence[Run]) -> list[tuple[Place, Episode]]:
    """Return the scored episodes of runs, each with where it belongs."""
    return [found for run in runs for found in placed_of(run.summary, run.episodes.values())]


def placed_of(summary: Mapping[str, Any], episodes: Iterable[Episode]) -> list[tuple[Place, Episode]]:
    """Return the scored episodes of one run, whose summary names ``seed`` and ``env``, with where each belongs."""
    memory, benchmark = int(summary["seed"]), str(summary["env"])
    return [(Place(memory, (benchmark, episode.split, episode.task)), episode) for episode in scored(episodes)]


class Crossed(NamedTuple):
    """Sums of observations: a row a memory, a column a task, both sorted; ``bottoms`` is 0 where there are none."""

    tops: Matrix
    bottoms: Matrix

    @property
    def distinct(self) -> "Crossed":
        """The same with one row where all memories did alike: copies are no further observations."""
        alike = all((matrix == matrix[:1]).all() for matrix in self)
        return Crossed(self.tops[:1], self.bottoms[:1]) if alike else self


def crossed(tops: Sequence[float], bottoms: Sequence[float], places: Sequence[Place]) -> Crossed:
    """Return the sums of ``tops`` and of ``bottoms`` by memory and task. The order of observations does not matter."""
    rows, columns = ({name: k for k, name in enumerate(sorted(set(names)))} for names in zip(*places, strict=True))
    sums = np.zeros((2, len(rows), len(columns)))
    for top, bottom, (memory, task) in zip(tops, bottoms, places, strict=True):
        sums[:, rows[memory], columns[task]] += top, bottom
    return Crossed(*sums)


def ratio_interval(tops: Sequence[float], bottoms: Sequence[float], places: Sequence[Place]) -> Interval:
    """Return the 95 % interval of Σ tops / Σ bottoms by the two-way bootstrap; NaN when there is nothing to draw.

    All observations of one memory on one task (decisions of an episode) are drawn together.
    """
    if not sum(bottoms):
        return Interval(float("nan"), float("nan"))
    return two_way_bootstrap(*crossed(tops, bottoms, places))


def rate_interval(reached: Sequence[bool], places: Sequence[Place]) -> Interval:
    """Return the 95 % interval of the share of episodes that reached something.

    Wilson's with one memory, and for the number of tasks where all episodes ended alike (resampling would find no
    width); else the two-way bootstrap.
    """
    if not reached:
        return wilson(0, 0)
    tops, bottoms = crossed(reached, [1.0] * len(reached), places).distinct
    if len(tops) > 1 and len(set(reached)) > 1:
        return two_way_bootstrap(tops, bottoms)
    tasks = tops.shape[1]
    return wilson(round(sum(reached) / len(reached) * tasks), tasks)
