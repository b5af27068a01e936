"""The part of the working memory that speaks of the task: which entities play its roles."""

from dataclasses import dataclass, field

from macla.methods import facts as situation
from macla.methods.belief import Belief
from macla.methods.macla.memory.segment import Fact
from macla.models.requests import ParsedTask

Binding = dict[str, str]
"""Slot → entity."""


@dataclass
class Roles:
    """Which entities fill the task's slots in this episode: now, and ever."""

    task: ParsedTask
    bound: Binding = field(default_factory=dict)
    spent: dict[str, set[str]] = field(default_factory=dict)

    def kind(self, slot: str) -> str | None:
        """Return the kind of entity a task slot stands for; None for a slot that the task does not name."""
        digits = slot[1:-1]
        return self.task.slots[int(digits)] if digits.isdigit() and int(digits) < len(self.task.slots) else None

    def settle(self, binding: Binding) -> None:
        """Remember the entities that an executed procedure used for the task's slots."""
        for slot, entity in binding.items():
            if self.kind(slot) is not None:
                self.bound[slot] = entity
                self.spent.setdefault(slot, set()).add(entity)

    def situation(self, belief: Belief) -> list[Fact]:
        """Return the facts that contexts and Ψ speak of: (slot, fact), as learning wrote them."""
        facts = []
        for position in range(len(self.task.slots)):
            slot = f"<{position}>"
            facts.append(Fact(slot, belief.last_done(self.bound.get(slot))))
        return facts + [Fact("", fact) for fact in sorted(situation.facts(belief))]

    def contexts(self, belief: Belief) -> tuple[str, ...]:
        """Return the texts φ(o) is computed from, worded like the descriptors they are compared with.

        A task that names things outright is put in two ways: as it is understood by now, and in outline.
        """
        if belief.outright:
            return situation.goal(belief), situation.outline(belief)
        facts = (f"{slot or 'now'} {fact}" for slot, fact in self.situation(belief))
        return (f"{self.task.goal} " + ", ".join(facts),)
