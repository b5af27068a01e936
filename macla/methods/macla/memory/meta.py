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

    def follow(
        self,
        goal: str,
        *,
        before: Mapping[Fact, int],
        times: int,
        shown: int,
        failed: int,
        controls: tuple[Control, ...],
    ) -> None:
        """Fold in ``times`` successful episodes under ``goal`` that ended so, and ``failed`` demonstrations.

        ``shown`` of the successful ones were demonstrations; the agent's own are credited when it runs the meta.
        ``controls`` is Θ as distilled now: what it allows and Θ did not is a new branch (``docs/spec/paper.md §7``,
        "refined").
        """
        self.controls = tuple(mine.joined(theirs) for mine, theirs in zip(self.controls, controls, strict=True))
        self.goals[goal] += times
        self.support += times
        self.before.update(before)
        self.evidence.shown_success += shown
        self.evidence.shown_failure += failed
        self.derived.clear()
