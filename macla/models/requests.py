"""Everything the method asks a frozen model: one typed request and one typed reply per purpose.

Requests carry text and enumerated candidates, so a reply is always checkable: a language model chooses among what
was really observed. Nothing else in the harness calls a model.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from macla.models.malformed import Malformed


class Reply(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")


R = TypeVar("R", bound=Reply)


class Request(BaseModel, Generic[R]):
    """What a model is asked. ``purpose`` names the prompt; ``reply`` is the type of the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: ClassVar[str]
    reply: ClassVar[type[Reply]]

    draw: int = 0
    """How often this was asked before and not answered: every time is another draw of a sampling model."""


class WorkedReading(BaseModel):
    """An instruction of training, read: the job it asks for, with ``<0>``, ``<1>`` … for kinds of things, and these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    goal: str
    kinds: tuple[str, ...]


class TaskReading(Reply):
    """Which known job an instruction asks for, and the kinds of things it names, in the order of ``<0>``, ``<1>`` …"""

    like: int | None = None
    """Number of the worked example that asks for the same job; None where there are no examples."""
    kinds: tuple[str, ...]


class ParseTask(Request[TaskReading]):
    """Read an instruction: what job is it, with which kinds of things? Code makes the goal pattern of the answer."""

    purpose: ClassVar[str] = "parse_task"
    reply: ClassVar[type[Reply]] = TaskReading

    task: str
    mentioned: tuple[tuple[str, int, int], ...] = ()
    """Entities the adapter recognised in the instruction: (type, start, end)."""
    vocabulary: tuple[str, ...]
    """Kinds of entity known from training, then those that only the current observation shows; each sorted."""
    examples: tuple[WorkedReading, ...] = ()
    """From memory, one a job; the same for all instructions of a run."""
    near: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Words of the instruction that memory never met, each with the kinds closest to it (Eq 7)."""
    doubt: str = ""
    """What was implausible about the answer before."""


class StepView(BaseModel):
    """One step as a model is shown it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str
    observation: str
    accepted: bool
    entities: tuple[str, ...] = ()
    """The arguments of the action, and for an untouched argument the entity that revealed it."""
    relevance: float = 0.0
    """Across the corpus, the share of this verb's uses whose argument (in this place) the task names; 0 when the
    task names none of the arguments here."""


class Span(BaseModel):
    """One segment [t_start, t_end] (inclusive) with its description d (Eq 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    description: str


class Segmentation(Reply):
    """The sub-tasks of a trajectory, in order, not overlapping."""

    segments: tuple[Span, ...]


class SegmentTrajectory(Request[Segmentation]):
    """Cut a trajectory into sub-tasks (``docs/spec/paper.md §3.1``, Eq 1)."""

    purpose: ClassVar[str] = "segment"
    reply: ClassVar[type[Reply]] = Segmentation

    task: str
    steps: tuple[StepView, ...]


class Abstraction(Reply):
    """⟨G, Ψ, π, Φ⟩ of one segment, as choices: steps to keep, facts required before, facts true after."""

    goal: str
    keep: tuple[int, ...]
    preconditions: tuple[int, ...]
    postconditions: tuple[int, ...]


class AbstractSegment(Request[Abstraction]):
    """Say what one segment is for, which of its steps served it, what it needed and what it achieved."""

    purpose: ClassVar[str] = "abstract"
    reply: ClassVar[type[Reply]] = Abstraction

    task: str
    description: str
    steps: tuple[StepView, ...]
    before: tuple[str, ...]
    """Facts true before the segment; ``preconditions`` indexes them."""
    after: tuple[str, ...]
    """Facts true after the segment; ``postconditions`` indexes them."""


class ContextView(BaseModel):
    """One execution as a model is shown it: indices into the request's facts, steps and results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: tuple[int, ...]
    steps: tuple[int, ...]
    results: tuple[int, ...]


class Contrasted(Reply):
    """What separates successes from failures, as choices among what was observed (Eq 6)."""

    require: tuple[int, ...] = ()
    """ΔΨ⁺: facts that must hold before."""
    forbid: tuple[int, ...] = ()
    """ΔΨ⁻: facts that must not hold before."""
    steps: tuple[int, ...] = ()
    """Δπ: the right steps in the right order; empty when nothing is missing or misordered."""
    achieved: tuple[int, ...] = ()
    """ΔΦ: results that tell success from failure."""


class Contrast(Request[Contrasted]):
    """Contrast the contexts in which a procedure succeeded with those in which it failed."""

    purpose: ClassVar[str] = "contrast"
    reply: ClassVar[type[Reply]] = Contrasted

    goal: str
    plan: tuple[int, ...]
    """The procedure's steps now, as indices into ``steps``."""
    facts: tuple[str, ...]
    steps: tuple[str, ...]
    results: tuple[str, ...]
    successes: tuple[ContextView, ...]
    failures: tuple[ContextView, ...]


class ControlChoice(BaseModel):
    """Θ at one position."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skip: bool
    attempts: Annotated[int, Field(ge=1, le=10), WithJsonSchema({"type": "integer", "enum": list(range(1, 11))})]


class Policy(Reply):
    """The control policy Θ of a meta-procedure, one entry a sub-procedure."""

    controls: tuple[ControlChoice, ...]


class DistilPolicy(Request[Policy]):
    """Distil Θ from successful traces: where may a sub-procedure be skipped, where must it be repeated?"""

    purpose: ClassVar[str] = "distil_policy"
    reply: ClassVar[type[Reply]] = Policy

    goal: str
    children: tuple[str, ...]
    """Each sub-procedure in words."""
    traces: tuple[tuple[int, ...], ...]
    """Per episode: how often each sub-procedure ran in a row (0: it was skipped)."""


class Grounding(Reply):
    """The chosen candidate."""

    choice: int


class Ground(Request[Grounding]):
    """Choose the entity that fills a slot which templates and statistics could not bind."""

    purpose: ClassVar[str] = "ground"
    reply: ClassVar[type[Reply]] = Grounding

    task: str
    done: tuple[str, ...] = ()
    """The actions so far."""
    step: str
    slot: str
    candidates: tuple[str, ...]
    observation: str


class Thing(BaseModel):
    """Something that a task names: its kind, and its name as commands spell it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    name: str


class WorkedTask(BaseModel):
    """A task of training that names things: which, and the statement that answered it, where one did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    things: tuple[Thing, ...]
    answer: str = ""


class Things(Reply):
    """What a task names, in order."""

    things: tuple[Thing, ...]


class ReadRequest(Request[Things]):
    """Read an instruction that names the things themselves into typed slots."""

    purpose: ClassVar[str] = "read_request"
    reply: ClassVar[type[Reply]] = Things

    task: str
    kinds: tuple[str, ...]
    """The kinds of things that tasks of training name, sorted."""
    examples: tuple[WorkedTask, ...]
    """From memory; the same for all instructions of a run."""


class Written(Reply):
    """An action, written."""

    action: str


class Write(Request[Written]):
    """Write the action that answers a task, from what was looked up before."""

    purpose: ClassVar[str] = "write"
    reply: ClassVar[type[Reply]] = Written

    help: str
    examples: tuple[tuple[str, str], ...] = ()
    """(task, action) of training tasks, in other worlds."""
    known: tuple[str, ...]
    """What was looked up, a line a thing."""
    task: str
    tried: tuple[tuple[str, str], ...] = ()
    """(action, observation) of attempts that came to nothing."""
    temperature: float | None = None
    """In place of the model's own: further candidates are drawn, or a greedy model would repeat itself."""


class Action(Reply):
    """One zero-shot step: a thought and the action string."""

    thought: str = ""
    action: str


class Act(Request[Action]):
    """Take one step by itself, from the interface description, the history, and notes where a memory has some."""

    purpose: ClassVar[str] = "act"
    reply: ClassVar[type[Reply]] = Action

    task: str
    help: str
    example: str
    notes: tuple[str, ...] = ()
    """What a memory retrieved for this task, in words."""
    first_observation: str
    history: tuple[tuple[str, str], ...]
    """(action, observation) of every step so far."""
    entities: tuple[str, ...]
    """Entities seen so far, in order of appearance."""
    seed: int


class FrozenModel(Protocol):
    """A model whose weights never change. Backends answer requests in bulk so that servers can batch."""

    name: str
    is_language_model: bool

    def ask(self, requests: list[Request[R]]) -> Sequence[R | Malformed]:
        """Return one reply per request, in order, or Malformed in its place; InfrastructureError when out of reach."""
        ...

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names: backend, model, revision, temperature."""
        ...
