"""Segments to ⟨G, Ψ, π, Φ⟩: concrete entities become slots (``docs/spec/paper.md §3.1``)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Literal

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome
from macla.methods.belief import UNTOUCHED
from macla.methods.macla.learning.trace import Trace, TraceStep
from macla.methods.macla.memory.segment import SITUATION, Fact, Segment, SegmentSlot, SegmentStep, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.models.malformed import Malformed
from macla.models.requests import Abstraction, AbstractSegment, SegmentTrajectory, Span, StepView

Bound = dict[Slot, str]
"""Task slot → the entity that fills it."""


@dataclass(frozen=True)
class Relevance:
    """How surely commands work on what tasks name."""

    shares: Mapping[tuple[str, int], float]
    """(verb, argument position) → share of uses whose argument is of a kind that the task names."""
    usual: float
    """From this share on an argument in that place plays a task's role."""

    def usual_at(self, verb: str, position: int) -> bool:
        """Whether tasks usually name what stands in a place."""
        return self.shares.get((verb, position), 0.0) >= self.usual

    def of(self, trace: Trace, command: Command) -> float:
        """Return how surely a command works on what the task names: 0 when a usual place holds something else."""
        best = 0.0
        for position, name in enumerate(command.arguments):
            if trace.kinds.get(name) in trace.task.slots:
                best = max(best, self.shares.get((command.verb, position), 0.0))
            elif self.usual_at(command.verb, position):
                return 0.0
        return best


Uses = tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]
"""Per verb and argument position, its accepted uses, and those of them whose argument the task names."""


def uses(traces: Iterable[Trace]) -> Uses:
    """Count the uses in traces."""
    uses: Counter[tuple[str, int]] = Counter()
    hits: Counter[tuple[str, int]] = Counter()
    for trace in traces:
        for step in trace.steps:
            if step.accepted and step.command is not None:
                for position, name in enumerate(step.command.arguments):
                    uses[step.command.verb, position] += 1
                    hits[step.command.verb, position] += trace.kinds.get(name) in trace.task.slots
    return uses, hits


def relevance(counted: Uses, usual: float) -> Relevance:
    """Return, per verb and argument position, the share of its accepted uses whose argument the task names."""
    uses, hits = counted
    return Relevance({key: hits[key] / n for key, n in uses.items()}, usual)


@dataclass(frozen=True, slots=True)
class Abstracted:
    """A segment and the kinds of entity that filled its slots."""

    segment: Segment
    kinds: dict[Slot, str]
    success: bool = True
    """False for the segment with which a failed episode ended."""
    apart: bool = False
    """Whether something came before it that is no procedure: what recurs in its episode ends before it."""


class Abstracter:
    """Walks the spans of one trace in order, remembering which entities fill the task's slots."""

    def __init__(self, trace: Trace, relevance: Relevance) -> None:
        self.trace = trace
        self.relevance = relevance
        self._situations: dict[tuple[int, frozenset[tuple[Slot, str]]], list[Fact]] = {}

    @cached_property
    def _views(self) -> tuple[StepView, ...]:
        """The steps as the model is shown them, whole or in part."""
        return tuple(
            StepView(
                action=step.action,
                observation=step.observation,
                accepted=step.accepted,
                entities=(*step.command.arguments, *step.holders.values()) if step.command else (),
                relevance=self.relevance_of(step.command) if step.command else 0.0,
            )
            for step in self.trace.steps
        )

    def relevance_of(self, command: Command) -> float:
        """Return how surely a command works on what the task names, in [0, 1]."""
        return self.relevance.of(self.trace, command)

    def cut_request(self) -> SegmentTrajectory:
        """Return the request that cuts the trace into sub-tasks."""
        return SegmentTrajectory(task=self.trace.trajectory.task, steps=self._views)

    def requests(self, spans: tuple[Span, ...]) -> Iterator[AbstractSegment]:
        """Yield one request per usable span, in order."""
        bound: Bound = {}
        for span in self.usable(spans):
            yield self._request(span, bound)
            bound.update(self._task_bindings(command_of(self.trace.steps[span.end])))

    def usable(self, spans: tuple[Span, ...]) -> list[Span]:
        """Return the spans that are worth learning: all."""
        return [*spans]

    def segments(self, spans: tuple[Span, ...], replies: list[Abstraction | Malformed]) -> list[Abstracted]:
        """Return the abstracted segments, from the model's choice of steps and facts; unusable replies left out."""
        bound: Bound = {}
        result = []
        for span, reply in zip(self.usable(spans), replies, strict=True):
            if not isinstance(reply, Malformed):
                result.append(self._abstracted(span, reply, bound))
            bound.update(self._task_bindings(command_of(self.trace.steps[span.end])))
        return result

    def kept(self, span: Span, reply: Abstraction) -> list[int]:
        """Return the accepted steps before a span's last one that the model kept."""
        before = range(span.start, span.end)
        return [k for k, keep in zip(before, reply.keep, strict=False) if keep and self.trace.steps[k].accepted]

    def _request(self, span: Span, bound: Bound) -> AbstractSegment:
        """Return the request that abstracts one segment; ``bound`` says what fills the task's slots so far."""
        after = {**bound, **self._task_bindings(command_of(self.trace.steps[span.end]))}
        return AbstractSegment(
            task=self.trace.trajectory.task,
            steps=self._views[span.start : span.end + 1],
            before=tuple(f"{fact.slot} {fact.text}" for fact in self._situation(span.start, bound)),
            after=tuple(f"{fact.slot} {fact.text}" for fact in self._effects(span, bound, after)),
        )

    def _abstracted(self, span: Span, reply: Abstraction, bound: Bound) -> Abstracted:
        trace = self.trace
        milestone = command_of(trace.steps[span.end])
        kept = self.kept(span, reply)
        commands = [(index, command) for index in kept if (command := trace.steps[index].command) is not None]
        task_names = self._task_bindings(milestone)
        for _, command in commands:
            task_names = {**self._task_bindings(command), **task_names}
        names = _slot_names(task_names, [milestone, *(command for _, command in commands)])
        before = self._situation(span.start, bound)
        after = self._effects(span, bound, {**bound, **task_names})
        revealed = {by: name for index in (*kept, span.end) for name, by in trace.steps[index].holders.items()}
        segment = Segment(
            goal=trace.task.goal,
            milestone=_key(milestone, names),
            steps=tuple(SegmentStep(key=_key(command, names), known=self._known(k, names)) for k, command in commands),
            before=tuple(before[k] for k in sorted({*reply.preconditions}) if 0 <= k < len(before)),
            at_milestone=self._known(span.end, names),
            after=tuple(after[k] for k in sorted({*reply.postconditions}) if 0 <= k < len(after)),
            slots=tuple(
                _slot(slot, name, names, revealed, bound)
                for name, slot in sorted(names.items(), key=lambda item: item[1])
            ),
        )
        failed = trace.trajectory.outcome is Outcome.FAILURE and span.end == len(trace.steps) - 1
        return Abstracted(segment, {slot: trace.kinds.get(name, "") for name, slot in names.items()}, not failed)

    def _task_bindings(self, command: Command) -> Bound:
        """Return {task slot: entity} for arguments of a kind that the task names, in a usual place."""
        result: Bound = {}
        for position, name in enumerate(command.arguments):
            if not self.relevance.usual_at(command.verb, position):
                continue
            for index, kind in enumerate(self.trace.task.slots):
                slot = Slot(number=index, of_task=True)
                if kind == self.trace.kinds.get(name) and slot not in result:
                    result[slot] = name
                    break
        return result

    def _situation(self, index: int, bound: Bound) -> list[Fact]:
        """Return what had last been done to each entity the task names, and what is said of the situation."""
        key = index, frozenset(bound.items())
        if key not in self._situations:
            self._situations[key] = self._facts(index, bound)
        return self._situations[key]

    def _facts(self, index: int, bound: Bound) -> list[Fact]:
        trace = self.trace
        facts: list[Fact] = []
        for position in range(len(trace.task.slots)):
            slot = Slot(number=position, of_task=True)
            known = trace.known(index, bound[slot]) if slot in bound else frozenset({UNTOUCHED})
            facts.extend(Fact(slot, fact) for fact in sorted(known) if not fact.startswith("said: "))
        general = trace.steps[index].general if index < len(trace.steps) else trace.final_general
        return facts + [Fact(SITUATION, fact) for fact in sorted(general)]

    def _effects(self, span: Span, bound: Bound, now: Bound) -> list[Fact]:
        """Return what is true after a segment and was not before: Φ names effects, not what merely persists."""
        before = set(self._situation(span.start, bound))
        return [fact for fact in self._situation(span.end + 1, now) if fact not in before]

    def _known(self, index: int, names: Mapping[str, Slot]) -> tuple[Fact, ...]:
        """Return every fact about the entities in slots right before step ``index``."""
        return tuple(sorted(Fact(slot, fact) for name, slot in names.items() for fact in self.trace.known(index, name)))


def command_of(step: TraceStep) -> Command:
    """Return the command of a step; ValueError when its action is not of the grammar."""
    if step.command is None:
        raise ValueError(f"{step.action!r} is not of the action grammar")
    return step.command


def _slot(name: Slot, entity: str, names: Mapping[str, Slot], revealed: Mapping[str, str], bound: Bound) -> SegmentSlot:
    held = revealed.get(entity)
    reuse: Literal["", "same", "fresh"] = ""
    if name in bound:
        reuse = "same" if bound[name] == entity else "fresh"
    return SegmentSlot(name=name, holder_of=(names[held],) if held is not None and held in names else (), reuse=reuse)


def _slot_names(task_names: Bound, commands: list[Command]) -> dict[str, Slot]:
    """Return {entity: slot} for every argument, the milestone's first."""
    names = {entity: slot for slot, entity in task_names.items()}
    numbers = count()
    for command in commands:
        for entity in command.arguments:
            if entity not in names:
                names[entity] = Slot(number=next(numbers))
    return names


def _key(command: Command, names: Mapping[str, Slot]) -> StepKey:
    return StepKey(command.verb, tuple(names[entity] for entity in command.arguments))
