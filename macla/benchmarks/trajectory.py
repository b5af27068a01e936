"""What an episode leaves behind: task text, steps and outcome (``docs/spec/paper.md §2``, trajectory τ)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from macla.errors import UserError
from macla.files import write_atomic


class Outcome(StrEnum):
    """How an episode ended. ``INFRASTRUCTURE_ERROR`` is retried and never scored."""

    SUCCESS = "success"
    FAILURE = "failure"
    STEP_LIMIT = "step_limit"
    INVALID_ACTION_LIMIT = "invalid_action_limit"
    INFRASTRUCTURE_ERROR = "infrastructure_error"


class Step(BaseModel):
    """One action and what came back: a_t, the observation after it (o_{t+1}) and r_t."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str
    observation: str
    reward: float = 0.0


class Trajectory(BaseModel):
    """One recorded episode τ of a *training* task: text only, nothing the agent could not see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task_id: str
    task: str
    """The instruction as the agent reads it."""
    task_type: str = ""
    """The benchmark's own label, for reports; the method never reads it."""
    first_observation: str
    steps: tuple[Step, ...]
    outcome: Outcome
    score: float = 0.0
    """The benchmark's own score of the episode, in [0, 1]."""
    source: str = "expert"
    """Where it comes from: ``expert``, ``practice``, ``recorded`` …"""

    @property
    def success(self) -> bool:
        """Whether the episode ended in success."""
        return self.outcome is Outcome.SUCCESS


def write_trajectories(path: Path, trajectories: Iterable[Trajectory]) -> int:
    """Write one JSON line a trajectory to ``path``; return how many were written."""
    written = 0

    def lines() -> Iterator[str]:
        nonlocal written
        for trajectory in trajectories:
            yield trajectory.model_dump_json() + "\n"
            written += 1

    write_atomic(path, lines())
    return written


def read_trajectories(path: Path) -> Iterator[Trajectory]:
    """Yield the trajectories of a JSON-lines file; a bad line raises UserError with its number."""
    if not path.is_file():
        raise UserError(f"no trajectory file at {path}")
    with path.open("rb") as lines:  # bytes: pydantic says of a line that is no UTF-8 what is wrong with it
        for number, line in enumerate(lines, 1):
            try:
                yield Trajectory.model_validate_json(line)
            except ValidationError as error:
                reason = error.errors()[0]
                where = ".".join(map(str, reason["loc"])) or "line"
                raise UserError(f"{path}:{number}: {where}: {reason['msg']}") from None
