"""The value of a meta-procedure, and whether it is worth creating (``docs/spec/paper.md §11``, Eq 16–17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class MetaEstimate:
    """What is known of a meta-procedure, existing or proposed, when its worth is judged."""

    frequency: float
    """Share of the recent window's episodes in which its sequence recurred (or was run), in [0, 1]."""
    parts: tuple[float, ...]
    """Posterior means of its sub-procedures, in order."""
    success: float
    """Its own posterior mean."""

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.frequency, self.success, *self.parts)):
            raise ValueError(f"frequency and posterior means must lie in [0, 1]: {self}")


def reward_gain(meta: MetaEstimate, r_max: float) -> float:
    """Return E[ΔR]: the reward expected of running it, less that of running its parts one by one.

    One by one, all must succeed, each on its own (Default: their posteriors are taken as independent).
    """
    return r_max * (meta.success - prod(meta.parts))


def meta_value(meta: MetaEstimate, storage_cost: float, r_max: float) -> float:
    """Return V = frequency·length − storage cost + E[ΔR] (Eq 16), the length being its number of sub-procedures.

    ``storage_cost`` is that of one sub-procedure, in decisions an episode.
    """
    length = len(meta.parts)
    return meta.frequency * length - storage_cost * length + reward_gain(meta, r_max)


def worth_creating(candidate: float, kept: Sequence[float], capacity: int) -> bool:
    """Whether to create a meta-procedure of value ``candidate`` beside those of the values ``kept`` (Eq 17).

    It must be worth more than nothing and, when the ``capacity`` is reached, more than the least valuable kept one.
    """
    return candidate > 0 and (len(kept) < capacity or candidate > min(kept, default=float("inf")))
