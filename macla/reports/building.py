"""What a memory cost to build, how large it is, and who acts with it: columns of tables that compare memories.

Building is all that was asked before evaluation: the attempts that failures come from (``build.attempts``), practice,
and what the method itself asked. Seconds are those of the model, so that a replayed table has the same.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from macla.methods.run import Run
from macla.methods.stored import read_build
from macla.models.answer import Usage

NOTHING = "–"


def acts_by(runs: Sequence[Run]) -> str:
    """Return who takes the steps: the model with notes in its ``prompt``, or ``code``."""
    return str(runs[0].summary.get("acts_by", NOTHING))


def built(text: Callable[[Usage], str]) -> Callable[[Sequence[Run]], str]:
    """Return the text of what building cost, the mean over runs; nothing where nothing was built."""
    return lambda runs: _of_builds(runs, _cost, lambda costs: text(_mean(costs)))


def size(runs: Sequence[Run]) -> str:
    """Return the tokens of all notes, where a memory has some, and the bytes on disk; the mean over runs."""
    return _of_builds(runs, lambda build: (build.get("note_tokens"), build["bytes"]), _size)


def tokens(cost: Usage) -> str:
    """Return tokens read, new + cached, and written."""
    return f"{cost.prompt_tokens - cost.cached_tokens} + {cost.cached_tokens} → {cost.completion_tokens}"


def _of_builds(runs: Sequence[Run], figure: Callable[[dict[str, Any]], Any], text: Callable[[list[Any]], str]) -> str:
    if not all(run.has_memory for run in runs):
        return NOTHING
    return text([figure(read_build(Path(run.summary["memory"]))) for run in runs])


def _cost(build: dict[str, Any]) -> Usage:
    """Return the cost of all requests of a build."""
    accounts = [build["usage"], build.get("attempts", {}).get("usage", {})]
    return sum((Usage(**cost) for account in accounts for cost in account.values()), Usage())


def _mean(costs: Sequence[Usage]) -> Usage:
    total = sum(costs, Usage()).model_dump()
    counts = {name: round(value / len(costs)) for name, value in total.items() if name != "seconds"}
    return Usage(**counts, seconds=total["seconds"] / len(costs))


def _size(found: Sequence[tuple[float | None, int]]) -> str:
    notes = [tokens for tokens, _ in found if tokens is not None]
    return f"{f'{fmean(notes):.0f}' if notes else NOTHING}, {fmean(size for _, size in found):.0f}"
