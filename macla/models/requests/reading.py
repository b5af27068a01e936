"""Reading an instruction: the kinds of things that it names, or the things themselves."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from macla.models.requests.base import Reply, Request


class WorkedReading(BaseModel):
    """An instruction of training, read: the job it asks for, with ``<0>``, ``<1>`` … for kinds of things, and these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    goal: str
    kinds: tuple[str, ...]


class TaskReading(Reply):
    """Which known job an instruction asks for, and the kinds of things it names, in the order of ``<0>``, ``<1>`` …"""

    job: str = ""
    """The goal of the worked example that asks for the same; empty where there are no examples."""
    kinds: tuple[str, ...]


class ParseTask(Request[TaskReading]):
    """Read an instruction: what job is it, with which kinds of things? Code makes the goal pattern of the answer."""

    purpose: ClassVar[str] = "parse_task"
    reply: ClassVar[type[Reply]] = TaskReading

    task: str
    mentioned: tuple[tuple[str, int, int], ...] = ()
    """Entities the adapter recognised in the instruction: (type, start, end)."""
    vocabulary: tuple[str, ...]
    """Kinds of entity known from training, then those that only the current observation shows; each sorted."""
    examples: tuple[WorkedReading, ...] = ()
    """From memory, one a job; the same for all instructions of a run."""
    near: tuple[str, ...] = ()
    """The kinds that the instruction spells, and those closest to words of it that memory never met (Eq 7); empty where
    there are no such words."""
    doubt: str = ""
    """What was implausible about the answer before."""

    @property
    def jobs(self) -> tuple[str, ...]:
        """The goals of the worked examples."""
        return tuple(dict.fromkeys(example.goal for example in self.examples))

    @property
    def places(self) -> tuple[int, ...]:
        """The numbers of the kinds that a job is done with, where all jobs take as many; else empty."""
        numbers = {len(example.kinds) for example in self.examples}
        return tuple(range(min(numbers))) if len(numbers) == 1 else ()

    @property
    def offered(self) -> tuple[str, ...]:
        """The kinds to choose from: a small model chooses badly among many."""
        return self.near or self.vocabulary


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
