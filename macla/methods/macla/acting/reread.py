"""Read an instruction otherwise, once everything was done that it asked for as it was read, and the episode goes on."""

from collections.abc import Iterable, Sequence
from itertools import product

from macla.methods.base import Tools
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.other_words import (
    closest_jobs,
    further,
    implausible,
    likely_jobs,
    may_be_meant,
    possible_jobs,
    spelled_job,
    spelled_kind,
)
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session

UNLIKELY = 2.0
"""What is added to the distance of a job that is hardly ever done with such kinds: more than cosines differ by."""


def read_otherwise(session: Session, memory: Memory, tools: Tools, tried: Sequence[ParsedTask]) -> ParsedTask | None:
    """Return the next reading after those that were tried, the first of them the model's; None when none is left.

    It differs in kinds or in the job, where the instruction is not plain; what the model copied out of it stands.
    Readings of kinds that were seen come first, of these the ones that are closest in words to the model's (Eq 7).
    """
    first, reading = tried[0], memory.settings.reading
    if len(tried) > reading.again or not first.names or implausible(session.task, first.names, memory):
        return None
    here = frozenset(session.belief.types.values())
    ways: dict[tuple[str, ...], float] = {}
    for kinds, off in _sums(_kinds(first, place, memory, tools, here) for place in range(len(first.names))):
        for goal, further_off in _jobs(first, kinds, session.task, memory, tools).items():
            ways[goal, *kinds] = off + further_off
    for one in tried:
        ways.pop((one.goal, *one.slots), None)
    if not ways:
        return None
    goal, *kinds_meant = min(ways, key=lambda way: (len({*way[1:]} - here), ways[way]))
    return ParsedTask(goal=goal, slots=tuple(kinds_meant), names=first.names)


def _kinds(first: ParsedTask, place: int, memory: Memory, tools: Tools, here: frozenset[str]) -> dict[str, float]:
    """Return the kinds that a name may stand for, and how far each is from the model's choice."""
    name = first.names[place]
    if spelled_kind(name, memory.kinds | here) is not None:
        return {first.slots[place]: 0.0}
    kinds = may_be_meant(memory, place, here)
    if not memory.settings.ontology:
        return dict.fromkeys(kinds, 0.0)
    return further(name, kinds, memory.settings.reading.near, tools.encoder) | {first.slots[place]: 0.0}


def _jobs(first: ParsedTask, kinds: Sequence[str], task: str, memory: Memory, tools: Tools) -> dict[str, float]:
    """Return the jobs that may be meant, and how far each is from the model's choice; unlikely ones come last."""
    if spelled_job(task, first.names, kinds) in memory.goals:
        return {first.goal: 0.0}
    goals = possible_jobs(memory, first.names)
    found = likely_jobs(task, memory, tools.encoder, first.names, kinds) | {first.goal: 0.0}
    for goal, off in closest_jobs(task, memory, tools.encoder, kinds, goals, len(goals)).items():
        if not any(memory.same_job(goal, one) for one in found):
            found[goal] = UNLIKELY + off
    return found


def _sums(choices: Iterable[dict[str, float]]) -> Iterable[tuple[tuple[str, ...], float]]:
    """Yield every combination of one of each, with the sum of their figures."""
    for combined in product(*(choice.items() for choice in choices)):
        yield tuple(text for text, _ in combined), sum(figure for _, figure in combined)
