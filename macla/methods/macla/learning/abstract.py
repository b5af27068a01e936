"""Segments to ⟨G, Ψ, π, Φ⟩: concrete entities become slots (``paper.md §3.1``).

A slot named ``<0>``, ``<1>`` … is a kind of entity that the task names; ``<a>``, ``<b>`` … are the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from string import ascii_lowercase
from typing import Literal

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome
from macla.methods.belief import UNTOUCHED
from macla.methods.cloning import segments as named
from macla.methods.cloning.precondition_tree import Decider
from macla.methods.macla.learning.trace import USUAL, Relevance, Trace, TraceStep, relevance_of
from macla.methods.macla.memory.segment import Fact, Segment, SegmentSlot, SegmentStep, StepKey
from macla.models.malformed import Malformed
from macla.models.requests import Abstraction, AbstractSegment, SegmentTrajectory, Span, StepView


def task_slot(index: int) -> str:
    """Return the name of the slot for the ``index``-th kind that the task names."""
    return f"<{index}>"


def segment_request(trace: Trace, relevance: Relevance) -> SegmentTrajectory:
    """Return the request that cuts a trace into sub-tasks."""
    return SegmentTrajectory(task=trace.trajectory.task, steps=_views(trace, 0, len(trace.steps), relevance))


def abstract_request(trace: Trace, span: Span, relevance: Relevance, bound: dict[str, str]) -> AbstractSegment:
    """Return the request that abstracts one segment; ``bound`` says which entities fill the task's slots so far."""
    after = {**bound, **_task_bindings(trace, _command(trace.steps[span.end]), relevance)}
    return AbstractSegment(
        task=trace.trajectory.task,
        description=span.description,
        steps=_views(trace, span.start, span.end + 1, relevance),
        before=tuple(f"{slot} {fact}" for slot, fact in _situation(trace, span.start, bound)),
        after=tuple(f"{slot} {fact}" for slot, fact in _effects(trace, span, bound, after)),
    )


@dataclass(frozen=True)
class Abstracted:
    """A segment and the kinds of entity that filled its slots."""

    segment: Segment
    kinds: dict[str, str]
    success: bool = True
    """False for the segment with which a failed episode ended."""


class Abstracter:
    """Walks the spans of one trace in order, remembering which entities fill the task's slots."""

    def __init__(self, trace: Trace, relevance: Relevance, decider: Decider, parts: Sequence[Abstracted] = ()) -> None:
        self.trace = trace
        self.parts = parts
        """The segments of the parts that its answer was put together from."""
        self.relevance = relevance
        self.decider = decider

    def requests(self, spans: tuple[Span, ...]) -> Iterator[AbstractSegment]:
        """Yield one request per usable span, in order."""
        bound: dict[str, str] = {}
        for span in self.usable(spans):
            yield abstract_request(self.trace, span, self.relevance, bound)
            bound.update(_task_bindings(self.trace, _command(self.trace.steps[span.end]), self.relevance))

    def usable(self, spans: tuple[Span, ...]) -> list[Span]:
        """Return the spans that lie in the trajectory, in order, and end in an accepted command."""
        result: list[Span] = []
        for span in sorted(spans, key=lambda span: span.start):
            inside = span.start <= span.end < len(self.trace.steps)
            if inside and self.trace.steps[span.end].accepted and (not result or span.start > result[-1].end):
                result.append(span)
        if self.trace.outline:
            return [span for span in result if self._usual(self.trace.steps[span.end])]
        return result

    def _usual(self, step: TraceStep) -> bool:
        """Whether a step is worth learning: of a failure only what was decided for its task in particular."""
        if step.parts:
            return False
        key = named.key_of(self.trace, _command(step))
        if not self.trace.exemplary:
            return not self.decider.general(key)
        return self.decider.usual(step.general, key)

    def segments(self, spans: tuple[Span, ...], replies: list[Abstraction | Malformed]) -> list[Abstracted]:
        """Return the abstracted segments, from the model's choice of steps and facts; unusable replies left out."""
        if self.trace.outline:
            pairs = [
                (span.end, self._named(span, reply))
                for span, reply in zip(self.usable(spans), replies, strict=True)
                if not isinstance(reply, Malformed)
            ]
            last = named.answer(self.trace) or 0
            before = [each for end, each in pairs if end < last]
            return [*before, *self.parts, *(each for end, each in pairs if end >= last)]
        bound: dict[str, str] = {}
        result = []
        for span, reply in zip(self.usable(spans), replies, strict=True):
            if not isinstance(reply, Malformed):
                result.append(_abstracted(self.trace, span, reply, bound, self.relevance))
            bound.update(_task_bindings(self.trace, _command(self.trace.steps[span.end]), self.relevance))
        return result

    def _named(self, span: Span, reply: Abstraction) -> Abstracted:
        segment, kinds = named.segment(self.trace, span, reply, self.decider)
        return Abstracted(segment, kinds, self.trace.exemplary)


def _abstracted(
    trace: Trace, span: Span, reply: Abstraction, bound: dict[str, str], relevance: Relevance
) -> Abstracted:
    failed = trace.trajectory.outcome is Outcome.FAILURE
    milestone = _command(trace.steps[span.end])
    kept = [span.start + k for k in sorted({*reply.keep}) if 0 <= k < span.end - span.start]
    kept = [index for index in kept if trace.steps[index].accepted]
    commands = [(index, command) for index in kept if (command := trace.steps[index].command) is not None]
    task_names = _task_bindings(trace, milestone, relevance)
    for _, command in commands:
        task_names = {**_task_bindings(trace, command, relevance), **task_names}
    names = _slot_names(task_names, [milestone, *(command for _, command in commands)])
    now = {**bound, **task_names}
    before = _situation(trace, span.start, bound)
    after = _effects(trace, span, bound, now)
    revealed = {by: name for index in (*kept, span.end) for name, by in trace.steps[index].holders.items()}
    segment = Segment(
        goal=trace.task.goal,
        milestone=_key(milestone, names),
        steps=tuple(
            SegmentStep(key=_key(command, names), known=_known(trace, index, names)) for index, command in commands
        ),
        before=tuple(before[k] for k in sorted({*reply.preconditions}) if 0 <= k < len(before)),
        at_milestone=_known(trace, span.end, names),
        after=tuple(after[k] for k in sorted({*reply.postconditions}) if 0 <= k < len(after)),
        slots=tuple(_slot(slot, name, names, revealed, bound) for name, slot in sorted(names.items(), key=_by_slot)),
    )
    kinds = {slot: trace.kinds.get(name, "") for name, slot in names.items()}
    return Abstracted(segment, kinds, not (failed and span.end == len(trace.steps) - 1))


def _slot(
    name: str, entity: str, names: dict[str, str], revealed: dict[str, str], bound: dict[str, str]
) -> SegmentSlot:
    held = revealed.get(entity)
    reuse: Literal["", "same", "fresh"] = ""
    if name in bound:
        reuse = "same" if bound[name] == entity else "fresh"
    return SegmentSlot(name=name, holder_of=(names[held],) if held in names else (), reuse=reuse)


def _task_bindings(trace: Trace, command: Command, relevance: Relevance) -> dict[str, str]:
    """Return {task slot: entity} for the arguments that play a task's role: of a kind it names, in a usual place."""
    result: dict[str, str] = {}
    for position, name in enumerate(command.arguments):
        if relevance.get((command.verb, position), 0.0) < USUAL:
            continue
        for index, kind in enumerate(trace.task.slots):
            if kind == trace.kinds.get(name) and task_slot(index) not in result:
                result[task_slot(index)] = name
                break
    return result


def _slot_names(task_names: dict[str, str], commands: list[Command]) -> dict[str, str]:
    """Return {entity: slot} for every argument, the milestone's first."""
    names = {entity: slot for slot, entity in task_names.items()}
    letters = map("".join, chain(ascii_lowercase, product(ascii_lowercase, repeat=2)))
    for command in commands:
        for entity in command.arguments:
            if entity not in names:
                names[entity] = f"<{next(letters)}>"
    return names


def _situation(trace: Trace, index: int, bound: dict[str, str]) -> list[Fact]:
    """Return what had last been done to each entity the task names, and what is said of the situation."""
    facts: list[Fact] = []
    for position in range(len(trace.task.slots)):
        slot = task_slot(position)
        known = trace.known(index, bound[slot]) if slot in bound else frozenset({UNTOUCHED})
        facts.extend(Fact(slot, fact) for fact in sorted(known) if not fact.startswith("said: "))
    general = trace.steps[index].general if index < len(trace.steps) else trace.final_general
    return facts + [Fact("", fact) for fact in sorted(general)]


def _effects(trace: Trace, span: Span, bound: dict[str, str], now: dict[str, str]) -> list[Fact]:
    """Return what is true after a segment and was not before: Φ names effects, not what merely persists."""
    before = set(_situation(trace, span.start, bound))
    return [fact for fact in _situation(trace, span.end + 1, now) if fact not in before]


def _known(trace: Trace, index: int, names: dict[str, str]) -> tuple[Fact, ...]:
    """Return every fact about the entities in slots right before step ``index``."""
    return tuple(sorted(Fact(slot, fact) for name, slot in names.items() for fact in trace.known(index, name)))


def _views(trace: Trace, start: int, end: int, relevance: Relevance) -> tuple[StepView, ...]:
    views = []
    for step in trace.steps[start:end]:
        command = step.command
        views.append(
            StepView(
                action=step.action,
                observation=step.observation,
                accepted=step.accepted,
                entities=(*command.arguments, *step.holders.values()) if command else (),
                relevance=(1.0 if trace.outline else relevance_of(trace, command, relevance)) if command else 0.0,
            )
        )
    return tuple(views)


def _key(command: Command, names: dict[str, str]) -> StepKey:
    return StepKey(command.verb, tuple(names[entity] for entity in command.arguments))


def _command(step: TraceStep) -> Command:
    if step.command is None:
        raise ValueError(f"{step.action!r} is not of the action grammar")
    return step.command


def _by_slot(item: tuple[str, str]) -> str:
    return item[1]
