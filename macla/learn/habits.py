"""Learn the habits of demonstrators: what none of them ever repeats, and what none puts off."""

from collections import Counter
from collections.abc import Iterable

from macla.learn.trace import Trace
from macla.memory.events import Accustomed

NO_ACCIDENT = 10
"""Occasions on which nobody did otherwise that make a habit (Default)."""


def habits(traces: Iterable[Trace]) -> Accustomed:
    """Return what the exemplary ones among ``traces`` have in common, as far as their tasks name things outright."""
    shown = [trace for trace in traces if trace.outline and trace.exemplary]
    again: Counter[str] = Counter()
    repeated: set[str] = set()
    latest: dict[str, int] = {}
    users: Counter[str] = Counter()
    for trace in shown:
        given: set[tuple[str, tuple[str, ...]]] = set()
        first: dict[str, int] = {}
        for index, step in enumerate(trace.steps):
            if step.command is None or step.parts:
                continue
            verb = step.command.verb
            if any(verb == other for other, _ in given):
                again[verb] += 1
            if step.command in given:
                repeated.add(verb)
            given.add(step.command)
            if step.accepted:
                first.setdefault(verb, index)
        users.update(first.keys())
        for verb, index in first.items():
            latest[verb] = max(index, latest.get(verb, 0))
    everyone = {verb for verb, n in users.items() if n == len(shown) >= NO_ACCIDENT}
    return Accustomed(
        once=tuple(sorted(verb for verb, n in again.items() if n >= NO_ACCIDENT and verb not in repeated)),
        latest={verb: latest[verb] for verb in sorted(everyone)},
    )
