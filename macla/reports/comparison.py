"""A reproduced table: ours with its interval, the paper's figure, the difference, and paired tests."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from macla.config import ExperimentConfig, Row
from macla.files import write_json
from macla.methods.run import Run
from macla.reports.columns import columns, without_repeats
from macla.reports.measures import scored as scored_episodes
from macla.reports.table import footer, mark, useless, write_formats
from macla.statistics import Interval, mcnemar, sign_flip, wilson

STAND_IN = (
    "The model is a rule-based stand-in, not the paper's language model: the difference to the paper's figure says "
    "how far this memory carries without one, not that the paper's system was rerun."
)

SCORE = (
    "score: mean reward × 100 with its bootstrap interval over tasks; its p: random signs of the tasks' differences "
    "(10,000 draws, so no p is below 0.0001)."
)


class Cell(NamedTuple):
    """One row on one split: one run per seed, or per seed and part."""

    row: Row
    split: str
    runs: list[Run]


def write_comparison(experiment: ExperimentConfig, cells: Sequence[Cell], out: Path) -> str:
    """Write the table in all formats to ``out`` and return the Markdown."""
    experiment, same = without_repeats(experiment, cells)
    frame = pd.DataFrame([_line(experiment, cell, _baseline(experiment, cells, cell.split)) for cell in cells]).fillna(
        "–"
    )
    notes = [*([experiment.paper_note] if experiment.paper_note else []), *same, *_notes(experiment, cells)]
    about = list(dict.fromkeys(line for cell in cells for run in cell.runs for line in footer(run)))
    write_json(out / f"{experiment.name}.manifest.json", [run.manifest for cell in cells for run in cell.runs])
    return write_formats(out, experiment.name, experiment.title, frame, notes, about)


def rate(cell: Cell) -> tuple[float, Interval]:
    """Return the success rate over all seeds, and the Wilson interval for the number of *tasks*.

    Seeds repeat the same tasks, so counting each as a new observation would make the interval too narrow.
    """
    successes = sum(run.summary["n_success"] for run in cell.runs)
    scored = sum(run.summary["n_scored"] for run in cell.runs)
    tasks = len({episode.task for episode in scored_episodes(cell.runs)})
    share = successes / max(1, scored)
    return share, wilson(round(share * tasks), tasks)


def _line(experiment: ExperimentConfig, cell: Cell, baseline: Cell | None) -> dict[str, str]:
    share, interval = rate(cell)
    successes = sum(run.summary["n_success"] for run in cell.runs)
    scored = sum(run.summary["n_scored"] for run in cell.runs)
    tasks = sum(run.summary["n_tasks"] for run in cell.runs)
    paper = cell.row.paper.get(cell.split)
    within = cell.runs[0].summary["success_at"]
    return {
        "configuration": cell.row.name + mark(cell.runs),
        "split": cell.split,
        "n/N": f"{successes}/{scored}" + (f" of {tasks}" if scored < tasks else ""),
        "ours %": f"{100 * share:.1f}",
        "95 % interval": f"{100 * interval.low:.1f}–{100 * interval.high:.1f}",
        "paper %": "–" if paper is None else f"{paper:.1f}",
        "difference": "–" if paper is None else f"{100 * share - paper:+.1f}",
        "paper inside interval": "–" if paper is None else _inside(interval, paper / 100),
        **columns(experiment, cell.row, cell.split, cell.runs),
        **{f"@{limit}": f"{100 * _mean(cell, _success_at(limit)):.1f}" for limit in within},
        "steps": f"{_mean(cell, lambda summary: summary['steps_mean']):.1f}",
        **({} if "calls" in experiment.columns else {"model calls": f"{_mean(cell, _calls):.2f}"}),
        **({} if baseline is None else _paired(baseline, cell, score="score" in experiment.columns)),
    }


def _paired(first: Cell, second: Cell, *, score: bool) -> dict[str, str]:
    """Return the tests of a cell against the baseline ``first`` over what both scored, by column.

    Success by exact McNemar over tasks and seeds; the mean score, where the table shows it, by random signs of the
    differences of tasks (the mean over seeds is one difference).
    """
    columns = [f"p against {first.row.name}", *([f"score p against {first.row.name}"] if score else [])]
    if first is second:
        return dict.fromkeys(columns, "–")
    pairs = [
        (task, episode, other.episodes[task])
        for one, other in zip(first.runs, second.runs, strict=True)
        for task, episode in one.episodes.items()
        if task in other.episodes
    ]
    test = mcnemar([one.success for _, one, _ in pairs], [other.success for _, _, other in pairs])
    texts = [f"{test.p_value:.2g} ({test.only_first}:{test.only_second})"]
    if score:
        sums: dict[str, list[float]] = {}
        for task, one, other in pairs:
            totals = sums.setdefault(task, [0.0, 0.0])
            totals[0] += one.score
            totals[1] += other.score
        texts.append(f"{sign_flip([one for one, _ in sums.values()], [other for _, other in sums.values()]):.2g}")
    return dict(zip(columns, texts, strict=True))


def _notes(experiment: ExperimentConfig, cells: Sequence[Cell]) -> list[str]:
    stand_in = not all(
        run.manifest["identity"]["model"].get("language_model") == "yes" for cell in cells for run in cell.runs
    )
    return [
        *([STAND_IN] if stand_in else []),
        f"{len(experiment.seeds)} seed(s): {', '.join(map(str, experiment.seeds))}. Intervals: Wilson, for the number "
        "of tasks. p: exact McNemar on the same tasks and seeds (tasks only the first solved : only the second).",
        *([SCORE] if "score" in experiment.columns else []),
        *(told for cell in cells if (told := useless(f"{cell.row.name}, {cell.split}", cell.runs))),
    ]


def _baseline(experiment: ExperimentConfig, cells: Sequence[Cell], split: str) -> Cell | None:
    if experiment.baseline is None:
        return None
    return next(cell for cell in cells if cell.row.name == experiment.baseline and cell.split == split)


def _calls(summary: dict[str, Any]) -> float:
    return float(summary["model_calls_per_episode"])


def _inside(interval: Interval, value: float) -> str:
    return "yes" if round(interval.low, 6) <= value <= round(interval.high, 6) else "no"


def _success_at(limit: str) -> Callable[[dict[str, Any]], float]:
    return lambda summary: float(summary["success_at"][limit])


def _mean(cell: Cell, figure: Callable[[dict[str, Any]], float]) -> float:
    """Return the mean of a figure of the summaries over all scored episodes."""
    weights = [run.summary["n_scored"] for run in cell.runs]
    total = sum(weight * figure(run.summary) for weight, run in zip(weights, cell.runs, strict=True))
    return float(total / max(1, sum(weights)))
