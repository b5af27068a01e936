"""What a benchmark is to the harness: Task, TaskEnv, Benchmark, and what it may offer besides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import gymnasium
from pydantic import BaseModel, Field

from macla.benchmarks.lexicon import Lexicon
from macla.benchmarks.trajectory import Trajectory

JSON = Any
"""A value that ``json.dumps`` accepts."""
TRAIN = "train"
"""The split that memories learn from; options of evaluation leave it alone."""
OF_EVALUATION = "of_evaluation"


def of_evaluation(default: Any, description: str) -> Any:
    """Return the field of an option that changes tasks outside ``train`` alone."""
    return Field(default, description=description, json_schema_extra={OF_EVALUATION: True})


def options_of_evaluation(options: type[BaseModel]) -> Mapping[str, Any]:
    """Return those options of a benchmark that are :func:`of_evaluation`, each with its default."""
    extras = {name: field.json_schema_extra for name, field in options.model_fields.items()}
    named = [name for name, extra in extras.items() if isinstance(extra, dict) and OF_EVALUATION in extra]
    return {name: options.model_fields[name].default for name in named}


@dataclass(frozen=True)
class Task:
    """One problem of a benchmark. ``payload`` is the adapter's own and never reaches the agent."""

    id: str
    """Unique within the benchmark, stable across runs and machines."""
    split: str
    type: str = ""
    payload: Any = field(default=None, repr=False, compare=False)
    changed: bool = False
    """Whether the world has changed since training (``env.drift``). Online evaluation plays these tasks last."""


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
    """The adapter's part of the configuration (``env.*``), with ``extra="forbid"``. Options that change tasks outside
    ``train`` alone are :func:`of_evaluation`: no memory that learned from ``train`` depends on them."""
    lexicon: Lexicon
    """How observations are read and actions written; where instructions name things, see :class:`ReadsRequests`."""
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
        package versions, action grammar, counts per split; ``incomplete`` where splits lack tasks, in words."""
        ...


@runtime_checkable
class ReadsRequests(Protocol):
    """A benchmark whose instructions name the things themselves, with a reader of them for a model without language."""

    def reading_lexicon(self) -> Lexicon:
        """Return the lexicon with the reader of instructions in it; never used when a language model answers."""
        ...


def lexicon_for(benchmark: Benchmark, *, language_model: bool) -> Lexicon:
    """Return the lexicon that a model is lent: a language model reads instructions itself."""
    if language_model or not isinstance(benchmark, ReadsRequests):
        return benchmark.lexicon
    return benchmark.reading_lexicon()


@runtime_checkable
class DataChecker(Protocol):
    """A benchmark that can check its data."""

    def check_data(self) -> list[str]:
        """Read every file, compare with the official counts and return lines to print; UserError when one is broken."""
        ...


@runtime_checkable
class DataKeeper(DataChecker, Protocol):
    """A benchmark that can also generate and download its data; each returns lines to print."""

    def generate_data(self, count: int, out: Path | None, report: Callable[[str, int, int], None]) -> list[str]:
        """Generate ``count`` training tasks and the default numbers of others."""
        ...

    def download_data(self, out: Path | None, report: Callable[[str, int, int], None]) -> list[str]:
        """Fetch the official data."""
        ...


@runtime_checkable
class RecordingReader(Protocol):
    """A benchmark that reads recordings of its tasks as others made them."""

    def find(self, reference: str | int) -> Task:
        """Return the task that a recording names; UserError when unknown."""
        ...

    def comparable(self, instruction: str) -> str:
        """Return the instruction, or a text that holds it, without what is drawn anew every time."""
        ...

    def command(self, action: str) -> str:
        """Return a recorded action as our environment takes it."""
        ...


@runtime_checkable
class RecordingFinder(RecordingReader, Protocol):
    """A benchmark that finds the task of a recording that does not name it, by how the recording begins."""

    def opening_alike(self, reference: str | int, beginning: str) -> list[Task]:
        """Return the tasks, at least one, sorted by id, whose first observation and instruction ``beginning`` holds.

        UserError when there is none, or when ``reference`` names a task, which then is one of other data.
        """
        ...

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether a recorded observation equals ours: of several tasks that of the most equal ones is taken."""
        ...


@runtime_checkable
class CallReader(Protocol):
    """A benchmark that knows more commands in recordings than ``help`` shows, where they are calls of functions."""

    def forms(self) -> str:
        """Return the commands, one a line, with a hole (``{object}``) for every argument."""
        ...


@runtime_checkable
class Demonstrated(Protocol):
    """A benchmark whose demonstrations were not given in the environment that ``make`` returns: by luck, or by rule."""

    def demonstrated(self, task: Task, observations: Sequence[str]) -> TaskEnv:
        """Return the environment in which ``task`` was demonstrated, its luck as the ``observations`` tell."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """A benchmark that can score answers without an episode."""

    def score(self, plans: Path, out: Path) -> dict[str, Any]:
        """Write verdicts and aggregates of ``plans`` to ``out`` and return the aggregates."""
        ...


@runtime_checkable
class SelfChecking(Protocol):
    """A benchmark that can check itself quickly, e.g. that its engines agree."""

    def self_check(self) -> str:
        """Return what was checked; InfrastructureError when the check fails."""
        ...


@runtime_checkable
class EngineBench(Protocol):
    """A benchmark with more than one engine."""

    def bench_engines(self, games: int, steps: int, seed: int) -> dict[str, Any]:
        """Return speeds of the engines on the same walks, their ratio and the mismatches."""
        ...

    def check_parity(
        self, games: int, steps: int, seed: int, report: Callable[[str, int, int], None]
    ) -> dict[str, Any]:
        """Return {games, steps, mismatches, first_differences} of lock-step walks on both engines."""
        ...
