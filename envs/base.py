"""The contract between the harness and a benchmark: Task, TaskEnv, Benchmark."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import gymnasium
from pydantic import BaseModel

from macla.lexicon import Lexicon
from macla.trajectory import Trajectory

JSON = Any
"""A value that ``json.dumps`` accepts."""


@dataclass(frozen=True)
class Task:
    """One problem of a benchmark. ``payload`` is the adapter's own and never reaches the agent."""

    id: str
    """Unique within the benchmark, stable across runs and machines."""
    split: str
    type: str = ""
    payload: Any = field(default=None, repr=False, compare=False)


class TaskEnv(gymnasium.Env[str, str]):
    """One episode of one task over strings.

    ``reset(seed=…)`` returns the first observation and ``info``; ``info["task"]`` is the instruction.
    ``step`` returns (observation, reward, terminated, truncated, info). ``info`` holds exactly
    ``task``, ``task_type``, ``success`` (bool) and ``score`` (float in [0, 1]), plus keys an adapter documents
    for reports; the runner, not the agent, reads them. Benchmarks with several official figures add ``measures`` =
    {name: (reached, of how much)}, so far; a table shows them in columns ``measure.NAME``. An adapter whose protocol
    shows the agent something else than the official log may add ``official`` = {``observation``, ``reward``}: what
    ``macla replay`` then compares. An action that is not understood costs a step and never raises. A broken engine or
    server raises :class:`macla.errors.InfrastructureError`.
    """


class Benchmark(Protocol):
    """A benchmark as the harness sees it. Creating one is cheap; data is read on first use."""

    name: ClassVar[str]
    Options: ClassVar[type[BaseModel]]
    """The adapter's part of the configuration (``env.*``), with ``extra="forbid"``."""
    lexicon: Lexicon
    horizon: int
    """Step limit in primitive actions."""
    help: str
    """The action grammar in words, for zero-shot prompts."""
    example: str
    """One fixed worked example, for zero-shot prompts."""

    def check(self) -> None:
        """Raise :class:`macla.errors.UserError` (one line, with the remedy) when data or a server is missing."""
        ...

    def splits(self) -> tuple[str, ...]:
        """Return the split names, ``train`` first."""
        ...

    def tasks(self, split: str) -> list[Task]:
        """Return the tasks of a split in a fixed order."""
        ...

    def find(self, reference: str | int) -> Task:
        """Return the task that a recording names (the benchmark's own numbering); UserError when unknown."""
        ...

    def make(self, task: Task, *, seed: int) -> TaskEnv:
        """Return a fresh environment for ``task``; ``seed`` feeds whatever is random in it."""
        ...

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield expert trajectories (successes and failures, labelled) of ``tasks``, in their order.

        A task may have none, or several. Raises UserError for a task whose split has no experts.
        """
        ...

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether a recorded observation equals ours (masking what the official code draws at random)."""
        ...

    def identity(self) -> Mapping[str, JSON]:
        """Return what a table's footer must name: data (official or generated) and its hash, engine,
        package versions, action grammar, counts per split."""
        ...
