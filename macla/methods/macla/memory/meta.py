"""Meta-procedures: sequences of procedures with a control policy Θ and a posterior of their own.

See ``docs/spec/paper.md §7``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.memory.skill import Skill


class Control(BaseModel):
    """Θ at one position: what besides *continue* the successful traces support there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skip: bool = False
    """Skip the sub-procedure when its Φ holds already, or its Ψ rules it out, and the next one may run."""
    attempts: int = Field(1, ge=1)
    """Repeat it while its postconditions are unmet or the next one may not run yet, at most this often; then abort."""

    def joined(self, other: "Control") -> "Control":
        """Return what either of two policies allows."""
        return Control(skip=self.skip or other.skip, attempts=max(self.attempts, other.attempts))


@dataclass(kw_only=True)
class MetaProcedure(Skill):
    """An ordered composition of procedures that recurred in successful episodes."""

    children: tuple[str, ...]
    controls: tuple[Control, ...]
    """Θ, one entry a child."""
    branches: tuple[tuple[str, ...], ...] = ()
    """Per child, the procedures that may run in its place."""
    frequency: float = 0.0
    """The highest share of a window's episodes in which its sequence recurred: Eq 16's frequency."""

    def __post_init__(self) -> None:
        self.branches = self.branches or ((),) * len(self.children)

    def options(self, place: int) -> tuple[str, ...]:
        """Return what may run at a place: the child, then its branches."""
        return (self.children[place], *self.branches[place])

    def procedures(self) -> tuple[str, ...]:
        """Return all procedures it may run."""
        return tuple(dict.fromkeys(name for place in range(len(self.children)) for name in self.options(place)))

    def covers(self, sequence: tuple[str, ...]) -> bool:
        """Whether it runs just this sequence, by its children or its branches."""
        return len(sequence) == len(self.children) and all(
            name in self.options(place) for place, name in enumerate(sequence)
        )

    def follow(
        self,
        goal: str,
        *,
        before: Mapping[Fact, int],
        times: int,
        shown: int,
        failed: int,
        controls: tuple[Control, ...],
        frequency: float,
    ) -> None:
        """Fold in ``times`` successful episodes under ``goal`` that ended so, and ``failed`` demonstrations.

        ``shown`` of the successful ones were demonstrations; the agent's own are credited when it runs the meta.
        ``controls`` is Θ as distilled now: what it allows and Θ did not is allowed from now on. ``frequency`` is the
        highest share of a window that the sequence reached so far.
        """
        self.frequency = max(self.frequency, frequency)
        self.controls = tuple(mine.joined(theirs) for mine, theirs in zip(self.controls, controls, strict=True))
        self.goals[goal] += times
        self.support += times
        self.before.update(before)
        self.evidence.shown_success += shown
        self.evidence.shown_failure += failed
        self.derived.clear()

    def recompose(
        self, children: tuple[str, ...], controls: tuple[Control, ...], branches: tuple[tuple[str, ...], ...]
    ) -> None:
        """Change what it runs; its evidence and its situation stay (``docs/spec/paper.md §7``, "refined")."""
        self.children, self.controls, self.branches = children, controls, branches

    def renew(self) -> None:
        """Leave out what it earned: a procedure that it runs was refined, so what failed was another composition.

        Ours: the paper keeps it (``departures.posterior_within``).
        """
        self.evidence.set_earned_aside()
        self.succeeded_in.clear()
        self.failed_in.clear()

    def forget(self, procedure: str) -> None:
        """Leave a branch out."""
        self.branches = tuple(tuple(name for name in others if name != procedure) for others in self.branches)
