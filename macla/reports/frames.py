"""The data behind the figures, gathered from run and memory directories into plain frames."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from macla.errors import UserError
from macla.methods.run import Run
from macla.methods.stored import check_sealed
from macla.reports import measures
from macla.reports.cell import Cell
from macla.reports.measures import success_rate

USE = {
    "reuse": measures.reuse_rate,
    "posterior_used": measures.posterior_used,
    "meta_hits": measures.meta_hit_rate,
}
"""What Figure 5 shows, by the names of columns."""
PRACTICE = "practice.jsonl"
"""In a memory directory: one line per batch of practice episodes."""


def sweep(runs: Sequence[Run], key: str) -> pd.DataFrame:
    """Return success against a value of the memory configuration: columns x, split, success, low, high, n.

    Runs that agree in split and value are the memories (seeds) of one point. UserError when ``key`` is no number of
    ``memory``.
    """
    points: dict[tuple[float, str], list[Run]] = {}
    for run in runs:
        points.setdefault((_value(run, key), str(run.summary["split"])), []).append(run)
    return pd.DataFrame([_point(x, split, group) for (x, split), group in sorted(points.items())])


def mechanisms(cells: Sequence[Cell]) -> pd.DataFrame:
    """Return success against demonstrations: columns panel, line, x, split, success, low, high, n (tasks), memories.

    One row a cell whose row of the experiment has ``x``; the interval is that of the table. Where a panel shows several
    splits, each has a panel of its own.
    """
    shown = [cell for cell in cells if cell.row.x is not None]
    splits: dict[str, set[str]] = {}
    for cell in shown:
        splits.setdefault(cell.row.panel, set()).add(cell.split)
    points = []
    for cell in shown:
        several = len(splits[cell.row.panel]) > 1
        panel = ", ".join(filter(None, [cell.row.panel, cell.split if several else ""]))
        memories = len({run.summary["seed"] for run in cell.runs})
        point = _point(float(cell.row.x or 0), cell.split, cell.runs)
        points.append({"panel": panel, "line": cell.row.line, **point, "memories": memories})
    return pd.DataFrame(points)


def arena(cells: Sequence[Cell]) -> pd.DataFrame:
    """Return success against what acting costs: columns row, split, acts_by, success, low, high, n, tokens.

    ``tokens`` are those that the model writes an episode.
    """
    rows = []
    for cell in cells:
        written = sum(usage["completion_tokens"] for run in cell.runs for usage in run.summary["usage"].values())
        episodes = sum(len(run.episodes) for run in cell.runs)
        point = _point(written / max(1, episodes), cell.split, cell.runs)
        rows.append({"row": cell.row.name, "acts_by": cell.runs[0].summary.get("acts_by", ""), **point})
    return pd.DataFrame(rows).rename(columns={"x": "tokens"})


def domains(cells: Sequence[Cell]) -> pd.DataFrame:
    """Return how memory is used a cell: columns benchmark (row and split), measure, value, low, high, paper.

    Measures are ``reuse`` and ``meta_hits`` (shares) and ``posterior_used``; ``paper`` is in the unit of the row's
    ``paper_columns``. Values and bounds that runs do not tell are missing.
    """
    rows = []
    for cell in cells:
        for name, measure in USE.items():
            found = measure(cell.runs)
            value = None if found is None else found.value
            low, high = (None, None) if found is None or found.interval is None else found.interval
            printed = cell.row.paper_columns.get(cell.split, {}).get(name)
            rows.append((f"{cell.row.name} {cell.split}", name, value, low, high, printed))
    numbers = dict.fromkeys(("value", "low", "high", "paper"), float)
    return pd.DataFrame(rows, columns=["benchmark", "measure", *numbers]).astype(numbers)


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
    found = success_rate(runs)
    low, high = found.interval or (found.value, found.value)
    tasks = len({task for run in runs for task in run.episodes})
    return {"x": x, "split": split, "success": found.value, "low": low, "high": high, "n": tasks}
