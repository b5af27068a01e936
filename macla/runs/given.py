"""Trajectories from a file (``build.trajectories``) in the place of the benchmark's experts."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.splits import split_named
from macla.benchmarks.trajectory import Trajectory, read_trajectories
from macla.benchmarks.wording import shown_in_words
from macla.config import Config
from macla.errors import UserError
from macla.mistakes import NEAR
from macla.progress import Report
from macla.runs.assemble import make_wordings
from macla.runs.fitting import LeftOut, carried_out, difference, same
from macla.runs.tasks import sample

REPEATED = "#"
"""Parts the id of a task from the number of its repetition in a bootstrap sample."""


def read_given(
    config: Config, benchmark: Benchmark, file: Path, report: Report
) -> tuple[list[Trajectory], list[LeftOut]]:
    """Return the trajectories of a file that fit the tasks that they name, in its order, and what was left out.

    A file that a build wrote gives the same memory again. ``build.limit`` draws from the tasks that the file names.
    UserError when the file is none of ours, or when nothing in it fits.
    """
    build = config.build
    names = ("noise", "resample", "attempts", "per_task")
    chosen = {name: getattr(build, name) for name in names}
    if key := next((f"build.{name}" for name, value in chosen.items() if value), ""):
        raise UserError(f"{key} goes with experts, and build.trajectories={file} replaces them; leave one out")
    trajectories = _read(file)
    split = split_named(benchmark, config.build.split)
    tasks = {task.id: task for task in benchmark.tasks(split)}
    named = [Task(name, split) for name in dict.fromkeys(shown.task_id for shown in trajectories)]
    drawn = {task.id for task in sample(named, config.build.limit, config.seed, "experts")}
    check = _Check(benchmark, tasks, split, make_wordings(config, benchmark))
    fitting, left = list[Trajectory](), list[LeftOut]()
    for line, shown in enumerate(trajectories, 1):
        report("checking trajectories", line, len(trajectories))
        if shown.task_id not in drawn:
            continue
        try:
            fitting.append(check.fitted(shown))
        except UserError as error:
            left.append(LeftOut(line, shown.task_id, str(error)))
    if not fitting:
        raise UserError(f"{file} has no trajectory that fits its task: {len(left)} do not, the first: {left[0].reason}")
    return fitting, left


def _read(file: Path) -> list[Trajectory]:
    try:
        trajectories = list(read_trajectories(file))
    except UserError as error:
        raise UserError(
            f"{error}; build.trajectories takes the trajectories.jsonl of a memory, and others' recordings after "
            f"macla convert {file}"
        ) from None
    if not trajectories:
        raise UserError(f"{file} is empty: it holds no trajectory")
    return trajectories


class _Check:
    """Compares trajectories with the tasks that they name."""

    def __init__(
        self, benchmark: Benchmark, tasks: Mapping[str, Task], split: str, wordings: Mapping[str, str]
    ) -> None:
        self._benchmark, self._tasks, self._split, self._wordings = benchmark, tasks, split, wordings

    def fitted(self, shown: Trajectory) -> Trajectory:
        """Return the trajectory, in the user's words where its task has some; UserError when it does not fit."""
        task = self._tasks.get(shown.task_id.partition(REPEATED)[0])
        if task is None:
            raise UserError(self._unknown(shown.task_id))
        observations = [step.observation for step in shown.steps]
        played = carried_out(self._benchmark, task, [step.action for step in shown.steps], observations, shown.source)
        ours = played.trajectory.model_copy(update={"task_id": shown.task_id})
        worded = shown_in_words(ours.model_copy(update={"task_id": task.id}), self._wordings)
        if shown.task == worded.task:
            ours = worded
        elif shown.task != ours.task:
            raise UserError(f"task {task.id} asks for something else: {ours.task}")
        self._compare(shown, ours)
        in_words = shown_in_words(shown.model_copy(update={"task_id": task.id}), self._wordings)
        return in_words.model_copy(update={"task_id": shown.task_id})

    def _unknown(self, task: str) -> str:
        """Return why there is no such task to learn from."""
        try:
            other = self._benchmark.find(task)
        except UserError:
            near = get_close_matches(task, self._tasks, 1, NEAR)
            return f"there is no task {task}" + (f"; is it {near[0]}?" if near else "")
        return f"task {other.id} is of split {other.split}, not of build.split={self._split}"

    def _compare(self, shown: Trajectory, ours: Trajectory) -> None:
        """Raise UserError where a trajectory goes otherwise here."""
        if not same(self._benchmark, shown.first_observation, ours.first_observation):
            raise UserError(difference(0, shown.first_observation, ours.first_observation))
        for number, (theirs, own) in enumerate(zip(shown.steps, ours.steps, strict=False), 1):
            if not same(self._benchmark, theirs.observation, own.observation):
                raise UserError(difference(number, theirs.observation, own.observation))
        if len(shown.steps) > len(ours.steps):
            raise UserError(f"it goes on after step {len(ours.steps)}, with which the episode ends here")
        if shown.success != ours.success:
            raise UserError(f"it is recorded as {shown.outcome.value}, and ends in {ours.outcome.value} here")
