"""Segments of grounded tasks: slots are kinds of entity, Ψ is the path of a precondition tree.

Where a task names only kinds of things, slots are the roles these play in it. Here any entity may fill any slot of its
kind, and the argument model chooses among them.
"""

from collections.abc import Sequence
from dataclasses import replace

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.precondition_tree import PreconditionTree, grow
from macla.methods.cloning.settings import PreconditionTreeSettings
from macla.methods.macla.learning.abstract import Abstracted, Abstracter, Relevance, command_of
from macla.methods.macla.learning.trace import Trace, TraceStep
from macla.methods.macla.memory.segment import Segment, SegmentSlot, SegmentStep, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.models.malformed import Malformed
from macla.models.requests import Abstraction, Span

STATEMENT = StepKey("a command put together from parts", ())
"""The milestone of a procedure that puts a statement together from parts, which are procedures of their own."""


def answer(trace: Trace) -> int | None:
    """Return the step of the last accepted statement of a successful trace."""
    return last_statement(trace) if trace.trajectory.success else None


def first_answer(trace: Trace) -> int | None:
    """Return the step of the answer where it was the first accepted statement."""
    found = _statements(trace)
    return found[0] if trace.trajectory.success and len(found) == 1 else None


def last_statement(trace: Trace) -> int | None:
    """Return the step of the last accepted statement."""
    found = _statements(trace)
    return found[-1] if found else None


def _statements(trace: Trace) -> list[int]:
    """Return the steps of all accepted commands that are put together from parts."""
    return [index for index, step in enumerate(trace.steps) if step.accepted and step.notes.parts]


def slots_of(trace: Trace, commands: Sequence[Command]) -> dict[str, Slot]:
    """Return {entity: slot}: ``<kind>`` for the first entity of a kind, ``<kind 2>`` for the second …"""
    slots: dict[str, Slot] = {}
    counts: dict[str, int] = {}
    for command in commands:
        for entity in command.arguments:
            if entity not in slots:
                kind = trace.kinds.get(entity, "new")
                counts[kind] = counts.get(kind, 0) + 1
                slots[entity] = Slot(kind, counts[kind])
    return slots


def key_of(trace: Trace, command: Command) -> StepKey:
    """Return a command with slots for its arguments."""
    slots = slots_of(trace, [command])
    return StepKey(command.verb, tuple(slots[entity] for entity in command.arguments))


def precondition_tree(traces: Sequence[Trace], settings: PreconditionTreeSettings) -> PreconditionTree:
    """Return what tells, from the situations of the exemplary ones among ``traces``, which command comes next.

    All statements count as one; of each trace only the last, which answered the task, and that not where others had
    been tried in vain before: what is done after one that says something is to go on.
    """
    steps = [
        (step.general, STATEMENT if step.notes.parts else key_of(trace, step.command))
        for trace in traces
        if trace.handed_over and trace.exemplary
        for index, step in enumerate(trace.steps)
        if step.accepted and step.command is not None and (not step.notes.parts or index == first_answer(trace))
    ]
    return grow([situation for situation, _ in steps], [key for _, key in steps], settings)


class GroundedAbstracter(Abstracter):
    """Abstracts one trace that was handed over; ``parts`` are the segments of what its answer was put together from."""

    def __init__(self, trace: Trace, relevance: Relevance, tree: PreconditionTree, parts: Sequence[Abstracted]) -> None:
        super().__init__(trace, relevance)
        self.tree = tree
        self.parts = parts

    def relevance_of(self, command: Command) -> float:
        """Return 1: every accepted command may be a sub-task of its own."""
        return 1.0

    def usable(self, spans: tuple[Span, ...]) -> list[Span]:
        """Return the spans that are worth learning."""
        return [span for span in super().usable(spans) if self._usual(self.trace.steps[span.end])]

    def segments(self, spans: tuple[Span, ...], replies: list[Abstraction | Malformed]) -> list[Abstracted]:
        """Return the abstracted segments, those of the answer's parts right before what follows it.

        Where several statements were tried no segment stands for them, so that what follows is apart.
        """
        pairs = [
            (span.end, self._segment(span, reply))
            for span, reply in zip(self.usable(spans), replies, strict=True)
            if not isinstance(reply, Malformed)
        ]
        last, statements = answer(self.trace) or 0, _statements(self.trace)
        if statements and first_answer(self.trace) is None:
            pairs = [(end, replace(segment, apart=end > statements[0])) for end, segment in pairs]
        before = [segment for end, segment in pairs if end < last]
        return [*before, *self.parts, *(segment for end, segment in pairs if end >= last)]

    def _usual(self, step: TraceStep) -> bool:
        """Whether a step is worth learning: of a failure only what was decided for its task in particular."""
        if step.notes.parts:
            return False
        key = key_of(self.trace, command_of(step))
        if not self.trace.exemplary:
            return not self.tree.general(key)
        return self.tree.usual(step.general, key)

    def _segment(self, span: Span, reply: Abstraction) -> Abstracted:
        """Return the abstracted segment of a span and the kinds of its slots."""
        trace = self.trace
        indices = [k for k in self.kept(span, reply) if trace.steps[k].command is not None] + [span.end]
        commands = [command for k in indices if (command := trace.steps[k].command) is not None]
        slots = slots_of(trace, commands)
        keys = [StepKey(command.verb, tuple(slots[entity] for entity in command.arguments)) for command in commands]
        first = trace.steps[indices[0]]  # what was refused before it changed the situation that decided
        revealers = {entity: found for k in indices for entity, found in trace.steps[k].notes.revealers.items()}
        segment = Segment(
            goal=first.notes.outline if self.tree.general(keys[-1]) else first.notes.goal,
            milestone=keys[-1],
            steps=tuple(SegmentStep(key=key, known=()) for key in keys[:-1]),
            slots=tuple(
                SegmentSlot(name=slot, holder_of=tuple(s for e, s in slots.items() if entity in revealers.get(e, ())))
                for entity, slot in sorted(slots.items(), key=lambda item: item[1])
            ),
            path=self.tree.path(first.general),
        )
        return Abstracted(segment, {slot: slot.kind for slot in slots.values()}, trace.exemplary)
