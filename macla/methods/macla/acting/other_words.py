"""A language model reads an instruction in whatever words: names are copied out of it, kinds and the job are chosen.

A small model copies well and chooses well among few; it does neither when asked for everything at once. So memory
narrows both choices: to kinds whose names are close (Eq 7) and that tasks of training name in this place, and to jobs
that are done with such kinds. One that is left needs no question.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from macla.encoder import Encoder
from macla.methods.base import Tools
from macla.methods.insist import insist
from macla.methods.instruction import ParsedTask, pattern, slots_in, spelled
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session
from macla.models.requests import ChooseJob, ChooseKind, NameThings


def understood(session: Session, memory: Memory, tools: Tools) -> ParsedTask | None:
    """Return the instruction as the model understands it; None when the episode ends over replies it cannot use."""
    names = named(session, memory, tools)
    if names is None:
        return None
    names = in_place(names, memory, tools.encoder, frozenset(session.belief.types.values()))
    kinds = []
    for place, name in enumerate(names):
        kind = meant_kind(session, memory, tools, place, name)
        if kind is None:
            return None
        kinds.append(kind)
    goal = meant_job(session, memory, tools, names, kinds)
    return None if goal is None else ParsedTask(goal=goal, slots=tuple(kinds), names=names)


def named(session: Session, memory: Memory, tools: Tools) -> tuple[str, ...] | None:
    """Return what the instruction calls the things it speaks of, in the order of the jobs' places.

    An implausible answer costs nothing: asked again with the reason (``reading.doubts`` times), the model has the last
    word.
    """
    asked = NameThings(task=session.task, examples=tuple((one.task, one.kinds) for one in memory.readings))
    begun, doubts = len(session.steps), 0
    request = asked
    while (reply := insist(session, tools.model, request)) is not None:
        doubt = implausible(session.task, reply.things, memory)
        if not doubt or doubts >= memory.settings.reading.doubts:
            return reply.things
        doubts += 1
        request = asked.model_copy(update={"draw": len(session.steps) - begun + doubts, "doubt": doubt})
    return None


def in_place(names: Sequence[str], memory: Memory, encoder: Encoder, here: frozenset[str]) -> tuple[str, ...]:
    """Return two names the other way round where they are clearly closer so to the kinds that stand in their places.

    An instruction may say first what jobs of training name last ("on the shelf, set down a cup").
    """
    kinds = [memory.places.fitting(place, here) for place in range(len(names))]
    if len(names) != 2 or not all(kinds) or not memory.settings.ontology:
        return tuple(names)
    said = encoder.encode(list(names))
    (one, other), (another, two) = [(encoder.encode(list(of_place)) @ said.T).max(axis=0) for of_place in kinds]
    turned = other + another > one + two + memory.settings.reading.margin
    return (names[1], names[0]) if turned else tuple(names)


def implausible(task: str, names: Sequence[str], memory: Memory) -> str:
    """Return what speaks against names, in words for the model; empty when nothing does."""
    strange = [name for name in names if not name.strip() or not spelled(task, name)]
    if strange:
        return f"it named {' and '.join(map(repr, strange))}, which the task does not say"
    if len({*names}) < len(names):
        return "it named the same thing twice"
    numbers = {slots_in(goal) for goal in memory.goals}
    if numbers and len(names) not in numbers:
        return f"it named {len(names)} things, and no job is done with as many"
    return ""


def meant_kind(session: Session, memory: Memory, tools: Tools, place: int, name: str) -> str | None:
    """Return the kind that a name stands for: the one it spells, else the model's choice among close ones (Eq 7)."""
    here = frozenset(session.belief.types.values())
    if (kind := spelled_kind(name, memory.kinds | here)) is not None:
        return kind
    kinds = may_be_meant(memory, place, here)
    candidates = close(name, kinds, memory, tools.encoder) if memory.settings.ontology else kinds
    if len(candidates) < 2:
        return candidates[0] if candidates else name
    reply = insist(session, tools.model, ChooseKind(task=session.task, name=name, candidates=candidates))
    return None if reply is None else candidates[reply.choice]


def may_be_meant(memory: Memory, place: int, here: frozenset[str]) -> tuple[str, ...]:
    """Return the kinds that a name in a place of a job may stand for: those of training there, else all."""
    return memory.places.fitting(place, here) or tuple(sorted(memory.kinds | here))


def spelled_kind(name: str, kinds: AbstractSet[str]) -> str | None:
    """Return the kind that a name, or the end of it, spells, in one word or several; None when it spells none.

    >>> spelled_kind("two butter knives", {"butterknife", "knife"}), spelled_kind("clean Mugs", {"mug"})
    (None, 'mug')
    >>> spelled_kind("a butter knife", {"butterknife", "knife"})
    'butterknife'
    """
    words = re.findall(r"[^\W_]+", name.lower())
    known = {kind.lower(): kind for kind in sorted(kinds)}
    for start in range(len(words)):
        end = "".join(words[start:])
        for spelling in (end, end.removesuffix("s"), end.removesuffix("es")):
            if spelling in known:
                return known[spelling]
    return None


def close(name: str, kinds: Sequence[str], memory: Memory, encoder: Encoder) -> tuple[str, ...]:
    """Return the kinds whose words are closest to a name, the closest first: at most ``reading.near``, none further
    than ``reading.margin`` from the first.
    """
    behind = further(name, kinds, memory.settings.reading.near, encoder)
    return tuple(kind for kind, distance in behind.items() if distance <= memory.settings.reading.margin)


def further(text: str, texts: Sequence[str], most: int, encoder: Encoder) -> dict[str, float]:
    """Return the texts closest in words, at most so many, the closest first, and how much further each is than that.

    As cosines, e.g. ``{"cup": 0.0, "mug": 0.04}``.
    """
    cosines = encoder.encode(list(texts)) @ encoder.encode([text])[0]
    closest = np.argsort(-cosines, kind="stable")[:most]
    return {texts[index]: float(cosines[closest[0]] - cosines[index]) for index in closest}


def meant_job(session: Session, memory: Memory, tools: Tools, names: Sequence[str], kinds: Sequence[str]) -> str | None:
    """Return the goal pattern of the job: the one that the instruction spells, else the model's choice among likely
    ones; what it spells where no job is done with as many things.
    """
    goal = spelled_job(session.task, names, kinds)
    if goal in memory.goals:
        return goal
    goals = tuple(likely_jobs(session.task, memory, tools.encoder, names, kinds))
    if len(goals) < 2:
        return goals[0] if goals else goal or session.task
    sentences = tuple(filled(one, names) for one in goals)
    reply = insist(session, tools.model, ChooseJob(task=session.task, candidates=sentences))
    return None if reply is None else goals[reply.choice]


def spelled_job(task: str, names: Sequence[str], kinds: Sequence[str]) -> str:
    """Return a task with its things taken out, a goal pattern; empty when it does not say all their names."""
    spans = [place_of(task, name, kind) for name, kind in zip(names, kinds, strict=True)]
    found = [span for span in spans if span]
    return pattern(task, found) if len(found) == len(spans) else ""


def place_of(task: str, name: str, kind: str) -> tuple[int, int] | None:
    """Return where a task speaks of a thing: the kind itself where the name spells it, else the whole name."""
    whole = spelled(task, name) if name.strip() else None
    inside = spelled(name, kind)
    return (whole[0] + inside[0], whole[0] + inside[1]) if whole and inside else whole


def filled(goal: str, names: Sequence[str]) -> str:
    """Return a goal pattern with names in its places.

    >>> filled("put a hot <0> in <1>", ("mug", "box"))
    'put a hot mug in box'
    """
    return re.sub(r"<(\d+)>", lambda place: names[int(place[1])], goal)


def likely_jobs(
    task: str, memory: Memory, encoder: Encoder, names: Sequence[str], kinds: Sequence[str]
) -> dict[str, float]:
    """Return goal patterns of at most ``reading.jobs`` jobs that take as many things, the one closest in words first,
    and how much further each is, as cosines.

    A job is left out where in some place another job is
    ``reading.odds`` times as likely to name the kind.
    """
    goals = possible_jobs(memory, len(names))
    goals = fitting_jobs(memory, goals, kinds) or goals
    return closest_jobs(task, memory, encoder, kinds, goals, memory.settings.reading.jobs)


def possible_jobs(memory: Memory, number: int) -> list[str]:
    """Return the goal patterns of the jobs that take so many things."""
    return sorted(goal for goal in memory.goals if slots_in(goal) == number)


def fitting_jobs(memory: Memory, goals: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Return those of the goal patterns that name such kinds often enough (``reading.odds``)."""
    if not goals:
        return []
    chances = np.array(
        [[memory.places.likelihood(goal, place, kind) for place, kind in enumerate(kinds)] for goal in goals]
    )
    may = (chances * memory.settings.reading.odds >= chances.max(axis=0)).all(axis=1)
    return [goal for goal, fits in zip(goals, may, strict=True) if fits]


def closest_jobs(
    task: str, memory: Memory, encoder: Encoder, kinds: Sequence[str], goals: Sequence[str], most: int
) -> dict[str, float]:
    """Return the goal patterns of at most so many jobs, the one closest in words first, and how much further each is.

    Of goals that the same skills achieve one counts, the closest.
    """
    if not goals:
        return {}
    sentences = {filled(goal, kinds): goal for goal in goals}
    kept: dict[str, float] = {}
    for sentence, distance in further(task, list(sentences), len(goals), encoder).items():
        goal = sentences[sentence]
        if len(kept) < most and not any(memory.same_job(goal, one) for one in kept):
            kept[goal] = distance
    return kept
