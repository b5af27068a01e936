"""Learning: segments, their abstraction, contrast, and the control policy of metas."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from macla.models.requests.base import Reply, Request

LABEL = 80
"""Characters of an action by which a reply names its step: statements are longer, their beginnings tell them apart."""


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


def _labels(steps: Sequence[StepView]) -> tuple[str, ...]:
    """Return the first part of each step's action after its number, as prompts count."""
    return tuple(f"{number}. {step.action[:LABEL]}" for number, step in enumerate(steps, 1))


class Span(NamedTuple):
    """One segment [t_start, t_end] (inclusive; Eq 1)."""

    start: int
    end: int


class Segmentation(Reply):
    """Which steps end a sub-task."""

    ends: tuple[bool, ...]
    """Of every accepted step, in order."""


class SegmentTrajectory(Request[Segmentation]):
    """Cut a trajectory into sub-tasks (``docs/spec/paper.md §3.1``, Eq 1)."""

    purpose: ClassVar[str] = "segment"
    reply: ClassVar[type[Reply]] = Segmentation

    task: str
    steps: tuple[StepView, ...]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The accepted steps, under the names by which a reply speaks of them."""
        names = zip(_labels(self.steps), self.steps, strict=True)
        return tuple(name for name, step in names if step.accepted)

    def spans(self, reply: Segmentation) -> tuple[Span, ...]:
        """Return the sub-tasks, each from right after the one before to the step that ends it.

        Its description d (Eq 1) is that step's action: more was read by nothing, and was most of what a model wrote.
        """
        accepted = [index for index, step in enumerate(self.steps) if step.accepted]
        ends = [index for index, is_end in zip(accepted, reply.ends, strict=False) if is_end]
        return tuple(Span(start, end) for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False))


class Abstraction(Reply):
    """Ψ, π and Φ of one segment, as choices: steps to keep, facts required before, facts true after."""

    keep: tuple[bool, ...]
    """Of every step before the last, in order; the last one always stays."""
    preconditions: tuple[int, ...]
    postconditions: tuple[int, ...]


class AbstractSegment(Request[Abstraction]):
    """Say what one segment is for, which of its steps served it, what it needed and what it achieved."""

    purpose: ClassVar[str] = "abstract"
    reply: ClassVar[type[Reply]] = Abstraction

    task: str
    steps: tuple[StepView, ...]
    before: tuple[str, ...]
    """Facts true before the segment; ``preconditions`` indexes them."""
    after: tuple[str, ...]
    """Facts true after the segment; ``postconditions`` indexes them."""

    @property
    def earlier(self) -> tuple[str, ...]:
        """The steps before the last, under the names by which a reply speaks of them."""
        return _labels(self.steps[:-1])


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
