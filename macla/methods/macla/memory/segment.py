"""A segment after abstraction: the unit of learning. Entities are slots; only their kinds stay outside."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from macla.methods.belief import UNTOUCHED


class Fact(NamedTuple):
    """Something known about the entity in ``slot`` (empty: about the situation)."""

    slot: str
    text: str


class Condition(NamedTuple):
    """A fact about the entity in ``slot`` (empty: about the situation) that must hold, or must not."""

    slot: str
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
    """One abstract command: a verb template and the slot of each argument."""

    verb: str
    slots: tuple[str, ...]

    def text(self) -> str:
        """Return the command in words, with slots as arguments."""
        return self.verb.format(*self.slots)


COMPOSED = StepKey("a command put together from parts", ())
"""The milestone of a procedure that puts a command together from parts, which are procedures of their own."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentStep(_Model):
    """A command that served the segment, and what was known of its slots right before it."""

    key: StepKey
    known: tuple[Fact, ...]


class SegmentSlot(_Model):
    """A slot, which slots' entities its entity had revealed, and whether it was bound before in the episode."""

    name: str
    holder_of: tuple[str, ...] = ()
    reuse: Literal["", "same", "fresh"] = ""


class Segment(_Model):
    """⟨G, Ψ, π, Φ⟩ of one segment. Equal segments (other objects, other episode) compare and hash equal."""

    goal: str
    """The goal pattern of the task, e.g. with ``<0>`` and ``<1>`` for the kinds it names."""
    milestone: StepKey
    steps: tuple[SegmentStep, ...]
    """The supporting steps before the milestone, in order."""
    before: tuple[Fact, ...]
    at_milestone: tuple[Fact, ...]
    after: tuple[Fact, ...]
    slots: tuple[SegmentSlot, ...]
    holding: tuple[str, ...] = ()
    """The facts about the situation that decided for the milestone (where tasks name things outright), …"""
    lacking: tuple[str, ...] = ()
    """… and those that would have decided otherwise, had they held."""
    part: bool = False
    """Whether the milestone is a part that commands are put together from."""

    def alike(self) -> tuple[object, ...]:
        """Return what two segments must share to be merged."""
        return self.milestone, self.needs(), self.holding, self.lacking

    def decisive(self) -> tuple[Condition, ...]:
        """Return the decisive facts as conditions."""
        held = tuple(Condition("", text) for text in self.holding)
        return held + tuple(Condition("", text, negated=True) for text in self.lacking)

    def needs(self) -> tuple[Fact, ...]:
        """Return what had last been done to the task's entities: segments that differ here never merge."""
        return tuple(fact for fact in self.before if fact.slot)

    def descriptor(self) -> str:
        """Return the text [G; Ψ; Φ] of this one segment."""
        if self.part:
            return self.milestone.text()
        if self.holding or self.lacking:
            return f"{self.milestone.text()} when {', '.join(each.text() for each in self.decisive())}"
        before = ", ".join(f"{fact.slot or 'now'} {fact.text}" for fact in self.before)
        after = ", ".join(f"{fact.slot} {fact.text}" for fact in self.after if fact.slot)
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
