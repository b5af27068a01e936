"""Replay recorded episodes and count what our environment answers alike: proof that it is the one it claims to be."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from macla.benchmarks.base import Benchmark, RecordingReader, Task, TaskEnv
from macla.benchmarks.recording import Recording, read_recordings
from macla.benchmarks.replaying import after_actions, commands, same_instruction, task_of
from macla.errors import UserError
from macla.files import write_json
from macla.progress import note

SHOWN = 10
"""Differences listed for an episode; the rest are only counted."""

_TOLERANCE = 1e-6


class Difference(BaseModel):
    """Where recording and environment part: step (from 0), which of the two, and both values."""

    step: int
    what: str
    recorded: str | float
    ours: str | float | None


class Counts(BaseModel):
    """What was compared and what was equal."""

    n_steps: int = 0
    n_observations: int = 0
    n_observations_equal: int = 0
    n_rewards: int = 0
    n_rewards_equal: int = 0

    def add(self, other: "Counts") -> None:
        """Add the counts of one more episode."""
        for name in Counts.model_fields:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class EpisodeReport(Counts):
    """The counts of one episode and its first differences."""

    task: str | int
    """As the recording names it."""
    played: str
    """The id of the task that this is."""
    success: bool = False
    """Whether the task is solved after the actions here."""
    differences: list[Difference] = []


class Report(BaseModel):
    """What a replay writes."""

    env: str
    identity: dict[str, Any]
    n_episodes: int
    total: Counts
    episodes: list[EpisodeReport]


def replay(benchmark: Benchmark, path: Path) -> Report:
    """Return how far ``benchmark`` reproduces the episodes of a recordings file.

    Where a step's ``info`` has ``official`` (the observation and reward of the official log, which the protocol
    shows the agent in another form or only at the end), that is compared, otherwise observation and reward. UserError
    when nothing is recorded that can be compared, and no episode succeeds here.
    """
    benchmark.check()
    total = Counts()
    episodes = []
    for number, recording in read_recordings(path):
        try:
            episode = _replay_episode(benchmark, recording, f"{path}:{number}")
        except UserError as error:
            raise UserError(f"{path}:{number}: {error}") from None
        total.add(episode)
        episodes.append(episode)
    _check_compared(total, episodes, path)
    return Report(
        env=benchmark.name,
        identity=dict(benchmark.identity()),
        n_episodes=len(episodes),
        total=total,
        episodes=episodes,
    )


def _check_compared(total: Counts, episodes: list[EpisodeReport], path: Path) -> None:
    """Tell that a file gives nothing to compare; UserError when nothing succeeds here either: is it of other data?"""
    if total.n_observations or total.n_rewards:
        return
    what = f"{path}: nothing was compared: no observation and no reward is recorded there"
    succeeded = sum(episode.success for episode in episodes)
    if not succeeded:
        raise UserError(
            f"{what}, and none of its {len(episodes)} episodes succeeds here; replay it on the data that it is of "
            "(env.data, env.root …), or record what was observed"
        )
    note(f"{what}; {succeeded} of {len(episodes)} episodes succeed here")


def _replay_episode(benchmark: Benchmark, recording: Recording, where: str) -> EpisodeReport:
    """Return the comparison of one episode; steps after our environment's end count as different.

    UserError when the recording is of another instruction than its task's.
    """

    def make(task: Task) -> TaskEnv:
        return benchmark.make(task, seed=0)

    comparable: Callable[[str], str] = str
    if isinstance(benchmark, RecordingReader):
        task = task_of(recording, benchmark, make=make, where=where)
        comparable = benchmark.comparable
    else:
        task = benchmark.find(recording.reference)
    env = make(task)
    report = EpisodeReport(task=recording.reference, played=task.id, n_steps=len(recording.actions))
    try:
        first, info = env.reset(seed=0)
        if not same_instruction(recording.instruction or info["task"], info["task"], comparable):
            raise UserError(f"task {recording.task!r} asks for something else: {info['task']}")
        ours = list(_steps(env, commands(recording, benchmark), report))
    finally:
        env.close()
    recorded = after_actions(benchmark, recording, first, [observation for observation, _ in ours])
    for step, (observation, reward) in enumerate(ours):
        _compare_observation(benchmark, report, recorded[step], step, observation)
        _compare_reward(report, recording, step, reward)
    return report


def _steps(env: TaskEnv, actions: Iterable[str], report: EpisodeReport) -> Iterator[tuple[str | None, float | None]]:
    """Yield observation and reward after every action, None for both once the episode has ended; report its success."""
    ended = False
    for action in actions:
        if ended:
            yield None, None
            continue
        shown, paid, ended, _, info = env.step(action)
        report.success = info["success"]
        official = info.get("official", {})
        yield official.get("observation", shown), official.get("reward", float(paid))


def _compare_observation(
    benchmark: Benchmark, report: EpisodeReport, recorded: str | None, step: int, ours: str | None
) -> None:
    if recorded is None:
        return
    report.n_observations += 1
    if ours is not None and benchmark.observations_match(recorded, ours):
        report.n_observations_equal += 1
    elif len(report.differences) < SHOWN:
        report.differences.append(Difference(step=step, what="observation", recorded=recorded, ours=ours))


def _compare_reward(report: EpisodeReport, recording: Recording, step: int, ours: float | None) -> None:
    recorded = recording.rewards[step] if recording.rewards is not None else None
    if recorded is None:
        return
    report.n_rewards += 1
    if ours is not None and abs(recorded - ours) <= _TOLERANCE:
        report.n_rewards_equal += 1
    elif len(report.differences) < SHOWN:
        report.differences.append(Difference(step=step, what="reward", recorded=recorded, ours=ours))


def write_report(report: Report, path: Path) -> None:
    """Write the report as JSON, atomically."""
    write_json(path, report.model_dump(mode="json"))
