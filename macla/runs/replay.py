"""Replay recorded episodes and count what our environment answers alike: proof that it is the one it claims to be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from macla.benchmarks.base import Benchmark
from macla.errors import UserError
from macla.files import write_json

SHOWN = 10
"""Differences listed for an episode; the rest are only counted."""

_TOLERANCE = 1e-6


class Recording(BaseModel):
    """One line of a recordings file; a null observation or reward is not compared."""

    model_config = ConfigDict(extra="ignore")

    task: str | int
    actions: list[str]
    observations: list[str | None] | None = None
    rewards: list[float | None] | None = None

    @model_validator(mode="after")
    def _as_long_as_actions(self) -> "Recording":
        for name, values in (("observations", self.observations), ("rewards", self.rewards)):
            if values is not None and len(values) != len(self.actions):
                raise ValueError(f"{len(values)} {name} for {len(self.actions)} actions")
        return self


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
    differences: list[Difference] = []


class Report(BaseModel):
    """What a replay writes."""

    env: str
    identity: dict[str, Any]
    n_episodes: int
    total: Counts
    episodes: list[EpisodeReport]


def read_recordings(path: Path) -> Iterator[tuple[int, Recording]]:
    """Yield (line number, recording); UserError naming file and line for a bad one."""
    if not path.is_file():
        raise UserError(f"no recordings file at {path}")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield number, Recording.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "line"
                raise UserError(f"{path}:{number}: {where}: {first['msg']}") from None


def replay(benchmark: Benchmark, path: Path) -> Report:
    """Return how far ``benchmark`` reproduces the episodes of a recordings file.

    Where a step's ``info`` has ``official`` (the observation and reward of the official log, which the protocol
    shows the agent in another form or only at the end), that is compared, otherwise observation and reward.
    """
    benchmark.check()
    total = Counts()
    episodes = []
    for number, recording in read_recordings(path):
        try:
            episode = replay_episode(benchmark, recording)
        except UserError as error:
            raise UserError(f"{path}:{number}: {error}") from None
        total.add(episode)
        episodes.append(episode)
    return Report(
        env=benchmark.name,
        identity=dict(benchmark.identity()),
        n_episodes=len(episodes),
        total=total,
        episodes=episodes,
    )


def replay_episode(benchmark: Benchmark, recording: Recording) -> EpisodeReport:
    """Return the comparison of one episode; steps after our environment's end count as different."""
    env = benchmark.make(benchmark.find(recording.task), seed=0)
    env.reset(seed=0)
    report = EpisodeReport(task=recording.task, n_steps=len(recording.actions))
    ended = False
    try:
        for step, action in enumerate(recording.actions):
            observation: str | None = None
            reward: float | None = None
            if not ended:
                shown, paid, ended, _, info = env.step(action)
                official = info.get("official", {})
                observation, reward = official.get("observation", shown), official.get("reward", float(paid))
            _compare_observation(benchmark, report, recording, step, observation)
            _compare_reward(report, recording, step, reward)
    finally:
        env.close()
    return report


def _compare_observation(
    benchmark: Benchmark, report: EpisodeReport, recording: Recording, step: int, ours: str | None
) -> None:
    recorded = recording.observations[step] if recording.observations is not None else None
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
