"""Worked examples out of memory: readings that cover what tasks name, and the answers of similar tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from macla.encoder import Encoder
from macla.methods.asking.settings import AskingSettings
from macla.models.requests import WorkedTask


def covering(tasks: Sequence[WorkedTask], count: int) -> tuple[WorkedTask, ...]:
    """Return ``count`` tasks at most that show together what tasks name: each adds the most kinds not shown so often.

    Ties go to shorter tasks, then to earlier ones, so that the choice depends on the tasks alone.
    """
    chosen: list[WorkedTask] = []
    shown: dict[str, int] = {}
    left = sorted(tasks, key=lambda one: len(one.task))
    while left and len(chosen) < count:
        best = max(
            left, key=lambda one: sum(1 / (1 + shown.get(kind, 0)) ** 2 for kind in {t.kind for t in one.things})
        )
        left.remove(best)
        chosen.append(best)
        for kind in {thing.kind for thing in best.things}:
            shown[kind] = shown.get(kind, 0) + 1
    return tuple(chosen)


class Answered:
    """The answered tasks of a memory, found by the similarity of their instructions."""

    def __init__(self, tasks: Sequence[WorkedTask], encoder: Encoder) -> None:
        self.tasks = [task for task in tasks if task.answer]
        self.encoder = encoder
        texts = [task.task for task in self.tasks]
        self._vectors = encoder.encode(texts) if texts else np.empty((0, encoder.dimension), dtype=np.float32)

    def nearest(self, task: str, count: int) -> tuple[tuple[str, str], ...]:
        """Return (task, answer) of the most similar tasks, the most similar last: right before what is asked."""
        if not count or not self.tasks:
            return ()
        cosines = self._vectors @ self.encoder.encode([task])[0]
        order = np.argsort(-cosines, kind="stable")[:count][::-1]
        return tuple((self.tasks[place].task, self.tasks[place].answer) for place in order)


@dataclass(frozen=True)
class Examples:
    """What the worked tasks of a memory teach."""

    readings: tuple[WorkedTask, ...]
    """The same for all tasks."""
    kinds: tuple[str, ...]
    """The kinds of things that tasks name, sorted."""
    answered: Answered


def examples(tasks: Sequence[WorkedTask], settings: AskingSettings, encoder: Encoder) -> Examples:
    """Return what worked tasks teach; answered ones are only kept where any are to be shown."""
    return Examples(
        readings=covering(tasks, settings.readings),
        kinds=tuple(sorted({thing.kind for task in tasks for thing in task.things})),
        answered=Answered(tasks if settings.examples else (), encoder),
    )
