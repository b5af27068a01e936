"""The decisions of an episode as reports show them: what was retrieved, the terms of Eq 4, bindings, credit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory.segment import Execution, StepKey
from macla.methods.macla.report.candidates import terms_of
from macla.methods.macla.report.history import settings_of
from macla.methods.macla.settings import PriorSettings, Settings
from macla.methods.run import Run
from macla.methods.session import Decision

TERMS = {"relevance": "relevance", "posterior_mean": "posterior", "risk": "risk", "information": "information"}
TERMS["utility"] = "EU"
"""A term of Eq 4 in the log → what reports call it."""


class Ranked(NamedTuple):
    """A skill that was retrieved and applicable, as Eq 4 weighs it; None where the prior is fitted to the memory."""

    id: str
    relevance: float
    risk: float
    successes: float
    failures: float
    posterior: float | None
    utility: float | None


class Ran(NamedTuple):
    """A procedure or meta-procedure that was executed, and the credit it got."""

    id: str
    success: bool
    part_of: str
    bindings: Mapping[str, str]
    """Slot → the entity that filled it in the commands that were given."""


@dataclass(frozen=True)
class Decided:
    """One decision, ready to be shown."""

    decision: Decision
    terms: Mapping[str, float]
    candidates: tuple[Ranked, ...]
    ran: tuple[Ran, ...]
    why: str
    """Why the model took the step, where it did."""
    other: Mapping[str, Any]
    """What another method than MACLA logged."""


def decided(run: Run, episode: Episode) -> list[Decided]:
    """Return the decisions of an episode; what only a memory of MACLA logs is empty for other methods."""
    weights = _weights(run)
    return [_decided(made, episode, weights) for made in episode.decisions]


def _weights(run: Run) -> tuple[Settings, Prior] | None:
    """Return what candidates are ranked with again; None where the run does not tell it alone."""
    if run.manifest["identity"]["config"]["memory"].get("method") != "macla":
        return None
    settings = settings_of(run)
    if not isinstance(settings.prior, PriorSettings):
        return None
    return settings, Prior(settings.prior.alpha0, settings.prior.beta0)


def _decided(made: Decision, episode: Episode, weights: tuple[Settings, Prior] | None) -> Decided:
    logged = made.details.model_dump()
    if not logged.keys() >= {"candidates", "executions"}:
        why = "the model acts" if made.kind == "model" else ""
        return Decided(made, {}, (), (), why, logged)
    found = Selection.model_validate(logged)
    terms = {} if made.kind == "model" else {said: getattr(found, name) for name, said in TERMS.items()}
    taken = [step.action for step in episode.steps[made.step : made.step + made.steps]]
    return Decided(made, terms, _ranked(found, weights), _ran(found.executions, taken), _why(made, found), {})


def _why(made: Decision, found: Selection) -> str:
    if made.kind != "model":
        return ""
    return "no expected utility reached the gate" if found.candidates else "nothing in memory was applicable"


def _ranked(found: Selection, weights: tuple[Settings, Prior] | None) -> tuple[Ranked, ...]:
    """Return the candidates, best first."""
    if weights is None:
        return tuple(
            Ranked(one.id, one.relevance, one.risk, one.successes, one.failures, None, None) for one in found.candidates
        )
    settings, prior = weights
    counts = {one.id: (one.successes, one.failures) for one in found.candidates}
    return tuple(
        Ranked(one.id, one.relevance, one.risk, *counts[one.id], one.posterior_mean, one.utility)
        for one in terms_of(found.candidates, prior, settings)
    )


def _ran(executions: Sequence[Execution], actions: Sequence[str]) -> tuple[Ran, ...]:
    """Return what ran in a decision, with bindings read off the actions that it took."""
    steps = [(number, step) for number, one in enumerate(executions) for step in one.context.steps]
    bindings: list[dict[str, str]] = [{} for _ in executions]
    for place, arguments in aligned([step for _, step in steps], actions):
        number, step = steps[place]
        bindings[number].update(zip(step.slots, arguments, strict=True))
    return tuple(
        Ran(one.procedure, one.success, one.part_of, found) for one, found in zip(executions, bindings, strict=True)
    )


def aligned(steps: Sequence[StepKey], actions: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Return (place of a step, arguments of the action that it was) for the most steps that can be matched in order.

    The log holds commands with slots, and actions with entities. Commands that were in effect already took no action,
    and a search takes actions that are no step of π; so the longest common subsequence of the two is what they share.
    """
    arguments = [[_arguments(step, action) for action in actions] for step in steps]
    longest = [[0] * (len(actions) + 1) for _ in range(len(steps) + 1)]
    for row in reversed(range(len(steps))):
        for column in reversed(range(len(actions))):
            taken = 1 + longest[row + 1][column + 1] if arguments[row][column] is not None else 0
            longest[row][column] = max(taken, longest[row + 1][column], longest[row][column + 1])
    found, row, column = [], 0, 0
    while row < len(steps) and column < len(actions):
        if longest[row][column] == longest[row + 1][column]:
            row += 1
        elif longest[row][column] == longest[row][column + 1]:
            column += 1
        else:
            filled = arguments[row][column]
            assert filled is not None, "the table counts matches alone"
            found.append((row, filled))
            row, column = row + 1, column + 1
    return found


def _arguments(step: StepKey, action: str) -> tuple[str, ...] | None:
    """Return what fills a step's slots in an action; None when the action has another form."""
    match = _form(step.verb).fullmatch(action)
    return match.groups() if match and len(match.groups()) == len(step.slots) else None


@cache
def _form(verb: str) -> re.Pattern[str]:
    """Return what a verb's actions look like, a group an argument."""
    return re.compile("(.+?)".join(map(re.escape, verb.split("{}"))), re.DOTALL)
