"""The tasks that a recording may be of which names none: those whose instruction its beginning holds."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from macla.benchmarks.base import RecordingReader, Task, TaskEnv
from macla.benchmarks.replaying import plain


class _Opening(NamedTuple):
    """What an episode of a task begins with."""

    task: Task
    instruction: str
    observation: str


class Openings:
    """Finds tasks by how their episodes open; every task is opened once, at the first question."""

    def __init__(self, tasks: Iterable[Task], benchmark: object, *, make: Callable[[Task], TaskEnv]) -> None:
        self._tasks = list(tasks)
        self._make = make
        self._comparable = benchmark.comparable if isinstance(benchmark, RecordingReader) else str

    def alike(self, beginning: str) -> list[Task]:
        """Return the tasks whose instruction is the last that ``beginning`` holds, the longest where two end alike.

        What stands before it may be worked examples, in other tasks' words. Of several tasks with one instruction it
        is those whose first observation the text holds, too, if there are any.
        """
        text = plain(self._comparable(beginning))
        ends = {opening.instruction: _end(text, opening.instruction) for opening in self._openings}
        last = max(ends, key=lambda instruction: (ends[instruction], len(instruction)), default="")
        if ends.get(last, -1) < 0:
            return []
        same = [opening for opening in self._openings if opening.instruction == last]
        seen = [opening for opening in same if opening.observation in text]
        return [opening.task for opening in seen or same]

    @cached_property
    def _openings(self) -> list[_Opening]:
        return [self._opened(task) for task in self._tasks]

    def _opened(self, task: Task) -> _Opening:
        env = self._make(task)
        try:
            observation, info = env.reset(seed=0)
        finally:
            env.close()
        return _Opening(task, plain(self._comparable(info["task"])), plain(self._comparable(observation)))


def _end(text: str, instruction: str) -> int:
    """Return where the last occurrence of an instruction, as whole words, ends in a text; -1 when it holds none."""
    end = len(text)
    while instruction and (found := text.rfind(instruction, 0, end)) >= 0:
        end = found + len(instruction)
        if not (text[end : end + 1].isalnum() or text[max(0, found - 1) : found].isalnum()):
            return end
        end -= 1
    return -1
