"""Everything that can happen to a memory. The state is the fold of these events: each knows how to apply itself.

A method that takes over some tasks (``memory.grounded``) adds events of its own by deriving from :class:`MemoryEvent`.
"""

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.memory.meta import Control, MetaProcedure
from macla.methods.macla.memory.ontology import Ontology
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Execution, Fact, Segment
from macla.methods.macla.memory.slot import Slot
from macla.models.requests import WorkedReading

if TYPE_CHECKING:
    from macla.methods.macla.memory.store import Memory


class MemoryEvent(BaseModel):
    """One change of a memory; ``event`` names its kind in the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kinds_of_event: ClassVar[dict[str, type["MemoryEvent"]]] = {}
    """Every kind that is known, by its name in the log."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Make the new kind known under the name that its ``event`` defaults to."""
        MemoryEvent.kinds_of_event[str(cls.model_fields["event"].default)] = cls

    def apply(self, memory: "Memory") -> None:
        """Change the state of ``memory``; :meth:`Memory.apply` also logs the event."""
        raise NotImplementedError


def read_event(line: str) -> MemoryEvent:
    """Return the event of a line of the log; ValueError (pydantic's ValidationError is one) when it is none."""
    value = json.loads(line)
    kind = value.get("event") if isinstance(value, dict) else None
    if kind not in MemoryEvent.kinds_of_event:
        raise ValueError(f"unknown event {kind!r}")
    return MemoryEvent.kinds_of_event[kind].model_validate_json(line)


class Source(MemoryEvent):
    """A trajectory that memory learned from."""

    event: Literal["source"] = "source"
    task: str
    source: str
    outcome: str
    steps: int

    def apply(self, memory: "Memory") -> None:
        """Append it to the sources."""
        memory.sources.append(self)


class Known(MemoryEvent):
    """Kinds of entity that appeared, for reading instructions."""

    event: Literal["known"] = "known"
    kinds: tuple[str, ...]

    def apply(self, memory: "Memory") -> None:
        """Add them to the vocabulary."""
        memory.kinds.update(self.kinds)


class Read(MemoryEvent):
    """Instructions of training and how they were read, one a job: worked examples for the model."""

    event: Literal["read"] = "read"
    readings: tuple[WorkedReading, ...]

    def apply(self, memory: "Memory") -> None:
        """Keep them, in their order."""
        memory.readings += self.readings


class Explored(MemoryEvent):
    """Probes of one or more trajectories: (verb, kind probed, times, {kind revealed: times})."""

    event: Literal["explored"] = "explored"
    probes: tuple[tuple[str, str, int, dict[str, int]], ...]

    def apply(self, memory: "Memory") -> None:
        """Add the counts."""
        for verb, kind, times, found in self.probes:
            memory.exploration.fold(verb, kind, times, found)


class Faded(MemoryEvent):
    """Every skill keeps but a share of its evidence, for success rates may drift (``memory.fading``)."""

    event: Literal["faded"] = "faded"
    kept: float

    def apply(self, memory: "Memory") -> None:
        """Leave the rest out of all posteriors."""
        for skill in (*memory.procedures.values(), *memory.metas.values()):
            skill.evidence.set_aside(1 - self.kept, 1 - self.kept)


class Practised(MemoryEvent):
    """Tasks that memory learned from by doing them."""

    event: Literal["practised"] = "practised"
    tasks: tuple[str, ...]

    def apply(self, memory: "Memory") -> None:
        """Remember the tasks."""
        memory.practised.update(self.tasks)


class Defined(MemoryEvent):
    """A segment, written once; later events name it by its number (its place among the definitions)."""

    event: Literal["defined"] = "defined"
    segment: Segment

    def apply(self, memory: "Memory") -> None:
        """Number the segment."""
        memory.segments.append(self.segment)


class Merged(MemoryEvent):
    """A segment was merged into its nearest procedure, at cosine ``similarity`` > θ_dup."""

    event: Literal["merged"] = "merged"
    procedure: str
    segment: int
    source: int
    kinds: dict[Slot, str]
    similarity: float

    def apply(self, memory: "Memory") -> None:
        """Add its tallies to the procedure."""
        absorb(self, memory)


class Extracted(MemoryEvent):
    """A segment became a new procedure."""

    event: Literal["extracted"] = "extracted"
    procedure: str
    segment: int
    source: int
    kinds: dict[Slot, str]

    def apply(self, memory: "Memory") -> None:
        """Insert the procedure."""
        segment = memory.segments[self.segment]
        memory.procedures[self.procedure] = Procedure(
            id=self.procedure,
            settings=memory.settings.abstraction,
            departures=memory.settings.departures,
            milestone=segment.milestone,
            needs=segment.needs(),
            path=segment.path,
            part=segment.part,
            many_goals=memory.settings.cloning.many_goals,
        )
        absorb(self, memory)


def absorb(event: Extracted | Merged, memory: "Memory") -> None:
    """Fold the segment of an event into its procedure."""
    segment = memory.segments[event.segment]
    memory.goals[segment.goal] += 1
    memory.procedures[event.procedure].absorb(segment, event.kinds, event.source)


class Missed(MemoryEvent):
    """A demonstration failed where this procedure was tried."""

    event: Literal["missed"] = "missed"
    procedure: str
    source: int

    def apply(self, memory: "Memory") -> None:
        """Count the failure."""
        memory.procedures[self.procedure].evidence.add(shown=True, success=False)


class Credited(MemoryEvent):
    """A procedure or meta-procedure was executed in practice or online evaluation."""

    event: Literal["credited"] = "credited"
    execution: Execution
    k_fail: int

    def apply(self, memory: "Memory") -> None:
        """Count the outcome and remember its context."""
        execution = self.execution
        memory.find(execution.procedure).credit(execution.success, execution.context, self.k_fail)


class Refined(MemoryEvent):
    """Contrast changed a procedure (Eq 6)."""

    event: Literal["refined"] = "refined"
    procedure: str
    change: Refinement

    def apply(self, memory: "Memory") -> None:
        """Change the procedure; metas that run it are judged anew where it really changed."""
        memory.procedures[self.procedure].refine(self.change)
        if self.change == Refinement(failures=self.change.failures) or not memory.settings.departures.posterior_within:
            return
        for meta in memory.metas.values():
            if self.procedure in meta.procedures():
                meta.renew()


class Split(MemoryEvent):
    """A mode of execution was split off a procedure as a variant; each inherits the counts of its mode."""

    event: Literal["split"] = "split"
    procedure: str
    variant: str
    change: Refinement
    """What tells the variant; the original gets the opposite by a ``refined`` event."""

    def apply(self, memory: "Memory") -> None:
        """Insert the variant."""
        variant = deepcopy(memory.procedures[self.procedure])
        variant.id = self.variant
        variant.refine(self.change)
        memory.procedures[self.variant] = variant


class Composed(MemoryEvent):
    """A recurring sequence became a meta-procedure, or a known one was seen to recur under a goal."""

    event: Literal["composed"] = "composed"
    meta: str
    children: tuple[str, ...]
    controls: tuple[Control, ...]
    goal: str
    times: int
    """Successful episodes that ended with the sequence since the last such event …"""
    shown: int
    """… and how many of them were demonstrations: the agent's own are credited when it runs the meta."""
    failed: int
    """Demonstrations that failed at its last procedure."""
    before: tuple[tuple[Fact, int], ...]
    frequency: float = 0.0
    """The highest share of a window's episodes that ended with it so far; logs of before it was kept say nothing."""

    def apply(self, memory: "Memory") -> None:
        """Insert the meta-procedure, or add what was seen to it."""
        if self.meta not in memory.metas:
            memory.metas[self.meta] = MetaProcedure(
                id=self.meta, settings=memory.settings.abstraction, children=self.children, controls=self.controls
            )
        memory.metas[self.meta].follow(
            self.goal,
            before=dict(self.before),
            times=self.times,
            shown=self.shown,
            failed=self.failed,
            controls=self.controls,
            frequency=self.frequency,
        )


class Recomposed(MemoryEvent):
    """A meta-procedure was refined: it has lost a child, or has another order or a branch more."""

    event: Literal["recomposed"] = "recomposed"
    meta: str
    how: Literal["drop", "reorder", "branch"]
    children: tuple[str, ...]
    """What it runs from now on …"""
    controls: tuple[Control, ...]
    """… under which Θ …"""
    branches: tuple[tuple[str, ...], ...]
    """… and what may run in place of each child."""

    def apply(self, memory: "Memory") -> None:
        """Change the meta-procedure."""
        memory.metas[self.meta].recompose(self.children, self.controls, self.branches)


class Clustered(MemoryEvent):
    """The ontology: frequent words and the words they are close to (Eq 7)."""

    event: Literal["clustered"] = "clustered"
    words: tuple[str, ...]
    clusters: dict[str, tuple[str, ...]]

    def apply(self, memory: "Memory") -> None:
        """Replace the ontology."""
        memory.ontology = Ontology(self.words, self.clusters)


class Pruned(MemoryEvent):
    """A procedure was dropped to respect the capacity; ``utility`` is Eq 8's or Eq 10's."""

    event: Literal["pruned"] = "pruned"
    procedure: str
    utility: float

    def apply(self, memory: "Memory") -> None:
        """Forget a meta-procedure, or a procedure with the metas of which it is a child, and as a branch of others."""
        if self.procedure in memory.metas:
            del memory.metas[self.procedure]
            return
        del memory.procedures[self.procedure]
        for meta in list(memory.metas.values()):
            if self.procedure in meta.children:
                del memory.metas[meta.id]
            else:
                meta.forget(self.procedure)
