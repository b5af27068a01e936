"""Reduce over shards of trajectories, pair by pair: the same result whoever computes which shard."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def tree_reduce(shards: Sequence[T], join: Callable[[T, T], T], empty: T) -> T:
    """Return all shards joined: neighbours first, then neighbouring pairs, and so on.

    ``join`` must be associative, so that shards may be reduced wherever they are. ``empty`` stands for no shard.
    """
    level = list(shards)
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [join(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0] if level else empty


def distinct(items: Iterable[T]) -> tuple[T, ...]:
    """Return the items without repetitions, in the order in which they first appear: what one shard contributes."""
    return tuple(dict.fromkeys(items))


def joined(first: Sequence[T], second: Sequence[T]) -> tuple[T, ...]:
    """Return the distinct items of two neighbouring shards; associative."""
    return distinct((*first, *second))
