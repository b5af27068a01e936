"""Everything that can happen to a memory. The state is the fold of these events (``design.md``)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.refinement import Refinement
from macla.methods.macla.memory.segment import Execution, Fact, Segment, StepKey


class MemoryEvent(BaseModel):
    """One change of a memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(MemoryEvent):
    """A trajectory that memory learned from."""

    event: Literal["source"] = "source"
    task: str
    source: str
    outcome: str
    steps: int


class Known(MemoryEvent):
    """Kinds of entity that appeared, for reading instructions."""

    event: Literal["known"] = "known"
    kinds: tuple[str, ...]


class Explored(MemoryEvent):
    """Probes of one or more trajectories: (verb, kind probed, times, {kind revealed: times})."""

    event: Literal["explored"] = "explored"
    probes: tuple[tuple[str, str, int, dict[str, int]], ...]


class Preferred(MemoryEvent):
    """Weights learned from demonstrators' choices: for a place, or for one argument of one command."""

    event: Literal["preferred"] = "preferred"
    kind: str
    place: str = ""
    verb: str = ""
    position: int = 0
    weights: dict[str, float]
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class Weighed(MemoryEvent):
    """What outcomes of practice add to the weights of all choices among entities of a kind."""

    event: Literal["weighed"] = "weighed"
    kind: str
    weights: dict[str, float]


class Practised(MemoryEvent):
    """Tasks that memory learned from by doing them."""

    event: Literal["practised"] = "practised"
    tasks: tuple[str, ...]


class Accustomed(MemoryEvent):
    """Habits that all demonstrators share: what is never given twice or again, and the latest first use of commands."""

    event: Literal["accustomed"] = "accustomed"
    once: tuple[str, ...]
    final: bool
    latest: tuple[tuple[StepKey, int], ...]


class Arranged(MemoryEvent):
    """How commands are put together: the kinds of part in order, and the kinds of entity that tasks name."""

    event: Literal["arranged"] = "arranged"
    heads: tuple[str, ...]
    nameable: tuple[str, ...]


class Worded(MemoryEvent):
    """The weights of an instruction's cues for one part (empty: for doing without a part of its kind)."""

    event: Literal["worded"] = "worded"
    head: str
    verb: str
    weights: dict[str, float]


class Defined(MemoryEvent):
    """A segment, written once; later events name it by its number (its place among the definitions)."""

    event: Literal["defined"] = "defined"
    segment: Segment


class Extracted(MemoryEvent):
    """A segment became a new procedure."""

    event: Literal["extracted"] = "extracted"
    procedure: str
    segment: int
    source: int
    kinds: dict[str, str]


class Merged(MemoryEvent):
    """A segment was merged into its nearest procedure, at cosine ``similarity`` > θ_dup."""

    event: Literal["merged"] = "merged"
    procedure: str
    segment: int
    source: int
    kinds: dict[str, str]
    similarity: float


class Missed(MemoryEvent):
    """A demonstration failed where this procedure was tried."""

    event: Literal["missed"] = "missed"
    procedure: str
    source: int


class Credited(MemoryEvent):
    """A procedure or meta-procedure was executed in practice or online evaluation."""

    event: Literal["credited"] = "credited"
    execution: Execution
    k_fail: int


class Refined(MemoryEvent):
    """Contrast changed a procedure (Eq 6)."""

    event: Literal["refined"] = "refined"
    procedure: str
    change: Refinement


class Split(MemoryEvent):
    """A procedure with two modes of execution became two variants; each inherits the counts of its mode."""

    event: Literal["split"] = "split"
    procedure: str
    variant: str
    change: Refinement
    """What tells the variant; the original gets the opposite by a ``refined`` event."""


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


class Clustered(MemoryEvent):
    """The ontology: frequent words and the words they are close to (Eq 7)."""

    event: Literal["clustered"] = "clustered"
    words: tuple[str, ...]
    clusters: dict[str, tuple[str, ...]]


class Pruned(MemoryEvent):
    """A procedure was dropped to respect the capacity; ``utility`` is Eq 8's or Eq 10's."""

    event: Literal["pruned"] = "pruned"
    procedure: str
    utility: float


Event = Annotated[
    Source
    | Known
    | Explored
    | Preferred
    | Weighed
    | Practised
    | Accustomed
    | Arranged
    | Worded
    | Defined
    | Extracted
    | Merged
    | Missed
    | Credited
    | Refined
    | Split
    | Composed
    | Clustered
    | Pruned,
    Field(discriminator="event"),
]
EVENT: TypeAdapter[Any] = TypeAdapter(Event)
