"""Meta-procedures: sequences of procedures with a control policy Θ and a posterior of their own (``paper.md §7``)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from macla.methods.macla.equations.beta import Evidence
from macla.methods.macla.memory.contexts import remember
from macla.methods.macla.memory.procedure import HOLDS_IN, Procedure
from macla.methods.macla.memory.segment import Condition, Context, Fact


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


@dataclass
class MetaProcedure:
    """An ordered composition of procedures that recurred in successful episodes."""

    id: str
    children: tuple[str, ...]
    controls: tuple[Control, ...]
    """Θ, one entry a child."""
    goals: Counter[str] = field(default_factory=Counter)
    before: Counter[Fact] = field(default_factory=Counter)
    support: int = 0
    """Successful episodes that ended with this sequence."""
    evidence: Evidence = field(default_factory=Evidence)
    succeeded_in: list[Context] = field(default_factory=list)
    failed_in: list[Context] = field(default_factory=list)
    last_used: int = 0

    def follow(
        self, goal: str, before: Mapping[Fact, int], times: int, shown: int, failed: int, controls: tuple[Control, ...]
    ) -> None:
        """Fold in ``times`` successful episodes under ``goal`` that ended so, and ``failed`` demonstrations.

        ``shown`` of the successful ones were demonstrations; the agent's own are credited when it runs the meta.
        ``controls`` is Θ as distilled now: what it allows and Θ did not is a new branch (``paper.md §7``, "refined").
        """
        self.controls = tuple(mine.joined(theirs) for mine, theirs in zip(self.controls, controls, strict=True))
        self.goals[goal] += times
        self.support += times
        self.before.update(before)
        self.evidence.shown_success += shown
        self.evidence.shown_failure += failed
        self.__dict__.pop("preconditions", None)

    def credit(self, success: bool, context: Context, k_fail: int) -> None:
        """Count one execution and remember its context."""
        self.evidence.add(shown=False, success=success)
        if success:
            remember(self.succeeded_in, context, k_fail)
        else:
            remember(self.failed_in, context, k_fail, self.succeeded_in)
        self.last_used = context.episode

    @cached_property
    def preconditions(self) -> tuple[Condition, ...]:
        """Ψ_meta: what held before the sequence in nearly all of the episodes it was composed from."""
        return tuple(
            Condition(*fact) for fact, times in sorted(self.before.items()) if times >= HOLDS_IN * self.support
        )

    def descriptors(self) -> dict[str, str]:
        """Return, per goal, the text that is embedded for retrieval: [G; Ψ], as for procedures."""
        required = ", ".join(condition.text() for condition in self.preconditions)
        return {goal: f"{goal} {required}".strip() for goal in sorted(self.goals)}


Skill = Procedure | MetaProcedure
"""What selection ranks: atoms and compositions alike."""
