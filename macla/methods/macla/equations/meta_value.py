"""The value of a meta-procedure, and whether it is worth creating (``paper.md §11``, Eq 16–17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class ValueSettings:
    """The constants of Eq 16."""

    storage_cost: float = 0.15
    """Cost of storing one sub-procedure, in decisions an episode (Default: θ_meta, so that a sequence which recurs
    less often than the window asks for does not pay for its storage)."""
    r_max: float = 1.0


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


def reward_gain(meta: MetaEstimate, settings: ValueSettings) -> float:
    """Return E[ΔR]: the reward expected of running it, less that of running its parts one by one.

    One by one, all must succeed, each on its own (Default: their posteriors are taken as independent).
    """
    return settings.r_max * (meta.success - prod(meta.parts))


def meta_value(meta: MetaEstimate, settings: ValueSettings) -> float:
    """Return V = frequency·length − storage cost + E[ΔR] (Eq 16), the length being its number of sub-procedures."""
    length = len(meta.parts)
    return meta.frequency * length - settings.storage_cost * length + reward_gain(meta, settings)


def worth_creating(candidate: float, kept: Sequence[float], capacity: int) -> bool:
    """Whether to create a meta-procedure of value ``candidate`` beside those of the values ``kept`` (Eq 17).

    It must be worth more than nothing and, when the ``capacity`` is reached, more than the least valuable kept one.
    """
    return candidate > 0 and (len(kept) < capacity or candidate > min(kept, default=float("inf")))
