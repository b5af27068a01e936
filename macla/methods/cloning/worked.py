"""Training tasks as worked examples: what their instructions name, and the statement that answered them.

Cloning itself has no use for them; a language model that acts with the same memory is shown some.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Literal

from macla.methods.cloning.segments import answer
from macla.methods.cloning.state import Cloned
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.events import MemoryEvent
from macla.methods.macla.memory.store import Memory
from macla.methods.reading import Reader
from macla.models.requests import Thing, WorkedTask


class TasksWorked(MemoryEvent):
    """Training tasks of one build, each instruction once."""

    event: Literal["tasks_worked"] = "tasks_worked"
    tasks: tuple[WorkedTask, ...]

    def apply(self, memory: Memory) -> None:
        """Add them."""
        memory.extension(Cloned).worked += self.tasks


def worked(traces: Iterable[Trace], reader: Reader) -> tuple[WorkedTask, ...]:
    """Return the exemplary tasks, with what the reader finds in their instructions; each instruction once."""
    exemplary: dict[str, Trace] = {}
    looked_at = set[str]()
    for trace in traces:
        looked_at |= _looked_at(trace)
        if trace.exemplary:
            exemplary.setdefault(trace.trajectory.task, trace)
    return tuple(
        WorkedTask(
            task=task,
            things=tuple(Thing(kind=kind, name=name) for name, kind in reader.read(task).types),
            answer=trace.steps[last].action if (last := answer(trace)) is not None else "",
            about=_about(trace, last, looked_at),
        )
        for task, trace in exemplary.items()
    )


def _looked_at(trace: Trace) -> set[str]:
    """Return the kinds of things that some command was about alone, as one that looks at a thing is."""
    commands = [step.command for step in trace.steps if step.accepted and step.command is not None]
    return {
        trace.kinds[one.arguments[0]] for one in commands if len(one.arguments) == 1 and one.arguments[0] in trace.kinds
    }


def _about(trace: Trace, last: int | None, looked_at: AbstractSet[str]) -> tuple[str, ...]:
    """Return the things that the answer names, of kinds that are looked at: those by which a place is known."""
    command = trace.steps[last].command if last is not None else None
    arguments = dict.fromkeys(command.arguments if command is not None else ())
    return tuple(name for name in arguments if trace.kinds.get(name) in looked_at)
