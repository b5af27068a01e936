"""Segments of tasks that name things outright: slots are kinds of entity, Ψ is what decided for the command.

Where a task names only kinds of things, slots are the roles these play in it (``abstract.py``). Here any entity may
fill any slot of its kind, and learned preferences choose among them (``preference.py``).
"""

import re

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.precondition_tree import Decider, decide
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.segment import COMPOSED, Segment, SegmentSlot, SegmentStep, StepKey
from macla.models.requests import Abstraction, Span

_KIND = re.compile(r"<(.+?)(?: \d+)?>")


def answer(trace: Trace) -> int | None:
    """Return the step of the last accepted command of a successful trace that was put together from parts."""
    return last_composed(trace) if trace.trajectory.success else None


def first_answer(trace: Trace) -> int | None:
    """Return the step of the answer where it was the first accepted command that was put together from parts."""
    found = _composed(trace)
    return found[0] if trace.trajectory.success and len(found) == 1 else None


def last_composed(trace: Trace) -> int | None:
    """Return the step of the last accepted command that was put together from parts."""
    found = _composed(trace)
    return found[-1] if found else None


def _composed(trace: Trace) -> list[int]:
    """Return the steps of all accepted commands that were put together from parts."""
    return [index for index, step in enumerate(trace.steps) if step.accepted and step.parts]


def slots_of(trace: Trace, commands: list[Command]) -> dict[str, str]:
    """Return {entity: slot}: ``<kind>`` for the first entity of a kind, ``<kind 2>`` for the second …"""
    slots: dict[str, str] = {}
    counts: dict[str, int] = {}
    for command in commands:
        for entity in command.arguments:
            if entity not in slots:
                kind = trace.kinds.get(entity, "new")
                counts[kind] = counts.get(kind, 0) + 1
                slots[entity] = f"<{kind}>" if counts[kind] == 1 else f"<{kind} {counts[kind]}>"
    return slots


def kind_of(slot: str) -> str:
    """Return the kind of entity that a slot stands for."""
    match = _KIND.fullmatch(slot)
    return match[1] if match else ""


def key_of(trace: Trace, command: Command) -> StepKey:
    """Return a command with slots for its arguments."""
    slots = slots_of(trace, [command])
    return StepKey(command.verb, tuple(slots[entity] for entity in command.arguments))


def decider(traces: list[Trace]) -> Decider:
    """Return what tells, from the situations of the exemplary ones among ``traces``, which command comes next.

    All commands put together from parts count as one; of each trace only the last, which answered the task, and that
    not where others had been tried in vain before: what is done after one that says something is to go on.
    """
    steps = [
        (step.general, COMPOSED if step.parts else key_of(trace, step.command))
        for trace in traces
        if trace.outline and trace.exemplary
        for index, step in enumerate(trace.steps)
        if step.accepted and step.command is not None and (not step.parts or index == first_answer(trace))
    ]
    return decide([situation for situation, _ in steps], [key for _, key in steps])


def segment(trace: Trace, span: Span, reply: Abstraction, decides: Decider) -> tuple[Segment, dict[str, str]]:
    """Return the abstracted segment of a span and the kinds of its slots."""
    kept = [span.start + k for k in sorted({*reply.keep}) if 0 <= k < span.end - span.start]
    indices = [k for k in kept if trace.steps[k].accepted and trace.steps[k].command is not None] + [span.end]
    commands = [command for k in indices if (command := trace.steps[k].command) is not None]
    slots = slots_of(trace, commands)
    keys = [StepKey(command.verb, tuple(slots[entity] for entity in command.arguments)) for command in commands]
    first = indices[0]  # what was refused before it changed the situation that decided
    path = decides.path(trace.steps[first].general)
    general = decides.general(keys[-1])
    revealers = {entity: its for k in indices for entity, its in trace.steps[k].revealers.items()}
    return Segment(
        goal=trace.steps[first].outline if general else trace.steps[first].goal,
        milestone=keys[-1],
        steps=tuple(SegmentStep(key=key, known=()) for key in keys[:-1]),
        before=(),
        at_milestone=(),
        after=(),
        slots=tuple(
            SegmentSlot(name=slot, holder_of=tuple(s for e, s in slots.items() if entity in revealers.get(e, ())))
            for entity, slot in sorted(slots.items(), key=lambda item: item[1])
        ),
        holding=path.holding,
        lacking=path.lacking,
    ), {slot: kind_of(slot) for slot in slots.values()}
