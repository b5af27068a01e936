"""Training tasks as worked examples: what their instructions name, and the statement that answered them.

Cloning itself has no use for them; a language model that acts with the same memory is shown some.
"""

from collections.abc import Iterable
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
    found: dict[str, WorkedTask] = {}
    for trace in traces:
        task, last = trace.trajectory.task, answer(trace)
        if trace.exemplary and task not in found:
            things = tuple(Thing(kind=kind, name=name) for name, kind in reader.read(task).types)
            said = trace.steps[last].action if last is not None else ""
            found[task] = WorkedTask(task=task, things=things, answer=said)
    return tuple(found.values())
