"""Worked examples out of memory: readings that cover what tasks name, answers that cover how they are put together."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from macla.encoder import Encoder, nearest_first
from macla.methods.asking.settings import AskingSettings
from macla.methods.reading import Reader
from macla.methods.words import words
from macla.models.requests import Thing, WorkedTask


def covering(
    tasks: Sequence[WorkedTask], count: int, shows: Callable[[WorkedTask], Mapping[str, float]]
) -> tuple[WorkedTask, ...]:
    """Return ``count`` tasks at most that together show much: each adds the most of what was not shown so often.

    ``shows``: what a task shows, with how much that counts. Ties go to shorter tasks, then to earlier ones, so that the
    choice depends on the tasks alone.
    """
    chosen: list[WorkedTask] = []
    shown: Counter[str] = Counter()
    left = [(task, sorted(shows(task).items())) for task in sorted(tasks, key=lambda one: len(one.task))]
    while left and len(chosen) < count:
        best = max(left, key=lambda one: sum(worth / (1 + shown[what]) ** 2 for what, worth in one[1]))
        left.remove(best)
        chosen.append(best[0])
        shown.update(what for what, _ in best[1])
    return tuple(chosen)


def counts_named(task: WorkedTask, kinds: Collection[str]) -> frozenset[str]:
    """Return how many things of each kind a task names: also of those of which it names none, or several."""
    counts = Counter(thing.kind for thing in task.things)
    return frozenset(f"{counts[kind]} {kind}" for kind in kinds)


def spells(task: str, thing: Thing) -> bool:
    """Whether an instruction has a word of a thing's name."""
    return bool(words(task) & words(thing.name))


def common_words(tasks: Sequence[WorkedTask], share: float) -> frozenset[str]:
    """Return the words that stand in at least this share of the instructions: how tasks are worded."""
    counts = Counter(word for task in tasks for word in words(task.task))
    return frozenset(word for word, count in counts.items() if count >= share * len(tasks))


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
    spelled: frozenset[str]
    """Kinds of things that every instruction of training spelled, at least by a word."""
    answers: tuple[tuple[str, str], ...]
    """(task, its answer)."""
    placed: tuple[WorkedTask, ...] = ()
    """Those whose answer names things of the world, in which they can be found again."""

    def here(self, task: str, known: AbstractSet[str], count: int, encoder: Encoder) -> tuple[tuple[str, str], ...]:
        """Return (task, its answer) of ``count`` tasks whose things are all known: the most similar to ``task``.

        The most similar one comes last.
        """
        others = [one for one in self.placed if known >= {*one.about} and one.task != task] if count else []
        if not others:
            return ()
        nearest = nearest_first(encoder, task, [one.task for one in others])[:count]
        return tuple((others[index].task, others[index].answer) for index in reversed(nearest))


def examples(tasks: Sequence[WorkedTask], settings: AskingSettings, reader: Reader) -> Examples:
    """Return what worked tasks teach."""
    answered = [task for task in tasks if task.answer]
    shown = covering(answered, settings.examples, lambda task: dict.fromkeys(parts_of_answer(task, reader), 1.0))
    kinds = tuple(sorted({thing.kind for task in tasks for thing in task.things}))
    common = common_words(tasks, settings.common)

    def shows(task: WorkedTask) -> dict[str, float]:
        wording = dict.fromkeys(words(task.task) & common, settings.wording)
        return wording | dict.fromkeys(counts_named(task, kinds), 1.0)

    unspelled = {thing.kind for task in tasks for thing in task.things if not spells(task.task, thing)}
    return Examples(
        readings=covering(tasks, settings.readings, shows),
        kinds=kinds,
        spelled=frozenset(kinds) - unspelled,
        answers=tuple((task.task, task.answer) for task in shown),
        placed=tuple(task for task in answered if task.about),
    )
