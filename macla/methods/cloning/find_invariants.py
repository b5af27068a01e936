"""Find the invariants of demonstrations."""

from collections import Counter
from collections.abc import Iterable

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.events import InvariantsFound
from macla.methods.cloning.segments import key_of
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.segment import StepKey


def find_invariants(traces: Iterable[Trace], no_accident: int) -> InvariantsFound:
    """Return what the exemplary ones among the ``traces`` that were handed over have in common.

    ``no_accident``: occasions on which nobody did otherwise that make an invariant.
    """
    shown = [trace for trace in traces if trace.handed_over and trace.exemplary]
    again: Counter[str] = Counter()
    repeated: set[str] = set()
    refusals = retried = 0
    for trace in shown:
        given: set[Command] = set()
        refused: set[Command] = set()
        for step in trace.steps:
            if step.command is None or step.notes.parts:
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
    return InvariantsFound(
        once=tuple(sorted(verb for verb, n in again.items() if n >= no_accident and verb not in repeated)),
        final=refusals >= no_accident and not retried,
        latest=_latest(shown, no_accident),
    )


def _latest(shown: list[Trace], no_accident: int) -> tuple[tuple[StepKey, int], ...]:
    """Return the latest first use of every command that all of enough demonstrations contain."""
    firsts = [_first_uses(trace) for trace in shown]
    if len(firsts) < no_accident:
        return ()
    everywhere = set.intersection(*(set(first) for first in firsts))
    return tuple((key, max(first[key] for first in firsts)) for key in sorted(everywhere))


def _first_uses(trace: Trace) -> dict[StepKey, int]:
    """Return {command: steps before its first accepted use}."""
    first: dict[StepKey, int] = {}
    for index, step in enumerate(trace.steps):
        if step.command is not None and step.accepted and not step.notes.parts:
            first.setdefault(key_of(trace, step.command), index)
    return first
