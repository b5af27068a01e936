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
    for trace in traces:
        if trace.exemplary:
            exemplary.setdefault(trace.trajectory.task, trace)
    named = {task: reader.read(task).types for task in exemplary}
    nameable = {kind for types in named.values() for _, kind in types}
    return tuple(
        WorkedTask(
            task=task,
            things=tuple(Thing(kind=kind, name=name) for name, kind in named[task]),
            answer=trace.steps[last].action if (last := answer(trace)) is not None else "",
            about=_about(trace, last, nameable),
        )
        for task, trace in exemplary.items()
    )


def _about(trace: Trace, last: int | None, nameable: AbstractSet[str]) -> tuple[str, ...]:
    """Return the things of the world that the answer names: those of kinds that no instruction names."""
    command = trace.steps[last].command if last is not None else None
    arguments = dict.fromkeys(command.arguments if command is not None else ())
    return tuple(name for name in arguments if trace.kinds.get(name) not in (None, *nameable))
