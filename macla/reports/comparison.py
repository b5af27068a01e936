"""A reproduced table: ours with its interval, the paper's figure beside it, and the comparisons of rows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from macla.experiment import ExperimentConfig
from macla.reports.caveats import Marks
from macla.reports.cell import Cell
from macla.reports.columns import columns, outcomes, without_repeats
from macla.reports.declared import NOTHING, Line, comparisons
from macla.reports.declared import table as comparison_table
from macla.reports.manifests import write_manifests
from macla.reports.measures import success_rate
from macla.reports.outcomes import write_outcomes
from macla.reports.paired import MEMORIES
from macla.reports.table import Written, footer, mark, useless, write_formats
from macla.statistics import RESAMPLES

STAND_IN = (
    "The model is a rule-based stand-in, not the paper's language model: the difference to the paper's figure says "
    "how far this memory carries without one, not that the paper's system was rerun."
)
ONE_MEMORY = "Intervals of success: Wilson, for the number of tasks; of other figures: bootstrap over tasks."
MEMORIES_AND_TASKS = (
    f"Intervals: two-way bootstrap, memories and tasks both drawn anew ({RESAMPLES:,} resamples); of success Wilson, "
    "for the number of tasks, where all episodes ended alike."
)
TESTS = (
    "Comparisons: row minus against, in points of a hundred, on the tasks that both scored. Tests: with one memory of "
    "tasks (exact McNemar, tasks only the row solved : only the other, or random signs of their differences); with "
    f"{MEMORIES} memories or more of memories (random signs of each memory's difference, for these tasks); between, "
    "none. Seeds that did all alike are one memory."
)
HOLM = "primary: declared before the experiment ran, p adjusted by Holm over the {n} of this table."
EXPLORATION = "exploratory: not declared before the experiment ran, not adjusted."


def write_comparison(experiment: ExperimentConfig, cells: Sequence[Cell], out: Path) -> str:
    """Write the table in all formats to ``out`` and return the Markdown."""
    experiment, same = without_repeats(experiment, cells)
    marks = Marks(run for cell in cells for run in cell.runs)
    frame = pd.DataFrame([line(experiment, cell, marks) for cell in cells]).fillna(NOTHING)
    compared = comparisons(experiment, cells)
    paper = [experiment.paper_note] if experiment.paper_note else []
    notes = [*marks.notes(), *paper, *same, *_notes(experiment, cells, compared)]
    runs = [run for cell in cells for run in cell.runs]
    write_manifests(out, experiment.name, runs)
    if experiment.outcomes:
        write_outcomes(experiment.name, cells, out)
    groups = [cell.row.group for cell in cells]
    table = Written(experiment.name, experiment.title, frame, comparison_table(compared), notes, footer(runs), groups)
    return write_formats(out, table)


def line(experiment: ExperimentConfig, cell: Cell, marks: Marks) -> dict[str, str]:
    """Return one row of the table: title → text."""
    share, interval, scored = success_rate(cell.runs)
    low, high = interval or (share, share)
    successes = sum(run.summary["n_success"] for run in cell.runs)
    tasks = sum(run.summary["n_tasks"] for run in cell.runs)
    paper = cell.row.paper.get(cell.split)
    within = cell.runs[0].summary["success_at"]
    figures, graded = columns(experiment, cell.row, cell.split, cell.runs), outcomes(experiment)
    return {
        "configuration": cell.row.name + mark(cell.runs),
        "split": cell.split,
        "n/N": f"{successes}/{scored}" + (f" of {tasks}" if scored < tasks else ""),
        "ours %": marks.beside(f"{100 * share:.1f}", cell.runs),
        "95 % interval": f"{100 * low:.1f}–{100 * high:.1f}",
        "paper %": NOTHING if paper is None else f"{paper:.1f}",
        "ours − paper": NOTHING if paper is None else f"{100 * share - paper:+.1f}",
        **{title: marks.beside(text, cell.runs) if title in graded else text for title, text in figures.items()},
        **{f"@{limit}": f"{100 * _mean(cell, _success_at(limit)):.1f}" for limit in within},
        "steps": f"{_mean(cell, lambda summary: summary['steps_mean']):.1f}",
        **({} if "calls" in experiment.columns else {"model calls": f"{_mean(cell, _calls):.2f}"}),
    }


def _notes(experiment: ExperimentConfig, cells: Sequence[Cell], compared: Sequence[Line]) -> list[str]:
    stand_in = not all(
        run.manifest["identity"]["model"].get("language_model") == "yes" for cell in cells for run in cell.runs
    )
    seeds, primary = experiment.seeds, sum(line.primary for line in compared)
    return [
        *([STAND_IN] if stand_in else []),
        f"{len(seeds)} {'memory' if len(seeds) == 1 else 'memories'} (seeds {', '.join(map(str, seeds))}). "
        + (ONE_MEMORY if len(seeds) == 1 else MEMORIES_AND_TASKS),
        *([TESTS] if compared else []),
        *([HOLM.format(n=primary)] if primary else []),
        *([EXPLORATION] if primary < len(compared) else []),
        *(told for cell in cells if (told := useless(f"{cell.row.name}, {cell.split}", cell.runs))),
    ]


def _calls(summary: dict[str, Any]) -> float:
    return float(summary["model_calls_per_episode"])


def _success_at(limit: str) -> Callable[[dict[str, Any]], float]:
    return lambda summary: float(summary["success_at"][limit])


def _mean(cell: Cell, figure: Callable[[dict[str, Any]], float]) -> float:
    """Return the mean of a figure of the summaries over all scored episodes."""
    weights = [run.summary["n_scored"] for run in cell.runs]
    total = sum(weight * figure(run.summary) for weight, run in zip(weights, cell.runs, strict=True))
    return float(total / max(1, sum(weights)))
