"""Where independent pieces of work are done: here, one after another, or wherever a runner has processes for them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

S = TypeVar("S")
M = TypeVar("M")
T = TypeVar("T")
R = TypeVar("R")


class Spread(Protocol):
    """Applies a function to many items, wherever there is somebody to do it."""

    def __call__(self, work: Callable[[S, M, T], R], shared: S, model: M, items: Iterable[T]) -> Iterator[R]:
        """Yield ``work(shared, model, item)`` of every item.

        Args:
            work: A function of a module, without side effects: it may be called again where a process was lost.
            shared: What all items need; like items and results it may travel to other processes and back.
            model: Who is asked. Other processes make their own; what it was asked there is booked here.
            items: The pieces of work, taken as they come due.

        Yields:
            The results, in the order of the items.
        """
        ...


def here(work: Callable[[S, M, T], R], shared: S, model: M, items: Iterable[T]) -> Iterator[R]:
    """Yield ``work(shared, model, item)`` of every item, one after another in this process: a :class:`Spread`."""
    return (work(shared, model, item) for item in items)
