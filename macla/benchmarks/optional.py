"""What a benchmark may offer besides: checks of its data, generators, recordings, scores, engines, speeds."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from macla.benchmarks.base import Task, TaskEnv
    from macla.benchmarks.speeds import Skipped, Speed


@runtime_checkable
class DataChecker(Protocol):
    """A benchmark that can check its data (``macla data NAME --check``).

    Example:
        ``return ["train: 120 tasks, as many as there should be"]``
    """

    def check_data(self) -> list[str]:
        """Read every file and compare with the official counts.

        Returns:
            Lines to print.

        Raises:
            UserError: A file is missing or broken.
        """
        ...


@runtime_checkable
class DataKeeper(DataChecker, Protocol):
    """A benchmark that can also generate and download its data (``macla data NAME --generate N``, ``--download``).

    Example:
        Games are generated from floor plans, and the official ones are fetched.
    """

    def generate_data(self, count: int, out: Path | None, report: Callable[[str, int, int], None]) -> list[str]:
        """Generate ``count`` training tasks and the default numbers of others.

        Args:
            count: Training tasks.
            out: Folder for them; None for the usual place.
            report: Called with (stage, done, total).

        Returns:
            Lines to print.

        Raises:
            UserError: They cannot be generated there.
        """
        ...

    def download_data(self, out: Path | None, report: Callable[[str, int, int], None]) -> list[str]:
        """Fetch the official data.

        Args:
            out: Folder for them; None for the usual place.
            report: Called with (stage, done, total).

        Returns:
            Lines to print.

        Raises:
            UserError: They cannot be fetched, or are not what they should be.
        """
        ...


@runtime_checkable
class RecordingReader(Protocol):
    """A benchmark that reads recordings of its tasks as others made them (``macla replay``, ``env.recordings``).

    Example:
        A benchmark whose recordings write commands in capitals: ``def command(self, action): return action.lower()``
    """

    def find(self, reference: str | int) -> "Task":
        """Return the task that a recording names.

        Args:
            reference: An id, or the benchmark's own numbering.

        Returns:
            The task.

        Raises:
            UserError: No task is called so.
        """
        ...

    def comparable(self, instruction: str) -> str:
        """Return the instruction, or a text that holds it, without what is drawn anew every time.

        Args:
            instruction: As the recording or our environment has it.

        Returns:
            A text that is equal for equal tasks.
        """
        ...

    def command(self, action: str) -> str:
        """Return a recorded action as our environment takes it.

        Args:
            action: As it stands in the recording.

        Returns:
            The action to send.
        """
        ...


@runtime_checkable
class RecordingFinder(RecordingReader, Protocol):
    """A benchmark that finds the task of a recording that does not name it, by how the recording begins.

    Example:
        Games are told by their opening, and those that open alike by their answers.
    """

    def opening_alike(self, reference: str | int, beginning: str) -> "list[Task]":
        """Return the tasks whose first observation and instruction ``beginning`` holds.

        Args:
            reference: What the recording calls its task.
            beginning: How the recording begins.

        Returns:
            At least one task, sorted by id.

        Raises:
            UserError: There is none, or ``reference`` names a task, which then is one of other data.
        """
        ...

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether a recorded observation equals ours: of several tasks that of the most equal ones is taken.

        Args:
            recorded: As it stands in the recording.
            ours: As our environment said it.

        Returns:
            Whether the two count as equal.
        """
        ...


@runtime_checkable
class CallReader(Protocol):
    """A benchmark that knows more commands in recordings than ``help`` shows, where they are calls of functions.

    Example:
        ``put_object(object="cup 1", place="shelf 1")`` is read by the form ``put {object} in {place}``.
    """

    def forms(self) -> str:
        """List the commands.

        Returns:
            One a line, with a hole (``{object}``) for every argument.
        """
        ...


@runtime_checkable
class Demonstrated(Protocol):
    """A benchmark whose demonstrations were not given in the environment that ``make`` returns: by luck, or by rule.

    Example:
        In the toy workshop firing succeeds by luck: the demonstration's luck is read off its observations.
    """

    def demonstrated(self, task: "Task", observations: Sequence[str]) -> "TaskEnv":
        """Make the environment of a demonstration.

        Args:
            task: The task that was demonstrated.
            observations: What the demonstration saw, in order.

        Returns:
            The environment, its luck as the observations tell.
        """
        ...


@runtime_checkable
class Scorer(Protocol):
    """A benchmark that can score answers without an episode (``macla score``).

    Example:
        ``macla score --env NAME plans.jsonl``
    """

    def score(self, plans: Path, out: Path) -> dict[str, Any]:
        """Score a file of answers.

        Args:
            plans: The answers.
            out: File for verdicts and aggregates.

        Returns:
            The aggregates.

        Raises:
            UserError: The file does not read, or names tasks that there are not.
        """
        ...


@runtime_checkable
class SelfChecking(Protocol):
    """A benchmark that can check itself quickly, e.g. that its engines agree (``macla doctor``).

    Example:
        ``return "engines agree on 20 steps of 2 games"``
    """

    def self_check(self) -> str:
        """Check it.

        Returns:
            What was checked, in a line.

        Raises:
            InfrastructureError: The check fails.
        """
        ...


@runtime_checkable
class EngineBench(Protocol):
    """A benchmark with more than one engine (``macla bench engines``, ``macla bench parity``).

    Example:
        ``macla bench parity --env NAME``
    """

    def bench_engines(self, games: int, steps: int, seed: int) -> dict[str, Any]:
        """Measure the engines on the same walks.

        Args:
            games: How many games are walked through.
            steps: Steps of each walk.
            seed: Feeds the walks.

        Returns:
            Speeds of the engines, their ratio and the mismatches.
        """
        ...

    def check_parity(
        self, games: int, steps: int, seed: int, report: Callable[[str, int, int], None]
    ) -> dict[str, Any]:
        """Walk through games on both engines in lock-step.

        Args:
            games: How many games are walked through.
            steps: Steps of each walk.
            seed: Feeds the walks.
            report: Called with (stage, done, total).

        Returns:
            ``games``, ``steps``, ``mismatches`` and ``first_differences``.
        """
        ...


@runtime_checkable
class SpeedBench(Protocol):
    """A benchmark that measures what it promises to be fast (``macla bench report``).

    Example:
        ``yield Speed("searches among 1,000 products", "queries", ours, "a plain loop", theirs)``
    """

    def bench_speeds(self) -> "Iterator[Speed | Skipped]":
        """Measure, one thing after the other, each beside its reference.

        Yields:
            A line of the report each; what cannot be measured here, with the reason.

        Raises:
            UserError: Data are missing; the report says so in a line.
        """
        ...
