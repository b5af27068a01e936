"""Recorded episodes played again here: their tasks found, their actions as our commands, what is answered compared."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from macla.benchmarks.base import CallReader, RecordingFinder, RecordingReader, Task, TaskEnv
from macla.benchmarks.calls import spelled
from macla.benchmarks.recording import Recording, read_recordings
from macla.benchmarks.slips import Slips
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.errors import UserError
from macla.progress import note

SAMPLE = "build.split, build.limit and build.resample choose the sample"


def commands(recording: Recording, benchmark: object) -> list[str]:
    """Return the recorded actions as commands of ``benchmark``: calls spelled by its grammar, words by its adapter."""
    forms = benchmark.forms() if isinstance(benchmark, CallReader) else getattr(benchmark, "help", "")
    known = [spelled(action, forms) for action in recording.actions]
    return [benchmark.command(action) for action in known] if isinstance(benchmark, RecordingReader) else known


def same_instruction(recorded: str, ours: str, comparable: Callable[[str], str] = str) -> bool:
    """Whether a recorded text holds our instruction, blanks and case aside, both made ``comparable`` first."""
    return plain(comparable(ours)) in plain(comparable(recorded))


def plain(text: str) -> str:
    """Return a text in lower case, with single blanks, and without a full stop at its end."""
    return " ".join(text.casefold().split()).rstrip(" .")


def task_of(recording: Recording, benchmark: RecordingReader, *, make: Callable[[Task], TaskEnv], where: str) -> Task:
    """Return the task that a recording names or, if none is named so, the one that opens and answers as it does.

    Of several that open alike it is the one with the most equal observations, and of equally good ones the first,
    which a line says with ``where`` (file and line). UserError when there is none.
    """
    try:
        return benchmark.find(recording.reference)
    except UserError:
        if not isinstance(benchmark, RecordingFinder):
            raise
    alike = answering_alike(
        recording, benchmark, benchmark.opening_alike(recording.reference, recording.beginning), make=make
    )
    if len(alike) > 1:
        note(f"{where}: {len(alike)} tasks open and answer as this recording; it is taken as the first, {alike[0].id}")
    return alike[0]


class Matching(Protocol):
    """What compares observations: any benchmark."""

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether a recorded observation equals ours."""
        ...


def answering_alike(
    recording: Recording, benchmark: Matching, tasks: list[Task], *, make: Callable[[Task], TaskEnv]
) -> list[Task]:
    """Return those of ``tasks`` that give the most of a recording's observations."""
    if len(tasks) < 2:
        return tasks
    equal = [_equal_observations(recording, benchmark, task, make(task)) for task in tasks]
    return [task for task, count in zip(tasks, equal, strict=True) if count == max(equal)]


def _equal_observations(recording: Recording, benchmark: Matching, task: Task, env: TaskEnv) -> int:
    """Return how many recorded observations ``task`` gives, too; whether the opening is among them is tried out."""
    trajectory = play(env, task, commands(recording, benchmark), "recorded")
    ours = [trajectory.first_observation, *(step.observation for step in trajectory.steps)]
    recorded = recording.observations or []

    def equal(shown: list[str]) -> int:
        pairs = zip(recorded, shown, strict=False)  # an episode of ours may end sooner
        return sum(theirs is not None and benchmark.observations_match(theirs, own) for theirs, own in pairs)

    return max(equal(ours), equal(ours[1:]))


def replayed(
    path: Path, tasks: Iterable[Task], benchmark: RecordingReader, *, make: Callable[[Task], TaskEnv]
) -> Iterator[Trajectory]:
    """Yield the recordings of ``tasks`` played again, which says how they end, and tell what was left out.

    Left out are recordings of unknown tasks, of tasks that are not among ``tasks``, and of another instruction than
    their task's. UserError when nothing is left.
    """
    sampled = {task.id: task for task in tasks}
    left: Counter[str] = Counter()
    total = succeeded = 0
    for number, recording in read_recordings(path):
        total += 1
        try:
            task = sampled.get(task_of(recording, benchmark, make=make, where=f"{path}:{number}").id)
        except UserError as error:
            left["of unknown tasks"] += 1
            note(f"{path}:{number} is left out: {error}")
            continue
        if task is None:
            left["of tasks outside this sample"] += 1
            continue
        trajectory = play(make(task), task, commands(recording, benchmark), "recorded")
        if not same_instruction(recording.instruction or trajectory.task, trajectory.task, benchmark.comparable):
            left["of another instruction than their task's"] += 1
            note(f"{path}:{number} is left out: task {task.id} asks for something else: {trajectory.task}")
            continue
        succeeded += trajectory.success
        yield trajectory
    others = f"; {SAMPLE}" if left["of tasks outside this sample"] else ""
    reasons = ", ".join(f"{count} {reason}" for reason, count in left.items())
    if total == left.total():
        raise UserError(f"{path} has no recording that can be used: {reasons}{others}")
    out = f"{left.total()} left out ({reasons})" if left else "none left out"
    note(
        f"{path}: {total - left.total()} of {total} recordings used, {succeeded} of them end in success; {out}{others}"
    )


def play(env: TaskEnv, task: Task, actions: list[str], source: str, slips: Slips | None = None) -> Trajectory:
    """Return what happens when ``actions`` are carried out; the environment says how it ended.

    The wrong commands of ``slips`` are carried out before the actions that were due.
    """
    first, info = env.reset(seed=0)
    steps = list[Step]()
    truncated = False
    for action in actions if slips is None else _with_slips(actions, slips, task.id, first, steps):
        observation, reward, terminated, truncated, info = env.step(action)
        steps.append(Step(action=action, observation=observation, reward=float(reward)))
        if terminated or truncated:
            break
    env.close()
    failure = Outcome.STEP_LIMIT if truncated else Outcome.FAILURE
    return Trajectory(
        task_id=task.id,
        task=info["task"],
        task_type=task.type,
        first_observation=first,
        steps=tuple(steps),
        outcome=Outcome.SUCCESS if info["success"] else failure,
        score=info["score"],
        source=source,
    )


def _with_slips(actions: list[str], slips: Slips, task: str, first: str, steps: list[Step]) -> Iterator[str]:
    """Yield the actions with wrong commands in between; ``steps`` grows with each as it is carried out."""
    for action in actions:
        while (wrong := slips.command(task, len(steps), [first, *(step.observation for step in steps)])) is not None:
            yield wrong
        yield action


def after_actions(
    benchmark: Matching, recording: Recording, first: str, ours: Sequence[str | None]
) -> list[str | None]:
    """Return the recorded observation after each action; files may begin with the one before the first action.

    ``first`` and ``ours`` are what is observed here.
    """
    recorded = recording.observations
    if recorded is None or not ours:
        return [None] * len(ours)
    if len(recorded) > len(ours):
        return recorded[1:]
    opening, after = recorded[0], ours[0]
    if opening is None or not benchmark.observations_match(opening, first):
        return recorded
    same = after is not None and benchmark.observations_match(opening, after)
    return recorded if same else [*recorded[1:], None]
