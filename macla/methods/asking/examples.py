"""Worked examples out of memory: readings that cover what tasks name, answers that cover how they are put together."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from macla.methods.asking.settings import AskingSettings
from macla.methods.reading import Reader
from macla.models.requests import WorkedTask


def covering(
    tasks: Sequence[WorkedTask], count: int, shows: Callable[[WorkedTask], Collection[str]]
) -> tuple[WorkedTask, ...]:
    """Return ``count`` tasks at most that together show much: each adds the most of what was not shown so often.

    Ties go to shorter tasks, then to earlier ones, so that the choice depends on the tasks alone.
    """
    chosen: list[WorkedTask] = []
    shown: dict[str, int] = {}
    left = [(task, frozenset(shows(task))) for task in sorted(tasks, key=lambda one: len(one.task))]
    while left and len(chosen) < count:
        best = max(left, key=lambda one: sum(1 / (1 + shown.get(what, 0)) ** 2 for what in sorted(one[1])))
        left.remove(best)
        chosen.append(best[0])
        for what in best[1]:
            shown[what] = shown.get(what, 0) + 1
    return tuple(chosen)


def kinds_named(task: WorkedTask) -> frozenset[str]:
    """Return the kinds of things that a task names."""
    return frozenset(thing.kind for thing in task.things)


def parts_of_answer(task: WorkedTask, reader: Reader) -> frozenset[str]:
    """Return the forms of the parts that a task's answer is put together from, such as the clauses of a query."""
    command = reader.parse(task.answer)
    return frozenset(part.verb for part in reader.parts(command)) if command is not None else frozenset()


@dataclass(frozen=True)
class Examples:
    """What the worked tasks of a memory teach; the same for all tasks, so that all requests begin alike."""

    readings: tuple[WorkedTask, ...]
    kinds: tuple[str, ...]
    """The kinds of things that tasks name, sorted."""
    answers: tuple[tuple[str, str], ...]
    """(task, its answer)."""


def examples(tasks: Sequence[WorkedTask], settings: AskingSettings, reader: Reader) -> Examples:
    """Return what worked tasks teach."""
    answered = [task for task in tasks if task.answer]
    shown = covering(answered, settings.examples, lambda task: parts_of_answer(task, reader))
    return Examples(
        readings=covering(tasks, settings.readings, kinds_named),
        kinds=tuple(sorted({kind for task in tasks for kind in kinds_named(task)})),
        answers=tuple((task.task, task.answer) for task in shown),
    )
