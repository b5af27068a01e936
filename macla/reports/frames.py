"""The data behind the figures, gathered from run and memory directories into plain frames."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from macla.errors import UserError
from macla.methods.run import Run
from macla.methods.stored import check_sealed
from macla.statistics import wilson

PRACTICE = "practice.jsonl"
"""In a memory directory: one line per batch of practice episodes."""


def sweep(runs: Sequence[Run], key: str) -> pd.DataFrame:
    """Return success against a value of the memory configuration: columns x, split, success, low, high, n.

    Runs that agree in split and value are seeds of one point: rates are pooled, and the Wilson interval is for the
    number of tasks. UserError when ``key`` is no number of ``memory``.
    """
    points: dict[tuple[float, str], list[Run]] = {}
    for run in runs:
        points.setdefault((_value(run, key), str(run.summary["split"])), []).append(run)
    return pd.DataFrame([_point(x, split, group) for (x, split), group in sorted(points.items())])


def practice(memory: Path) -> pd.DataFrame:
    """Return the learning curve of a memory: one row per batch of practice, as ``practice.jsonl`` has them.

    Columns batch, episodes (practised so far), success_rate, n_procedures, n_metas, posterior_mean, posterior_sd,
    fallback_rate. UserError when the memory was built without practice.
    """
    path = memory / PRACTICE
    if not path.is_file():
        raise UserError(f"{memory} was built without practice; build it with build.practice=N")
    check_sealed(memory)
    lines = path.read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([json.loads(line) for line in lines if line.strip()])


def _value(run: Run, key: str) -> float:
    value = run.manifest["identity"]["config"]["memory"].get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"memory.{key} is {value} in {run.folder}; a sweep needs numbers")
    return float(value)


def _point(x: float, split: str, runs: Sequence[Run]) -> dict[str, float | str]:
    successes = sum(run.summary["n_success"] for run in runs)
    total = sum(run.summary["n_scored"] for run in runs)
    tasks = max(run.summary["n_scored"] for run in runs)
    rate = successes / max(1, total)
    low, high = wilson(round(rate * tasks), tasks)
    return {"x": x, "split": split, "success": rate, "low": low, "high": high, "n": tasks}
