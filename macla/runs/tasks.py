"""Which of a split's tasks a run takes."""

import json
from collections.abc import Sequence
from pathlib import Path

from macla.benchmarks.base import Benchmark, Task
from macla.errors import UserError, why
from macla.mistakes import meant
from macla.seeding import python_rng


def sample(tasks: Sequence[Task], limit: int | None, seed: int, purpose: str) -> list[Task]:
    """Return ``limit`` of ``tasks`` (None, or more than there are: all), drawn by ``seed`` and kept in their order.

    Splits are sorted by name, so their first tasks are all of one kind. A smaller limit takes a part of a larger one's.
    """
    if limit is None or limit >= len(tasks):
        return list(tasks)
    order = list(range(len(tasks)))
    python_rng(seed, "sample", purpose).shuffle(order)
    return [tasks[place] for place in sorted(order[:limit])]


def resample(tasks: Sequence[Task], limit: int | None, seed: int, purpose: str) -> list[Task]:
    """Return as many of ``tasks`` as :func:`sample` does, drawn with replacement: some are there more than once.

    They are in their order. A smaller limit takes a part of a larger one's.
    """
    rng = python_rng(seed, "resample", purpose)
    drawn = [rng.randrange(len(tasks)) for _ in range(len(tasks) if limit is None else min(limit, len(tasks)))]
    return [tasks[place] for place in sorted(drawn)]


KEY = "eval.tasks"
NAMED = 3
"""Unknown tasks that an error names; the rest are only counted."""


def named_tasks(benchmark: Benchmark, split: str, wanted: Sequence[str] | Path | None) -> list[Task]:
    """Return those tasks of a split that ``wanted`` names, in the split's order; None: all.

    ``wanted`` are ids, as the benchmark or a recording writes them, or a file of ids: one a line, or a JSON list. One
    that is there twice counts once. UserError when one is not of the split, with the id that is near, or when the file
    does not read or is empty.
    """
    tasks = benchmark.tasks(split)
    if wanted is None:
        return tasks
    known = {task.id for task in tasks}
    named = _ids(wanted) if isinstance(wanted, Path) else list(wanted)
    found = {name: name if name in known else _found(benchmark, name) for name in named}
    if unknown := [_unknown(name, other, known) for name, other in found.items() if other not in known]:
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        raise UserError(f"{KEY}: split {split} of {benchmark.name} has no task {', '.join(unknown[:NAMED])}{more}")
    if not found:
        raise UserError(f"{KEY} names no task; give ids ([id, …]) or a file of them, or leave it out")
    return [task for task in tasks if task.id in found.values()]


def _found(benchmark: Benchmark, name: str) -> str:
    """Return the id of the task that a reference means; empty when the benchmark knows none."""
    try:
        return benchmark.find(name).id
    except UserError:
        return ""


def _unknown(name: str, elsewhere: str, known: set[str]) -> str:
    if elsewhere:
        return f"{name} (which is of another split)"
    near = meant(name, known).removeprefix("; ")
    return f"{name} ({near})" if near else name


def _ids(path: Path) -> list[str]:
    try:
        text = path.expanduser().read_bytes().decode("utf-8-sig")
    except OSError as error:
        what = f"{KEY}={path}: there is no such file ({error.strerror})"
        raise UserError(f"{what}; give a file of ids, or the ids themselves: {KEY}=[id, …]") from None
    except ValueError as error:
        raise UserError(f"{KEY}={path}: the file does not read ({why(error)}); save it as UTF-8") from None
    if not text.lstrip().startswith("["):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{KEY}={path}: no JSON list ({error}); give a JSON list of ids, or one id a line") from None
    if not all(isinstance(one, str | int) for one in listed):
        raise UserError(f"{KEY}={path}: an id is a text or a number; give a JSON list of ids, or one id a line")
    return [str(one) for one in listed]
