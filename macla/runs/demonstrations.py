"""Collect the expert trajectories that a memory is built from: which tasks', and how well the experts do them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from macla.benchmarks.base import Benchmark, Task, lexicon_for
from macla.benchmarks.replaying import play
from macla.benchmarks.slips import Erring, Slips
from macla.benchmarks.trajectory import Trajectory
from macla.benchmarks.wording import shown_in_words
from macla.config import Config
from macla.errors import UserError
from macla.progress import Report
from macla.runs.assemble import make_wordings
from macla.runs.fitting import LeftOut
from macla.runs.given import REPEATED, read_given
from macla.runs.tasks import resample, sample


class Shown(NamedTuple):
    """What experts showed."""

    trajectories: list[Trajectory]
    wrong_steps: int
    """Steps that ``build.noise`` made wrong; those of a trajectory that is there twice count once."""
    left: tuple[LeftOut, ...] = ()
    """Trajectories of ``build.trajectories`` that fit no task."""


def collect(config: Config, benchmark: Benchmark, report: Report) -> Shown:
    """Return the trajectories of the tasks that ``build`` names, in the tasks' order.

    A task that a bootstrap sample holds twice is evidence twice: its trajectories are repeated, the second time as
    those of a task ``<id>#2``, so that whatever counts tasks counts two. UserError when the split has none.

    With ``build.trajectories`` they are those of that file which fit their tasks (:func:`macla.runs.given.read_given`).
    """
    build = config.build
    _check_split(build.split, config.env_name, benchmark)
    if build.trajectories is not None:
        fitting, left = read_given(config, benchmark, build.trajectories, report)
        return Shown(fitting, 0, tuple(left))
    found = drawn(config, benchmark)
    tasks, times = list(found), {task.id: number for task, number in found.items()}
    lexicon = lexicon_for(benchmark, language_model=False)  # experts err alike whatever model learns from them
    slips = Slips(build.noise, config.seed, benchmark.help, lexicon)
    trajectories, begun = list[Trajectory](), Counter[str]()
    wordings = make_wordings(config, benchmark)
    for trajectory in demonstrations(benchmark, tasks, config.seed, slips):
        begun[trajectory.task_id] += 1
        if build.per_task is None or begun[trajectory.task_id] <= build.per_task:
            trajectories += _repeated(shown_in_words(trajectory, wordings), times[trajectory.task_id])
        report("collecting expert trajectories of tasks", len(begun) - 1, len(tasks))
    report("collecting expert trajectories of tasks", len(tasks), len(tasks))
    if not trajectories:
        raise UserError(f"{config.env_name} has no expert trajectories in split {build.split}")
    return Shown(trajectories, slips.made)


def drawn(config: Config, benchmark: Benchmark) -> Counter[Task]:
    """Return the tasks that ``build`` names, in their order, with how often each was drawn; UserError for no split."""
    build = config.build
    _check_split(build.split, config.env_name, benchmark)
    draw = resample if build.resample else sample
    return Counter(draw(benchmark.tasks(build.split), build.limit, config.seed, "experts"))


def _check_split(split: str, env: str, benchmark: Benchmark) -> None:
    if split not in benchmark.splits():
        raise UserError(f"build.split={split}: {env} has {', '.join(benchmark.splits())}")


def _repeated(trajectory: Trajectory, times: int) -> Iterator[Trajectory]:
    yield trajectory
    for number in range(2, times + 1):
        yield trajectory.model_copy(update={"task_id": f"{trajectory.task_id}{REPEATED}{number}"})


def demonstrations(benchmark: Benchmark, tasks: Sequence[Task], seed: int, slips: Slips) -> Iterator[Trajectory]:
    """Yield the expert trajectories of ``tasks``, those steps wrong that ``slips`` says.

    Experts that look at where they are go on from wherever a wrong step led. Scripts are played again with the wrong
    commands in between, and go on; how they end is the environment's word.
    """
    if not slips.share:
        yield from benchmark.experts(tasks, seed=seed)
    elif isinstance(benchmark, Erring):
        yield from benchmark.erring_experts(tasks, seed=seed, slips=slips)
    else:
        known = {task.id: task for task in tasks}
        for shown in benchmark.experts(tasks, seed=seed):
            task, actions = known[shown.task_id], [step.action for step in shown.steps]
            yield play(benchmark.make(task, seed=seed), task, actions, shown.source, slips)
