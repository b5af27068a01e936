"""Whether episodes that were recorded elsewhere fit the tasks that they name: they are carried out again and compared.

Observations are compared in the environment in which the task was demonstrated (``Demonstrated``), so that luck is no
difference. What does not fit is left out and listed.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from macla.benchmarks.base import Benchmark, Demonstrated, Task, TaskEnv
from macla.benchmarks.replaying import play
from macla.benchmarks.trajectory import Trajectory
from macla.benchmarks.wrapped import Wrapped
from macla.files import write_atomic
from macla.progress import note

SHOWN = 5
"""Episodes left out that the console names; the file has them all."""
SUFFIX = "left_out.jsonl"
_LONGEST = 120
"""Characters of an observation that a difference shows."""
_WORD = re.compile(r"\w+")


class LeftOut(NamedTuple):
    """An episode that is not used: where it stands in the file (its line), the task that it names, and why."""

    line: int
    task: str
    reason: str


class Played(NamedTuple):
    """An episode carried out again here."""

    trajectory: Trajectory
    official: list[str]
    """The observations after each step as the official log has them, where the agent is shown something else."""


class _Logged(Wrapped):
    """Keeps what the official log says."""

    def __init__(self, env: TaskEnv) -> None:
        super().__init__(env)
        self.log: list[str] = []

    def told(self, observation: str, info: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return what the environment says, and keep the official observation."""
        self.log.append(str(info.get("official", {}).get("observation", observation)))
        return observation, info


def environment(benchmark: Benchmark, task: Task, observations: Sequence[str]) -> TaskEnv:
    """Return the environment in which ``task`` was demonstrated with these observations."""
    if isinstance(benchmark, Demonstrated):
        return benchmark.demonstrated(task, observations)
    return benchmark.make(task, seed=0)


def carried_out(
    benchmark: Benchmark, task: Task, actions: list[str], observations: Sequence[str], source: str
) -> Played:
    """Return what happens here when ``actions`` are carried out; the environment says how it ended."""
    env = _Logged(environment(benchmark, task, observations))
    return Played(play(env, task, actions, source), env.log[1:])


def same(benchmark: Benchmark, recorded: str, ours: str) -> bool:
    """Whether a recorded observation equals ours, blanks at the ends aside."""
    return recorded.strip() == ours.strip() or benchmark.observations_match(recorded, ours)


def abridges(recorded: str, ours: str) -> bool:
    """Whether all words of a recorded observation stand in ours in their order: people leave out what is of no matter.

    >>> abridges("On the desk 1, you see a pen 1.", "On the desk 1, you see a cup 2, and a pen 1.")
    True
    """
    wanted, rest = _WORD.findall(recorded.casefold()), iter(_WORD.findall(ours.casefold()))
    return bool(wanted) and all(word in rest for word in wanted)


def difference(step: int, recorded: str, ours: str) -> str:
    """Return the sentence that says where a recording and our environment part; steps count from 1."""
    return f"step {step} was answered {_short(recorded)}, and is answered {_short(ours)} here"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…")


def list_left_out(left: Sequence[LeftOut], file: Path, path: Path) -> None:
    """Write what was left out of ``file`` to ``path``, all of it, and tell the first few; nothing left, no file."""
    if not left:
        path.unlink(missing_ok=True)
        return
    write_atomic(path, "".join(json.dumps(one._asdict(), ensure_ascii=False) + "\n" for one in left))
    for one in left[:SHOWN]:
        note(f"{file}:{one.line} is left out: {one.reason}")
    if len(left) > SHOWN:
        note(f"… and {len(left) - SHOWN} more: {path}")
