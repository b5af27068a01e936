"""Learning: segments, their abstraction, contrast, and the control policy of metas."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from macla.models.requests.base import Reply, Request


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
