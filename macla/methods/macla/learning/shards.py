"""Reduce over shards of trajectories, pair by pair: the same result whoever computes which shard."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from macla.spread import Spread, here

T = TypeVar("T")

BATCH = 256
"""Trajectories of a shard; also those whose model calls are in flight together."""


def slices(total: int) -> list[slice]:
    """Return where the shards of so many items lie."""
    return [slice(start, min(start + BATCH, total)) for start in range(0, total, BATCH)]


def shards(items: Sequence[T]) -> list[Sequence[T]]:
    """Return the items in shards, in their order."""
    return [items[own] for own in slices(len(items))]


def tree_reduce(shards: Iterable[T], join: Callable[[T, T], T], empty: T, spread: Spread = here) -> T:
    """Return all shards joined: neighbours first, then neighbouring pairs, and so on.

    ``join`` must be associative, so that shards may be reduced wherever they are. ``empty`` stands for no shard.
    """
    level = list(shards)
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = list(spread(_join, join, None, pairs))
    return level[0] if level else empty


def _join(join: Callable[[Any, Any], Any], _: None, pair: Sequence[Any]) -> Any:
    return join(*pair) if len(pair) == 2 else pair[0]


def distinct(items: Iterable[T]) -> tuple[T, ...]:
    """Return the items without repetitions, in the order in which they first appear: what one shard contributes."""
    return tuple(dict.fromkeys(items))


def joined(first: Sequence[T], second: Sequence[T]) -> tuple[T, ...]:
    """Return the distinct items of two neighbouring shards; associative."""
    return distinct((*first, *second))
