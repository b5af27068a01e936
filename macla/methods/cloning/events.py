"""What cloning adds to the event log of a memory."""

from typing import Literal

from macla.methods.cloning.argument_model import ArgumentWeights
from macla.methods.cloning.invariants import Invariants
from macla.methods.cloning.state import Cloned
from macla.methods.macla.memory.events import MemoryEvent
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.store import Memory


class ArgumentsLearned(MemoryEvent):
    """Weights learned from demonstrators' choices: for a place, or for one argument of one command."""

    event: Literal["arguments_learned"] = "arguments_learned"
    kind: str
    place: str = ""
    verb: str = ""
    position: int = 0
    weights: dict[str, float]
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def apply(self, memory: Memory) -> None:
        """Put the weights where they belong."""
        model, known = memory.extension(Cloned).arguments, ArgumentWeights(self.weights, self.always, self.never)
        if self.verb:
            model.by_argument[self.verb, self.position, self.kind] = known
        else:
            model.by_place[self.place, self.kind] = known


class ChoicesContrasted(MemoryEvent):
    """What outcomes of practice add to the weights of all choices among entities of a kind."""

    event: Literal["choices_contrasted"] = "choices_contrasted"
    kind: str
    weights: dict[str, float]

    def apply(self, memory: Memory) -> None:
        """Replace what outcomes added before."""
        memory.extension(Cloned).arguments.contrasted[self.kind] = self.weights


class InvariantsFound(MemoryEvent):
    """What all demonstrators share: what is never given twice or again, and the latest first use of commands."""

    event: Literal["invariants_found"] = "invariants_found"
    once: tuple[str, ...]
    final: bool
    latest: tuple[tuple[StepKey, int], ...]

    def apply(self, memory: Memory) -> None:
        """Replace the invariants."""
        memory.extension(Cloned).invariants = Invariants(frozenset(self.once), self.final, dict(self.latest))


class PartsOrdered(MemoryEvent):
    """How statements are put together: the kinds of part in order, and the kinds of entity that tasks name."""

    event: Literal["parts_ordered"] = "parts_ordered"
    heads: tuple[str, ...]
    nameable: tuple[str, ...]

    def apply(self, memory: Memory) -> None:
        """Replace the order."""
        parts = memory.extension(Cloned).parts
        parts.heads, parts.nameable = self.heads, frozenset(self.nameable)


class PartLearned(MemoryEvent):
    """The weights of an instruction's cues for one part (empty: for doing without a part of its kind)."""

    event: Literal["part_learned"] = "part_learned"
    head: str
    verb: str
    weights: dict[str, float]

    def apply(self, memory: Memory) -> None:
        """Add the part to those of its kind."""
        memory.extension(Cloned).parts.weights.setdefault(self.head, {})[self.verb] = self.weights
