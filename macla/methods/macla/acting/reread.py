"""Read an instruction otherwise, once everything was done that it asked for as it was read, and the episode goes on."""

from collections.abc import Iterator, Sequence
from itertools import product

from macla.methods.base import Tools
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.other_words import (
    closest_jobs,
    fitting_jobs,
    further,
    implausible,
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
    first = tried[0]
    if len(tried) > memory.settings.reading.again or not first.names:
        return None
    if implausible(session.task, first.names, memory):
        return None
    here = frozenset(session.belief.types.values())
    known = {(one.goal, one.slots) for one in tried}
    ways = {way: off for way, off in _ways(first, session.task, memory, tools, here) if way not in known}
    if not ways:
        return None
    goal, kinds = min(ways, key=lambda way: (len({*way[1]} - here), ways[way]))
    return ParsedTask(goal=goal, slots=kinds, names=first.names)


def _ways(
    first: ParsedTask, task: str, memory: Memory, tools: Tools, here: frozenset[str]
) -> Iterator[tuple[tuple[str, tuple[str, ...]], float]]:
    """Yield every (job, kinds) that may be meant, and how far it is from the model's reading."""
    jobs = _jobs(first, task, memory, tools)
    for chosen in product(*(_kinds(first, place, memory, tools, here).items() for place in range(len(first.names)))):
        kinds = tuple(kind for kind, _ in chosen)
        off = sum(distance for _, distance in chosen)
        fitting = {*fitting_jobs(memory, list(jobs), kinds)}
        for goal, distance in jobs.items():
            yield (goal, kinds), off + distance + (0.0 if goal in fitting else UNLIKELY)


def _kinds(first: ParsedTask, place: int, memory: Memory, tools: Tools, here: frozenset[str]) -> dict[str, float]:
    """Return the kinds that a name may stand for, and how far each is from the model's choice.

    Without the ontology nothing tells which other kind is close.
    """
    name, chosen = first.names[place], {first.slots[place]: 0.0}
    if not memory.settings.ontology or spelled_kind(name, memory.kinds | here) is not None:
        return chosen
    return further(name, may_be_meant(memory, place, here), memory.settings.reading.near, tools.encoder) | chosen


def _jobs(first: ParsedTask, task: str, memory: Memory, tools: Tools) -> dict[str, float]:
    """Return the jobs that may be meant, and how far each is from the model's choice."""
    found = {first.goal: 0.0}
    if spelled_job(task, first.names, first.slots) in memory.goals:
        return found
    goals = possible_jobs(memory, len(first.names))
    closest = closest_jobs(task, memory, tools.encoder, first.slots, goals, len(goals))
    return found | {goal: off for goal, off in closest.items() if not memory.same_job(goal, first.goal)}
