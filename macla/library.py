"""MACLA as a library: what ``import macla`` offers. The commands of the command line call the same functions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from macla.benchmarks.splits import DEFAULT
from macla.config import compose
from macla.errors import UserError, of_system
from macla.methods.base import Learned
from macla.methods.run import read_run
from macla.methods.stored import SUMMARY, read, read_build
from macla.reports import frames
from macla.reports.catalogue import Catalogue, catalogue, find_entry
from macla.reports.console import rates
from macla.reports.listing import find_runs
from macla.reports.markdown import entry_page, memory_page
from macla.reports.viewer.memories import called
from macla.runs.build import build_memory
from macla.runs.builds import named, resolve
from macla.runs.evaluate import check_played
from macla.runs.evaluate import evaluate as play_split
from macla.runs.inspect import load_alone

if TYPE_CHECKING:
    import pandas as pd

Folder = str | PathLike[str]
"""A path of a folder."""


@dataclass(frozen=True, repr=False)
class Memory:
    """A memory directory.

    Example:
        ::

            memory = macla.load_memory("runs/memory/toy-…")
            memory.procedures().sort_values("mean", ascending=False)
    """

    path: Path
    """Its folder: ``--memory`` of ``macla eval``."""
    summary: Mapping[str, Any]
    """The figures of its build (``summary.json``); empty where that file is gone."""

    @cached_property
    def learned(self) -> Learned:
        """The memory itself, as an agent would act with it."""
        return load_alone(self.path)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What it holds: its figures, and every procedure with its evidence and where it comes from."""
        return catalogue(called(self.path), read(self.path), self.learned)

    def procedures(self) -> "pd.DataFrame":
        """Return one row a procedure or meta-procedure.

        Returns:
            Columns id, kind, goal (the commonest pattern), goals, preconditions, steps, postconditions (tuples of
            texts), support, successes, failures, mean (α/(α+β)), low, high (95 % of the posterior), sources (tasks).
            No rows where the method has no procedures: :meth:`describe` tells of those.
        """
        return frames.procedures(self.catalogue.entries)

    def describe(self, item: str | None = None) -> list[str]:
        """Return what it holds in words, as ``macla memory show`` prints it.

        Args:
            item: Id of one item, to have it in full; None: all of them, a line each.

        Returns:
            The lines.

        Raises:
            UserError: Nothing of it is called so.
        """
        return list(self.learned.describe(item))

    def markdown(self, item: str | None = None) -> str:
        """Return it as a page, as ``macla memory show --markdown`` prints it.

        Args:
            item: Id of one procedure; None: the whole memory.

        Returns:
            The page in Markdown.

        Raises:
            UserError: No procedure is called so.
        """
        return memory_page(self.catalogue) if item is None else entry_page(find_entry(self.catalogue, item))

    def __repr__(self) -> str:
        """Return what it is and where."""
        return f"<macla.Memory {self.path}>"


@dataclass(frozen=True, repr=False)
class Evaluation:
    """A finished evaluation.

    Example:
        ::

            run = macla.evaluate("env=toy")
            print(run.solved, "of", run.scored, run.interval)
            run.episodes().groupby("type").success.mean()
    """

    path: Path
    """Its folder."""
    summary: Mapping[str, Any]
    """All its figures (``summary.json``), as ``docs/measures.md`` explains them."""

    @property
    def solved(self) -> int:
        """How many tasks succeeded: n of n/N."""
        return int(self.summary["n_success"])

    @property
    def scored(self) -> int:
        """How many tasks were played and scored: N of n/N."""
        return int(self.summary["n_scored"])

    @property
    def success(self) -> float:
        """The success rate, from 0 to 1."""
        return float(self.summary["success_rate"])

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of it (Wilson), from 0 to 1."""
        low, high = self.summary["success_interval"]
        return float(low), float(high)

    def episodes(self) -> "pd.DataFrame":
        """Return one row an episode, as :func:`load_episodes` does."""
        return load_episodes(self)

    def check(self) -> None:
        """Raise what :func:`evaluate` raises when episodes are unscored, or a model gave no reply of any use."""
        check_played([self.summary])

    def __repr__(self) -> str:
        """Return the result in a line, as ``macla eval`` prints it, and where it lies."""
        return f"<macla.Evaluation {self.path}: {rates(self.summary)}>"


def build(*overrides: str, out: Folder | None = None) -> Memory:
    """Collect expert trajectories of the training tasks and learn a memory from them (``macla build-memory``).

    Args:
        *overrides: What is typed after the command, one text each: ``"env=toy"``, ``"build.limit=60"``.
        out: The folder to write; None: one under the folder of runs, named by the configuration.

    Returns:
        The memory.

    Raises:
        UserError: A mistake that can be mended, in the one line that the command prints.
        InfrastructureError: A server got lost, or a disk is full; the same call resumes.

    Example:
        ``memory = macla.build("env=toy", "build.limit=60", "seed=1")``
    """
    with _told():
        summary = build_memory(compose(_typed(overrides)), None if out is None else Path(out).absolute())
    return Memory(Path(summary["memory"]), summary)


def evaluate(
    *overrides: str, split: str = DEFAULT, memory: Memory | Folder | None = None, out: Folder | None = None
) -> Evaluation:
    """Play every task of a split with a frozen memory, or without one (``macla eval``).

    What was played before is not played again: the same call resumes, or returns at once.

    Args:
        *overrides: What is typed after the command, one text each: ``"env=toy"``, ``"runner.workers=2"``.
        split: ``"seen"``, ``"unseen"``, or the benchmark's own name.
        memory: A memory or its folder, or ``"none"``; None: the newest build of this configuration.
        out: The folder to write; None: one under the folder of runs, named by the configuration.

    Returns:
        The evaluation, every task of it scored.

    Raises:
        UserError: A mistake that can be mended, in the one line that the command prints.
        InfrastructureError: A server got lost, a disk is full, or episodes are unscored; the same call resumes.

    Example:
        ``alone = macla.evaluate("env=toy", split="unseen", memory="none")``
    """
    run = evaluated(overrides, split, memory, out)
    run.check()
    return run


def evaluated(overrides: Sequence[str], split: str, memory: Memory | Folder | None, out: Folder | None) -> Evaluation:
    """Do what :func:`evaluate` does, but for looking whether everything was scored (:meth:`Evaluation.check`)."""
    which = None if memory is None else str(memory.path if isinstance(memory, Memory) else memory)
    with _told():
        typed = named(_typed(overrides), which)
        config, folder = resolve(compose(typed), which, split, typed)
        summary = play_split(config, split, folder, None if out is None else Path(out).absolute())
    return Evaluation(Path(summary["run"]), summary)


def load_runs(folder: Folder | None = None) -> "pd.DataFrame":
    """Return the evaluations in a folder, one row a run (``macla runs``).

    Args:
        folder: Where to look, folders in it included; None: the folder of runs (``runs=``, ``$MACLA_RUNS``).

    Returns:
        Columns folder, name, env, split, memory, model, seed, mode, solved, scored, tasks, success, low, high (95 % of
        success), steps, trouble (why a folder does not read; empty for all others). What an unfinished run does not
        know is missing.

    Raises:
        UserError: There is no such folder.

    Example:
        ``macla.load_runs("runs").query("env == 'toy'")[["memory", "solved", "scored"]]``
    """
    with _told():
        return frames.listed(find_runs(compose([]).runs if folder is None else Path(folder)))


def load_episodes(run: Evaluation | Folder) -> "pd.DataFrame":
    """Return the episodes of an evaluation, one row an episode, in the order of the tasks.

    Args:
        run: An evaluation, or its folder.

    Returns:
        Columns task, type, split, instruction, goal, outcome, success, score, won_at, n_steps, rejected, decisions,
        executed (of procedures, by memory), model_calls, prompt_tokens, completion_tokens, seconds, error, and
        ``measure.NAME`` for the benchmark's own measures (shares).

    Raises:
        UserError: The folder holds no finished evaluation, or not what was written.

    Example:
        ``macla.load_episodes("runs/eval/toy-…").query("not success")[["task", "outcome", "n_steps"]]``
    """
    with _told():
        return frames.episodes(read_run(run.path if isinstance(run, Evaluation) else Path(run)))


def load_memory(folder: Folder) -> Memory:
    """Return a memory, read and compared with its checksums.

    Args:
        folder: The memory directory.

    Returns:
        The memory.

    Raises:
        UserError: It holds no memory, or one that was changed since it was written.

    Example:
        ``macla.load_memory("runs/memory/toy-…").procedures()``
    """
    path = Path(folder)
    with _told():
        memory = Memory(path, read_build(path) if (path / SUMMARY).exists() else {})
        _ = memory.learned
    return memory


def _typed(overrides: Sequence[str]) -> list[str]:
    """Return the overrides; UserError for what is no text, such as a list of them."""
    wrong = next((one for one in overrides if not isinstance(one, str)), None)
    if wrong is not None:
        raise UserError(f"{wrong!r} is no text; give overrides one by one: macla.build('env=toy', 'seed=1')")
    return list(overrides)


@contextmanager
def _told() -> Iterator[None]:
    """Raise what the system refuses (a full disk, a folder that may not be written to) as an error of ours."""
    try:
        yield
    except OSError as error:
        raise of_system(error) from error
