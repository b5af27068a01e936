"""Which of a split's tasks a run takes."""

from collections.abc import Sequence

from macla.benchmarks.base import Task
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
