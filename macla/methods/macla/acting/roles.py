"""The part of the working memory that speaks of the task: which entities play its roles."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from macla.methods.belief import Belief
from macla.methods.instruction import ParsedTask
from macla.methods.macla.memory.segment import SITUATION, Fact
from macla.methods.macla.memory.slot import Slot

Binding = dict[Slot, str]
"""Slot → entity."""


@dataclass
class Roles:
    """Which entities fill the task's slots in this episode: now, and ever."""

    task: ParsedTask
    bound: Binding = field(default_factory=dict)
    spent: dict[Slot, set[str]] = field(default_factory=dict)

    def kind(self, slot: Slot) -> str | None:
        """Return the kind of entity a task slot stands for; None for a slot that the task does not name."""
        return self.task.slots[slot.number] if slot.of_task and slot.number < len(self.task.slots) else None

    def settle(self, binding: Binding) -> None:
        """Remember the entities that an executed procedure used for the task's slots."""
        for slot, entity in binding.items():
            if self.kind(slot) is not None:
                self.bound[slot] = entity
                self.spent.setdefault(slot, set()).add(entity)

    def situation(self, belief: Belief, general: Iterable[str]) -> list[Fact]:
        """Return the facts that contexts and Ψ speak of: what was last done in each role, and the ``general`` ones."""
        slots = [Slot(number=position, of_task=True) for position in range(len(self.task.slots))]
        facts = [Fact(slot, belief.last_done(self.bound.get(slot))) for slot in slots]
        return facts + [Fact(SITUATION, fact) for fact in sorted(general)]
