"""What a benchmark is to the harness: Task, TaskEnv, Benchmark. What it may offer besides is in ``optional.py``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

import gymnasium
from pydantic import BaseModel, Field

from macla.benchmarks.lexicon import Lexicon
from macla.benchmarks.optional import CallReader as CallReader
from macla.benchmarks.optional import DataChecker as DataChecker
from macla.benchmarks.optional import DataKeeper as DataKeeper
from macla.benchmarks.optional import Demonstrated as Demonstrated
from macla.benchmarks.optional import EngineBench as EngineBench
from macla.benchmarks.optional import RecordingFinder as RecordingFinder
from macla.benchmarks.optional import RecordingReader as RecordingReader
from macla.benchmarks.optional import Scorer as Scorer
from macla.benchmarks.optional import SelfChecking as SelfChecking
from macla.benchmarks.optional import SpeedBench as SpeedBench
from macla.benchmarks.trajectory import Trajectory

JSON = Any
"""A value that ``json.dumps`` accepts."""
TRAIN = "train"
"""The split that memories learn from; options of evaluation leave it alone."""
OF_EVALUATION = "of_evaluation"


def of_evaluation(default: Any, description: str) -> Any:
    """Return the field of an option that changes tasks outside ``train`` alone.

    Args:
        default: Its default.
        description: What it does, for ``macla config --explain env``.

    Returns:
        A pydantic field.

    Example:
        ``reworded: float = of_evaluation(0.0, "share of tasks in other words")``
    """
    return Field(default, description=description, json_schema_extra={OF_EVALUATION: True})


def options_of_evaluation(options: type[BaseModel]) -> Mapping[str, Any]:
    """Return those options of a benchmark that are :func:`of_evaluation`, each with its default."""
    extras = {name: field.json_schema_extra for name, field in options.model_fields.items()}
    named = [name for name, extra in extras.items() if isinstance(extra, dict) and OF_EVALUATION in extra]
    return {name: options.model_fields[name].default for name in named}


@dataclass(frozen=True)
class Task:
    """One problem of a benchmark. ``payload`` is the adapter's own and never reaches the agent.

    Example:
        ``Task("unseen-red", "unseen", type="red", payload=room)``
    """

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

    Example:
        An episode by hand::

            env = benchmark.make(task, seed=0)
            observation, info = env.reset(seed=0)
            observation, reward, terminated, truncated, info = env.step("go to shelf 1")
            env.close()
    """


class Benchmark(Protocol):
    """A benchmark as the harness sees it. Creating one is cheap; data is read on first use.

    Example:
        ``envs/toy/benchmark.py`` is the template, ``docs/cookbook.md`` has one of a page. By hand::

            benchmark = Toy(ToyOptions(n_train=8))
            trajectories = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    """

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
        """See whether everything is there that a run needs; called before any work.

        Raises:
            UserError: Data or a server is missing: one line, with the remedy.
        """
        ...

    def splits(self) -> tuple[str, ...]:
        """Return the split names, ``train`` first.

        Returns:
            The benchmark's own names; ``seen`` and ``unseen`` are understood besides (``macla/benchmarks/splits.py``).
        """
        ...

    def tasks(self, split: str) -> list[Task]:
        """Return the tasks of a split in a fixed order.

        Args:
            split: One of :meth:`splits`.

        Returns:
            The same tasks in the same order on every machine.

        Raises:
            UserError: There is no such split, or its data do not read.
        """
        ...

    def find(self, reference: str | int) -> Task:
        """Return the task that a recording names.

        Args:
            reference: An id, or the benchmark's own numbering.

        Returns:
            The task, of any split.

        Raises:
            UserError: No task is called so.
        """
        ...

    def make(self, task: Task, *, seed: int) -> TaskEnv:
        """Return a fresh environment for a task.

        Args:
            task: One of :meth:`tasks`.
            seed: Feeds whatever is random in it.

        Returns:
            An environment that was not reset yet; the harness closes it.

        Raises:
            InfrastructureError: The engine or the server is broken or out of reach.
        """
        ...

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield expert trajectories (successes and failures, labelled) of ``tasks``, in their order.

        Args:
            tasks: Of a split with experts; ``train`` has some.
            seed: Feeds whatever is random in experts.

        Yields:
            Trajectories; a task may have none, or several.

        Raises:
            UserError: A task is of a split that has no experts.
        """
        ...

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether a recorded observation equals ours (masking what the official code draws at random).

        Args:
            recorded: As it stands in the recording.
            ours: As our environment said it.

        Returns:
            Whether ``macla replay`` counts the two as equal.
        """
        ...

    def identity(self) -> Mapping[str, JSON]:
        """Return what a table's footer must name.

        Returns:
            Data (official or generated) and its hash, engine, package versions, action grammar, ``counts`` per split;
            ``incomplete`` where splits lack tasks, in words. It is part of every fingerprint.
        """
        ...


@runtime_checkable
class ReadsRequests(Protocol):
    """A benchmark whose instructions name the things themselves, with a reader of them for a model without language.

    Example:
        ::

            def reading_lexicon(self) -> Lexicon:
                from mybenchmark.reader import ReadingLexicon
                return ReadingLexicon()
    """

    def reading_lexicon(self) -> Lexicon:
        """Return the lexicon with the reader of instructions in it.

        Returns:
            A lexicon whose ``mentions`` also finds what an instruction names; never used when a language model answers.
        """
        ...


def lexicon_for(benchmark: Benchmark, *, language_model: bool) -> Lexicon:
    """Return the lexicon that a model is lent: a language model reads instructions itself.

    Args:
        benchmark: Whose text is read.
        language_model: Whether the model is one (``model.is_language_model``).

    Returns:
        The benchmark's lexicon, or the one with a reader of instructions.
    """
    if language_model or not isinstance(benchmark, ReadsRequests):
        return benchmark.lexicon
    return benchmark.reading_lexicon()
