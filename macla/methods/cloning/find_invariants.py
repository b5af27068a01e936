"""Learn the habits of demonstrators: what none of them ever repeats, and what none puts off."""

from collections import Counter
from collections.abc import Iterable

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.segments import key_of
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.events import Accustomed
from macla.methods.macla.memory.segment import StepKey

NO_ACCIDENT = 10
"""Occasions on which nobody did otherwise that make a habit (Default)."""


def habits(traces: Iterable[Trace]) -> Accustomed:
    """Return what the exemplary ones among ``traces`` have in common, as far as their tasks name things outright."""
    shown = [trace for trace in traces if trace.outline and trace.exemplary]
    again: Counter[str] = Counter()
    repeated: set[str] = set()
    refusals = retried = 0
    for trace in shown:
        given: set[Command] = set()
        refused: set[Command] = set()
        for step in trace.steps:
            if step.command is None or step.parts:
                continue
            retried += step.command in refused
            if not step.accepted:
                refusals += 1
                refused.add(step.command)
                continue
            again[step.command.verb] += any(step.command.verb == other.verb for other in given)
            if step.command in given:
                repeated.add(step.command.verb)
            given.add(step.command)
    return Accustomed(
        once=tuple(sorted(verb for verb, n in again.items() if n >= NO_ACCIDENT and verb not in repeated)),
        final=refusals >= NO_ACCIDENT and not retried,
        latest=_latest(shown),
    )


def _latest(shown: list[Trace]) -> tuple[tuple[StepKey, int], ...]:
    """Return the latest first use of every command that all of enough demonstrations contain."""
    firsts = [_first_uses(trace) for trace in shown]
    if len(firsts) < NO_ACCIDENT:
        return ()
    everywhere = set.intersection(*(set(first) for first in firsts))
    return tuple((key, max(first[key] for first in firsts)) for key in sorted(everywhere))


def _first_uses(trace: Trace) -> dict[StepKey, int]:
    """Return {command: steps before its first accepted use}."""
    first: dict[StepKey, int] = {}
    for index, step in enumerate(trace.steps):
        if step.command is not None and step.accepted and not step.parts:
            first.setdefault(key_of(trace, step.command), index)
    return first
