"""What contrastive refinement changes in a procedure (``docs/spec/paper.md §6``, Eq 6)."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from macla.methods.macla.memory.segment import Condition, Fact, StepKey


class PlannedStep(NamedTuple):
    """One step of π as the runtime executes it: the command and the condition under which it is due."""

    key: StepKey
    guard: Condition | None

    def text(self) -> str:
        """Return the step in words."""
        return self.key.text() + (f"  when {self.guard.text()}" if self.guard else "")


class Refinement(BaseModel):
    """ΔΨ⁺, ΔΨ⁻, Δπ and ΔΦ accumulated over all contrasts of a procedure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    require: tuple[Fact, ...] = ()
    """ΔΨ⁺: what must hold before."""
    forbid: tuple[Fact, ...] = ()
    """ΔΨ⁻: what must not hold before."""
    steps: tuple[StepKey, ...] = ()
    """Δπ: supporting steps in the order in which successes took them, missing ones included."""
    achieved: tuple[Fact, ...] = ()
    """ΔΦ: what must hold after."""
    failures: int = 0
    """Failures counted when it was last made: the next contrast waits for new ones."""

    def with_(self, other: "Refinement") -> "Refinement":
        """Return the union; the newer order of steps and failure count hold.

        So does the newer opinion where one contrast requires a fact and another forbids it: a procedure with both
        could never run again.
        """
        require = (*(fact for fact in self.require if fact not in other.forbid), *other.require)
        forbid = (*(fact for fact in self.forbid if fact not in other.require), *other.forbid)
        return Refinement(
            require=tuple(dict.fromkeys(require)),
            forbid=tuple(dict.fromkeys(forbid)),
            steps=other.steps or self.steps,
            achieved=tuple(dict.fromkeys((*self.achieved, *other.achieved))),
            failures=other.failures,
        )

    def arrange(self, planned: Sequence[PlannedStep]) -> tuple[PlannedStep, ...]:
        """Return Merge(π, Δπ): planned steps in the refined order, missing ones inserted without a guard."""
        if not self.steps:
            return tuple(planned)
        known = {step.key: step for step in planned}
        rank = {key: index for index, key in enumerate(self.steps)}
        refined = [known.get(key, PlannedStep(key, None)) for key in self.steps]
        others = [step for step in planned if step.key not in rank]
        return (*others, *refined)
