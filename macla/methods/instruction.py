"""How an instruction is put to the model and what its answer means, in learning and in acting alike."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from macla.methods.reading import Reader
from macla.models.requests import ParseTask, TaskReading, WorkedReading


class ParsedTask(BaseModel):
    """An instruction as a goal pattern with ``<0>``, ``<1>`` … for the kinds of entity it names, and these kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goal: str
    slots: tuple[str, ...]


def task_request(
    reader: Reader,
    task: str,
    vocabulary: Iterable[str],
    *,
    here: Iterable[str] = (),
    examples: Sequence[WorkedReading] = (),
) -> ParseTask:
    """Return the request that reads an instruction; ``here`` are kinds that the current observation shows."""
    mentions = tuple((m.type, m.start, m.end) for m in reader.lexicon.mentions(task))
    known = sorted(vocabulary)
    more = sorted({*here}.difference(known))
    return ParseTask(task=task, mentioned=mentions, vocabulary=(*known, *more), examples=tuple(examples))


def parsed(request: ParseTask, reading: TaskReading) -> ParsedTask:
    """Return what an instruction asks for: the pattern that it spells, or else that of the example it is like.

    >>> parsed(ParseTask(task="put two cups in crate", vocabulary=()), TaskReading(kinds=("cup", "crate"))).goal
    'put two <0> in <1>'
    """
    spans = [(start, end) for _, start, end in sorted(request.mentioned, key=lambda mention: mention[1])]
    spans = spans or list(_spelled(request.task, reading.kinds))
    goal, position = "", 0
    for index, (start, end) in enumerate(spans):
        goal += f"{request.task[position:start]}<{index}>"
        position = end
    goal += request.task[position:]
    if reading.job and goal not in request.jobs:
        goal = reading.job
    return ParsedTask(goal=goal, slots=reading.kinds)


def slots_in(goal: str) -> int:
    """Return how many kinds of things a goal pattern speaks of."""
    return len({*re.findall(r"<(\d+)>", goal)})


def _spelled(task: str, kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where an instruction spells kinds, in their order: as they are, else capitalised or in the plural."""
    position = 0
    for kind in kinds:
        exact = re.compile(rf"\b{re.escape(kind)}\b").search(task, position)
        found = exact or re.compile(rf"\b{re.escape(kind)}(?:e?s)?\b", re.IGNORECASE).search(task, position)
        if found:
            yield found.span()
            position = found.end()
