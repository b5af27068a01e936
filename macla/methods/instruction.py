"""How an instruction is put to the model and what its answer means, in learning and in acting alike."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from macla.methods.reading import Reader
from macla.models.requests import ParseTask, TaskReading


class ParsedTask(BaseModel):
    """An instruction as a goal pattern with ``<0>``, ``<1>`` … for the kinds of entity it names, and these kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goal: str
    slots: tuple[str, ...]
    names: tuple[str, ...] = ()
    """What the instruction calls these kinds, where a language model read it."""


def task_request(
    reader: Reader,
    task: str,
    vocabulary: Iterable[str],
    *,
    here: Iterable[str] = (),
) -> ParseTask:
    """Return the request that reads an instruction; ``here`` are kinds that the current observation shows."""
    mentions = tuple((m.type, m.start, m.end) for m in reader.lexicon.mentions(task))
    known = sorted(vocabulary)
    more = sorted({*here}.difference(known))
    return ParseTask(task=task, mentioned=mentions, vocabulary=(*known, *more))


def parsed(request: ParseTask, reading: TaskReading) -> ParsedTask:
    """Return what an instruction of training asks for: the pattern that it spells.

    >>> parsed(ParseTask(task="put two cups in crate", vocabulary=()), TaskReading(kinds=("cup", "crate"))).goal
    'put two <0> in <1>'
    """
    spans = [(start, end) for _, start, end in sorted(request.mentioned, key=lambda mention: mention[1])]
    spans = spans or list(_spelled(request.task, reading.kinds))
    return ParsedTask(goal=pattern(request.task, spans), slots=reading.kinds)


def pattern(task: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return an instruction with ``<0>``, ``<1>`` … in place of the first, the second … of the spans.

    >>> pattern("put two cups in crate", [(8, 12), (16, 21)])
    'put two <0> in <1>'
    """
    goal = task
    for index, (start, end) in sorted(enumerate(spans), key=lambda placed: placed[1], reverse=True):
        goal = f"{goal[:start]}<{index}>{goal[end:]}"
    return goal


def slots_in(goal: str) -> int:
    """Return how many kinds of things a goal pattern speaks of."""
    return len({*re.findall(r"<(\d+)>", goal)})


def _spelled(task: str, kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where an instruction spells kinds, in their order: as they are, else capitalised or in the plural."""
    position = 0
    for kind in kinds:
        if found := spelled(task, kind, position):
            yield found
            position = found[1]


def spelled(text: str, words: str, position: int = 0) -> tuple[int, int] | None:
    """Return where a text spells words: as they are, else capitalised or in the plural; None when it does not.

    >>> spelled("Put two mugs in box", "mug")
    (8, 12)
    """
    exact = re.compile(rf"\b{re.escape(words)}\b").search(text, position)
    found = exact or re.compile(rf"\b{re.escape(words)}(?:e?s)?\b", re.IGNORECASE).search(text, position)
    return found.span() if found else None
