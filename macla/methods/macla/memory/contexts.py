"""The bounded store of contexts in which a procedure succeeded or failed: at most K_fail each.

See ``docs/spec/paper.md §2, §9``.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Remembered(Protocol):
    """A context: its text, and the episode it was met in."""

    @property
    def text(self) -> str:
        """What φ(o) is computed from."""
        ...

    @property
    def episode(self) -> int:
        """When it was met."""
        ...


Kept = TypeVar("Kept", bound=Remembered)


def remember(contexts: list[Kept], new: Kept, k: int, successes: Sequence[Remembered] = ()) -> None:
    """Append ``new`` to ``contexts`` and, above ``k`` of them, forget one.

    The paper asks for eviction that is success-based, redundancy-aware and decaying. Our rule (Default), first
    difference decides which one goes:

    1. success-based: a failure in whose very words a success came later; ``successes`` are those of the procedure
       when ``contexts`` are its failures, and nothing otherwise;
    2. redundancy-aware: the text with the most copies;
    3. decaying: the oldest, by episode and then by place in the list.

    Contexts that arrive in the order of their episodes never lose the newest. Raises ValueError when ``k`` is below 1.
    """
    if k < 1:
        raise ValueError(f"a store of contexts needs room for one, not {k}")
    contexts.append(new)
    if len(contexts) <= k:
        return
    copies = Counter(context.text for context in contexts)
    overcome: dict[str, int] = {}
    for success in successes:
        overcome[success.text] = max(success.episode, overcome.get(success.text, success.episode))

    def rank(place: int) -> tuple[bool, int, int, int]:
        context = contexts[place]
        outdated = context.text in overcome and overcome[context.text] > context.episode
        return (not outdated, -copies[context.text], context.episode, place)

    del contexts[min(range(len(contexts)), key=rank)]
