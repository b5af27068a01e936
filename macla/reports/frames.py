"""Plain frames, gathered from run and memory directories: the data behind the figures, and what the library loads."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pandas as pd

from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.run import Run
from macla.methods.stored import check_sealed
from macla.reports import measures
from macla.reports.catalogue import Entry
from macla.reports.cell import Cell
from macla.reports.listing import Listed
from macla.reports.measures import executed, success_rate

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


def listed(runs: Sequence[Listed]) -> pd.DataFrame:
    """Return one row a run: the fields of ``Listed``, and ``success`` (from 0 to 1) before its interval."""
    frame = pd.DataFrame(map(asdict, runs), columns=[field.name for field in fields(Listed)])
    frame = frame.astype({"solved": "Int64", "scored": "Int64", "low": float, "high": float, "steps": float})
    frame.insert(list(frame.columns).index("low"), "success", (frame["solved"] / frame["scored"]).astype(float))
    return frame


def episodes(run: Run) -> pd.DataFrame:
    """Return one row an episode, with its costs summed over purposes and the benchmark's own measures as shares."""
    frame = pd.DataFrame([_episode(episode) for episode in run.episodes.values()], columns=_episode_columns(run))
    return frame.astype({"success": bool, "score": float, "won_at": "Int64", "seconds": float})


EPISODE = ("task", "type", "split", "instruction", "goal", "success", "score", "won_at", "n_steps", "rejected",
           "seconds", "error")  # fmt: skip
"""What the frame takes of an episode as it is."""


def _episode(episode: Episode) -> dict[str, Any]:
    usage = episode.usage.values()
    return {
        **{name: getattr(episode, name) for name in EPISODE},
        "outcome": episode.outcome.value,
        "decisions": len(episode.decisions),
        "executed": sum(map(executed, episode.decisions)),
        "model_calls": sum(episode.model_calls.values()),
        "prompt_tokens": sum(cost.prompt_tokens for cost in usage),
        "completion_tokens": sum(cost.completion_tokens for cost in usage),
        **{f"measure.{name}": reached / most if most else None for name, (reached, most) in episode.measures.items()},
    }


def _episode_columns(run: Run) -> list[str]:
    own = {f"measure.{name}": None for episode in run.episodes.values() for name in episode.measures}
    before, after = EPISODE[:5], EPISODE[5:10]
    counts = ("decisions", "executed", "model_calls", "prompt_tokens", "completion_tokens")
    return [*before, "outcome", *after, *counts, *EPISODE[10:], *own]


def procedures(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return one row a procedure: the fields of ``Entry``, its commonest goal, and the interval as low and high."""
    rows = [
        {
            "id": one.id,
            "kind": one.kind,
            "goal": one.goals[0][0] if one.goals else "",
            **{name: getattr(one, name) for name in ENTRY},
            "low": one.interval.low,
            "high": one.interval.high,
            "goals": tuple(goal for goal, _ in one.goals),
            "sources": tuple(task for task, _, _ in one.sources),
        }
        for one in entries
    ]
    columns = ["id", "kind", "goal", *ENTRY, "low", "high", "goals", "sources"]
    return pd.DataFrame(rows, columns=columns)


ENTRY = ("steps", "preconditions", "postconditions", "support", "successes", "failures", "mean")
"""What the frame takes of an entry as it is."""


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
