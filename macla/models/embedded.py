"""The embedded model: a rule-based stand-in, no language model. It knows no benchmark, only what a request holds.

It reads an instruction by the kinds of entity it was told exist, cuts a trajectory where commands touch what the
task names, and without memory tries the commands that the interface description lists on whatever it has seen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from macla.models.embedded_writing import written
from macla.models.requests import (
    Abstraction,
    AbstractSegment,
    Act,
    Action,
    ContextView,
    Contrast,
    Contrasted,
    ControlChoice,
    DistilPolicy,
    Ground,
    Grounding,
    ParseTask,
    Policy,
    R,
    Request,
    Segmentation,
    SegmentTrajectory,
    TaskReading,
    Writing,
)
from macla.seeding import python_rng

ALWAYS = 0.9
"""A fact separates successes from failures when it shows in this share of the one and hardly of the other (Default)."""
SALIENT = 0.5
"""A verb ends a segment when this share of its uses in the corpus touches what the task names (Default)."""
PATIENCE = 10
"""Attempts that a step which was ever repeated deserves before it is given up (Default; the most a reply may say)."""
_HOLE = re.compile(r"\{[^{}]*\}")


class Embedded:
    """Answers every request by rule, deterministically."""

    name = "embedded"
    is_language_model = False

    def ask(self, requests: list[Request[R]]) -> list[R]:
        """Return one reply per request, in order."""
        return [self._answer(request) for request in requests]

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names: that this is no language model."""
        return {"model": "embedded (rule-based, not a language model)", "version": "1", "language_model": "no"}

    def _answer(self, request: Any) -> Any:
        match request:
            case ParseTask():
                return _parse_task(request)
            case SegmentTrajectory():
                return _segment(request)
            case AbstractSegment():
                return _abstract(request)
            case Contrast():
                return _contrast(request)
            case DistilPolicy():
                return _distil(request)
            case Ground():
                return _ground(request)
            case Act():
                return _act(request)
            case Writing():
                return written(request)
        raise TypeError(f"the embedded model has no rule for {type(request).__name__}")


def _parse_task(request: ParseTask) -> TaskReading:
    """Name every mention the adapter found, or else every word that is a known kind, left to right."""
    found = [kind for kind, _, _ in sorted(request.mentioned, key=lambda mention: mention[1])]
    if not found and request.vocabulary:
        words = "|".join(re.escape(kind) for kind in sorted(request.vocabulary, key=len, reverse=True))
        found = re.findall(rf"\b(?:{words})\b", request.task)
    return TaskReading(kinds=tuple(found))


def _segment(request: SegmentTrajectory) -> Segmentation:
    """End a segment at every accepted step whose verb, across the corpus, works on what tasks name."""
    return Segmentation(ends=tuple(step.relevance >= SALIENT for step in request.steps if step.accepted))


def _abstract(request: AbstractSegment) -> Abstraction:
    """Keep accepted steps that share an entity with the last one (latest repetition); keep every offered fact."""
    aim = set(request.steps[-1].entities)
    latest: dict[str, int] = {}
    for index, step in enumerate(request.steps):
        if step.accepted and aim & set(step.entities):
            latest[step.action] = index
    kept = {*latest.values()}
    return Abstraction(
        keep=tuple(index in kept for index in range(len(request.steps) - 1)),
        preconditions=tuple(range(len(request.before))),
        postconditions=tuple(range(len(request.after))),
    )


def _contrast(request: Contrast) -> Contrasted:
    """Choose what nearly all successes and nearly no failures show, and the other way round."""
    good, bad = request.successes, request.failures

    def separates(first: Sequence[ContextView], second: Sequence[ContextView], part: str, index: int) -> bool:
        inside = sum(index in getattr(view, part) for view in first) / len(first)
        outside = sum(index in getattr(view, part) for view in second) / len(second)
        return inside >= ALWAYS and outside <= 1 - ALWAYS

    missing = [k for k in range(len(request.steps)) if k not in request.plan and separates(good, bad, "steps", k)]
    usual = Counter(view.steps for view in good).most_common(1)[0][0]
    planned = [k for k in request.plan if k in usual]
    misordered = [k for k in usual if k in planned] != planned
    return Contrasted(
        require=tuple(k for k in range(len(request.facts)) if separates(good, bad, "facts", k)),
        forbid=tuple(k for k in range(len(request.facts)) if separates(bad, good, "facts", k)),
        steps=usual if missing or misordered else (),
        achieved=tuple(k for k in range(len(request.results)) if separates(good, bad, "results", k)),
    )


def _distil(request: DistilPolicy) -> Policy:
    """Allow to skip what some successful episode skipped, and to repeat, as long as it takes, what any repeated.

    The longest run seen is no bound: few traces seldom hold the longest one needed.
    """
    columns = list(zip(*request.traces, strict=True))
    return Policy(
        controls=tuple(
            ControlChoice(skip=min(runs) == 0, attempts=PATIENCE if max(runs) > 1 else 1) for runs in columns
        )
    )


def _ground(request: Ground) -> Grounding:
    """Prefer the candidate that shares most words with the task; ties go to the first."""
    words = set(re.findall(r"\w+", request.task.lower()))
    overlap = [len(words & set(re.findall(r"\w+", candidate.lower()))) for candidate in request.candidates]
    return Grounding(choice=overlap.index(max(overlap)))


def _act(request: Act) -> Action:
    """Try a listed command on entities seen, at random, preferring what has not been tried since it last worked."""
    rng = python_rng(request.seed, "act", len(request.history))
    templates = [line.strip() for line in request.help.splitlines() if line.strip()]
    tried = {action for action, _ in request.history}
    choice = ""
    for _ in range(20):
        template = rng.choice(templates)
        choice = _HOLE.sub(lambda _: rng.choice(request.entities) if request.entities else "", template)
        if choice not in tried:
            break
    return Action(thought="no procedure applies; try something new", action=choice)
