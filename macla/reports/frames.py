"""The data behind the figures, gathered from run and memory directories into plain frames."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from macla.errors import UserError
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.events import Credited, MemoryEvent, Pruned, Refined
from macla.methods.macla.memory.store import Memory
from macla.reports.table import Run
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


def posteriors(memory: Path, top: int, prior: Prior) -> pd.DataFrame:
    """Return how beliefs moved: columns episode, procedure, goal, alpha, mean; one row per credit or refinement.

    Of the ``top`` procedures and meta-procedures with most executions, from the event log of a memory that practised
    or was evaluated online. The first row of each is its belief before its first execution. UserError when nothing
    was ever executed. Episodes of an online evaluation are counted on from those of practice.
    """
    rows: list[tuple[int, str, str, float, float]] = []
    executions: Counter[str] = Counter()
    latest = 0
    state = Memory()

    def note(name: str) -> None:
        goal = state.find(name).goals.most_common(1)[0][0]
        alpha, beta = _belief(state, name, prior)
        rows.append((latest, name, goal, alpha, alpha / (alpha + beta)))

    for event in directory.replay(memory).events:
        name = ""
        if isinstance(event, Credited):
            name, latest = event.execution.procedure, event.execution.context.episode
            if name not in executions:
                note(name)
            executions[name] += 1
        elif isinstance(event, Refined) and event.procedure in executions:
            name = event.procedure
        state.apply(event)
        if name:
            note(name)
    if not rows:
        raise UserError(f"{memory} executed nothing: practise (build.practice=N) or evaluate online")
    most = {name for name, _ in executions.most_common(top)}
    kept = [row for row in rows if row[1] in most]
    return pd.DataFrame(kept, columns=["episode", "procedure", "goal", "alpha", "mean"])


def pruning(memory: Path, prior: Prior) -> pd.DataFrame:
    """Return what pruning saw: columns procedure, status (retained or pruned), support, mean, meta.

    A pruned procedure shows the evidence it had when it was dropped, a retained one what it has now. ``support`` is
    the number of segments (or episodes) it was merged from and executions it had.
    """
    rows = [
        _standing(state, event.procedure, "pruned", prior)
        for event, state in _history(memory)
        if isinstance(event, Pruned)
    ]
    final = directory.replay(memory)
    rows += [_standing(final, name, "retained", prior) for name in [*final.procedures, *final.metas]]
    return pd.DataFrame(rows, columns=["procedure", "status", "support", "mean", "meta"])


def practice(memory: Path) -> pd.DataFrame:
    """Return the learning curve of a memory: one row per batch of practice, as ``practice.jsonl`` has them.

    Columns batch, episodes (practised so far), success_rate, n_procedures, n_metas, posterior_mean, posterior_sd,
    fallback_rate. UserError when the memory was built without practice.
    """
    path = memory / PRACTICE
    if not path.is_file():
        raise UserError(f"{memory} was built without practice; build it with build.practice=N")
    lines = path.read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([json.loads(line) for line in lines if line.strip()])


def _history(memory: Path) -> Iterator[tuple[MemoryEvent, Memory]]:
    """Yield every event with the state right before it."""
    state = Memory()
    for event in directory.replay(memory).events:
        yield event, state
        state.apply(event)


def _standing(memory: Memory, name: str, status: str, prior: Prior) -> tuple[str, str, float, float, bool]:
    support = sum(memory.find(name).evidence.counts())
    alpha, beta = _belief(memory, name, prior)
    return name, status, support, alpha / (alpha + beta), name in memory.metas


def _belief(memory: Memory, name: str, prior: Prior) -> tuple[float, float]:
    """Return (α, β) of a procedure or meta-procedure, untempered."""
    successes, failures = memory.find(name).evidence.counts()
    return prior.alpha0 + successes, prior.beta0 + failures


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
