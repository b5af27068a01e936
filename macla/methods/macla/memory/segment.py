"""A segment after abstraction: the unit of learning. Entities are slots; only their kinds stay outside."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from macla.methods.belief import UNTOUCHED
from macla.methods.macla.memory.slot import Slot

SITUATION: Literal[""] = ""
"""In place of a slot: the situation as a whole."""


class Fact(NamedTuple):
    """Something known about the entity in ``slot`` (or about the situation), e.g. ``<0> did: take it from …``."""

    slot: Slot | Literal[""]
    text: str

    def words(self) -> str:
        """Return the fact with its slot; of the situation as it is ``now``."""
        return f"{self.slot or 'now'} {self.text}"


class Condition(NamedTuple):
    """A fact about the entity in ``slot`` (or about the situation) that must hold, or must not."""

    slot: Slot | Literal[""]
    fact: str
    negated: bool = False

    def text(self) -> str:
        """Return the condition in words."""
        return f"{'not ' if self.negated else ''}{self.slot or 'now'} {self.fact}"

    def held_in(self, context: "Context") -> bool:
        """Whether it was true where ``context`` was met; an unbound slot is an untouched entity nothing is said of."""
        known = {fact.text for fact in context.facts if fact.slot == self.slot}
        if self.slot and not known:
            known = {UNTOUCHED}
        return (self.fact in known) is not self.negated


class StepKey(NamedTuple):
    """One abstract command: a verb template and the slot of each argument, e.g. ``take {} from {}``, (<0>, <a>)."""

    verb: str
    slots: tuple[Slot, ...]

    def text(self) -> str:
        """Return the command in words, with slots as arguments."""
        return self.verb.format(*self.slots)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentStep(_Model):
    """A command that served the segment, and what was known of its slots right before it."""

    key: StepKey
    known: tuple[Fact, ...]


class SegmentSlot(_Model):
    """A slot, which slots' entities its entity had revealed, and whether it was bound before in the episode."""

    name: Slot
    holder_of: tuple[Slot, ...] = ()
    reuse: Literal["", "same", "fresh"] = ""


class Segment(_Model):
    """⟨G, Ψ, π, Φ⟩ of one segment. Equal segments (other objects, other episode) compare and hash equal."""

    goal: str
    """The goal pattern of the task, e.g. with ``<0>`` and ``<1>`` for the kinds it names."""
    milestone: StepKey
    steps: tuple[SegmentStep, ...] = ()
    """The supporting steps before the milestone, in order."""
    before: tuple[Fact, ...] = ()
    at_milestone: tuple[Fact, ...] = ()
    after: tuple[Fact, ...] = ()
    slots: tuple[SegmentSlot, ...] = ()
    path: tuple[Condition, ...] = ()
    """Where a precondition tree found Ψ: the conditions on its path to the milestone (``memory.grounded``)."""
    part: bool = False
    """Whether the milestone is a part that statements are put together from (``memory.grounded``)."""

    def alike(self, same_milestone: bool = True) -> tuple[object, ...]:
        """Return what two segments must share to be merged, beside being similar: nothing in the paper.

        Those of tasks that another method took over are merged in its way, whatever ``same_milestone``.
        """
        return (self.milestone, self.needs(), self.path) if same_milestone or self.path or self.part else ()

    def needs(self) -> tuple[Fact, ...]:
        """Return what had last been done to the task's entities: segments that differ here never merge."""
        return tuple(fact for fact in self.before if fact.slot)

    def descriptor(self) -> str:
        """Return the text [G; Ψ; Φ] of this one segment."""
        if self.part:
            return self.milestone.text()
        if self.path:
            return f"{self.milestone.text()} when {', '.join(condition.text() for condition in self.path)}"
        before = ", ".join(fact.words() for fact in self.before)
        after = ", ".join(fact.words() for fact in self.after if fact.slot)
        return f"{self.goal} {before} then {after}"


class Context(_Model):
    """What was known when a procedure was executed, what it then did and what it left: an element of S or F."""

    text: str
    """The situation as it is embedded."""
    facts: tuple[Fact, ...]
    """Facts about every slot that could be filled beforehand, and about the situation."""
    steps: tuple[StepKey, ...]
    """The commands that were accepted, or in effect already, in order."""
    after: tuple[Fact, ...]
    episode: int = 0


class Execution(_Model):
    """One execution of a procedure or meta-procedure: y of Algorithm 1 and its context."""

    procedure: str
    success: bool
    context: Context
    part_of: str = ""
    """The meta-procedure that ran it, if one did."""
