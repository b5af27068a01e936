"""Recorded GPT-4, GPT-3.5 and ReAct episodes of train tasks, run again in the IPR protocol.

See ``docs/spec/intercode_sql.md §10``.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from envs.intercode_sql.env import HORIZON
from macla.benchmarks.base import Task, TaskEnv
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.errors import UserError, why

FILES = ("trajectories.jsonl", "trajectories_react.jsonl")
_BYTES = re.compile(r"\bb'((?:[^'\\]|\\.)*)'")
_ROW_CUTS = (25, 50)
_EXECUTE = re.compile(r"^execute\[(.*)\]", re.S)
_CALLED = re.compile(r"(?:execute|run|query|mysql|sql)(?:_?(?:query|sql|statement|command))?\[(.*)\]", re.S | re.I)
"""A statement as an argument of the one tool there is, under the names that it has elsewhere."""


def recorded_actions(folder: Path) -> dict[str, list[tuple[str, list[str]]]]:
    """Return, per task id, the (model, actions) of its episodes without leaked state or unreadable replies."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise UserError(f"no {name} in {folder}; set env.root to the InterCode-SQL folder")
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                episode = json.loads(line)
                if not episode["state_leak"]:
                    actions = list(_actions(episode["steps"]))
                    found.setdefault(str(episode["task_id"]), []).append((episode["model"], actions))
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}:{number}: not a recorded episode ({why(error)})") from None
    return found


def _actions(steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        if step.get("valid", True) and not step["action"].startswith("submit"):
            wrapped = _EXECUTE.match(step["action"])
            yield wrapped[1].strip() if wrapped else step["action"].strip()


def replayed(task: Task, model: str, actions: list[str], make: Callable[[], TaskEnv]) -> Trajectory | None:
    """Return an episode run again with our observations and a final ``submit``; None when nothing was run.

    The recorded agents saw the reward every turn or were made to submit: a run cut at the horizon stays a failure.
    """
    env = make()
    first, info = env.reset(seed=0)
    steps: list[Step] = []
    done = truncated = False
    for action in [*actions, "submit"]:
        if done or truncated:
            break
        observation, paid, done, truncated, info = env.step(action)
        steps.append(Step(action=action, observation=observation, reward=paid))
    env.close()
    if len(steps) < 2:
        return None
    outcome = Outcome.SUCCESS if info["success"] else Outcome.STEP_LIMIT if truncated else Outcome.FAILURE
    return Trajectory(
        task_id=task.id,
        task=first,
        task_type=task.type,
        first_observation=first,
        steps=tuple(steps[:HORIZON]),
        outcome=outcome,
        score=info["score"],
        source=f"recorded:{model}",
    )


def statement(action: str) -> str:
    """Return a recorded action without what is written around its statement: a tool's name, a fence, a prompt.

    >>> statement("execute[SELECT 1;]")
    'SELECT 1;'
    """
    called = _CALLED.fullmatch(action.strip())
    return (called[1] if called else action).strip()


def same_observation(recorded: str, ours: str) -> bool:
    """Whether two observations are equal as far as both are written out.

    Recorders and harnesses cut a text (``...`` at 350 characters or later) or a list (25 or 50 rows,
    ``docs/spec/intercode_sql.md §2``), and old connectors spell types as bytes (``b'int'``,
    ``docs/spec/intercode_sql.md §1``).
    """
    a, b = (_BYTES.sub(r"'\1'", text).rstrip("\n") for text in (recorded, ours))
    if a == b:
        return True
    cuts = [len(text) - 3 for text in (a, b) if text.endswith("...") and len(text) >= 350]
    if cuts:
        return a[: min(cuts)] == b[: min(cuts)]
    return a.startswith("[(") and a.count("), (") + 1 in _ROW_CUTS and b.startswith(a[:-1] + ", (")
