"""Which kinds of things the jobs of training named in their places ``<0>``, ``<1>`` …"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from macla.methods.macla.memory.events import MemoryEvent

if TYPE_CHECKING:
    from macla.methods.macla.memory.store import Memory


class Named(BaseModel):
    """A kind of thing that stood in a place of a job: how often, and how often the first observation showed one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goal: str
    place: int
    kind: str
    times: int
    shown: int


@dataclass
class Places:
    """The counts, by job and place."""

    kinds: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)
    """(goal pattern, place) → kind → how often it stood there."""
    shown: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    """(place, kind) → how often it stood there in any job, and how often the first observation showed one."""

    def fold(self, named: Iterable[Named]) -> None:
        """Add counts."""
        for one in named:
            here = self.kinds.setdefault((one.goal, one.place), {})
            here[one.kind] = here.get(one.kind, 0) + one.times
            times, shown = self.shown.get((one.place, one.kind), (0, 0))
            self.shown[one.place, one.kind] = times + one.times, shown + one.shown

    def fitting(self, place: int, here: frozenset[str]) -> tuple[str, ...]:
        """Return the kinds that stood in a place of any job, sorted; without those that every first observation showed
        when they were named, and that this one does not show.
        """
        known = {kind: counts for (number, kind), counts in self.shown.items() if number == place}
        return tuple(sorted(kind for kind, (times, shown) in known.items() if shown < times or kind in here))

    def likelihood(self, goal: str, place: int, kind: str) -> float:
        """Return how likely a job names a kind in a place (Witten and Bell): kinds that never stood there share as much
        as there were kinds among the times, so a job of one kind hardly ever names another.
        """
        counts = self.kinds.get((goal, place), {})
        known = len(counts) or 1
        if kind in counts:
            return counts[kind] / (sum(counts.values()) + known)
        unseen = sum(number == place for number, _ in self.shown) - len(counts)
        return known / (sum(counts.values()) + known) / max(1, unseen)


class TasksNamed(MemoryEvent):
    """The kinds of things that the instructions of training named, and where."""

    event: Literal["tasks_named"] = "tasks_named"
    named: tuple[Named, ...]

    def apply(self, memory: "Memory") -> None:
        """Count them."""
        memory.places.fold(self.named)
