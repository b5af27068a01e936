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
