"""Reading an instruction: the job and the kinds of things that it names, or the things themselves."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from macla.models.requests.acting import Grounding
from macla.models.requests.base import Reply, Request


class WorkedReading(BaseModel):
    """An instruction of training, read: the job it asks for, with ``<0>``, ``<1>`` … for kinds of things, and these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    goal: str
    kinds: tuple[str, ...]


class TaskReading(Reply):
    """The kinds of things that an instruction names, in its order."""

    kinds: tuple[str, ...]


class ParseTask(Request[TaskReading]):
    """Read an instruction of training, whose words are the world's own: which kinds of things does it name?

    Code makes the goal pattern of the answer.
    """

    purpose: ClassVar[str] = "parse_task"
    reply: ClassVar[type[Reply]] = TaskReading

    task: str
    mentioned: tuple[tuple[str, int, int], ...] = ()
    """Entities the adapter recognised in the instruction: (type, start, end)."""
    vocabulary: tuple[str, ...]
    """Kinds of entity known from training, then those that only the current observation shows; each sorted."""


class Names(Reply):
    """What an instruction calls the things it speaks of, in the order of ``<0>``, ``<1>`` … of the jobs it is like."""

    things: tuple[str, ...]
    """A small model that is asked for "names" goes on with "description"."""


class NameThings(Request[Names]):
    """Copy out of an instruction, in whatever words, what it calls the things it speaks of."""

    purpose: ClassVar[str] = "name_things"
    reply: ClassVar[type[Reply]] = Names

    task: str
    examples: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """From memory: an instruction of each job with the names in it; the same for all instructions of a run."""
    doubt: str = ""
    """What was implausible about the answer before."""

    @property
    def places(self) -> tuple[int, ...]:
        """The numbers of the kinds that a job is done with, where all jobs take as many; else empty."""
        numbers = {len(names) for _, names in self.examples}
        return tuple(range(min(numbers))) if len(numbers) == 1 else ()


class ChooseKind(Request[Grounding]):
    """Choose the kind of thing that an instruction calls by another name."""

    purpose: ClassVar[str] = "choose_kind"
    reply: ClassVar[type[Reply]] = Grounding

    task: str
    name: str
    candidates: tuple[str, ...]
    """Kinds, the one that memory finds closest first (Eq 7)."""


class ChooseJob(Request[Grounding]):
    """Choose the job of training that an instruction asks for in other words."""

    purpose: ClassVar[str] = "choose_job"
    reply: ClassVar[type[Reply]] = Grounding

    task: str
    candidates: tuple[str, ...]
    """Jobs with the names of the instruction in their places, the one that memory finds closest first."""


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
    about: tuple[str, ...] = ()
    """Things that the answer names and that can be looked at, by which the place is known again, such as tables."""


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
