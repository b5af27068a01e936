"""Recorded episodes as a second source of training trajectories, replayed here to learn how they ended."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from envs.webshop.experts import play
from macla.benchmarks.base import Task, TaskEnv
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError


def replayed(path: Path, tasks: Mapping[int, Task], make: Callable[[Task], TaskEnv]) -> Iterator[Trajectory]:
    """Yield the recordings of ``path`` (JSON lines: ``goal`` or ``task``, ``actions``) whose goal is in ``tasks``."""
    if not path.is_file():
        raise UserError(f"no recordings at {path}: check env.recordings=FILE")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                goal = int(record["goal"] if "goal" in record else record["task"])
                actions = [str(action) for action in record["actions"]]
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}:{number}: not a recording with a goal and actions ({error!r})") from None
            if goal in tasks:
                yield play(make(tasks[goal]), tasks[goal], actions, "recorded")
