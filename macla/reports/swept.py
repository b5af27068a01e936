"""The table a sweep ends with: its axes as columns, one row a cell, the best marked with what is not told from it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from macla.errors import UserError
from macla.methods.run import Run, read_run
from macla.reports.caveats import Marks
from macla.reports.columns import is_success
from macla.reports.declared import NOTHING
from macla.reports.manifests import write_manifests
from macla.reports.measures import scored
from macla.reports.paired import Measured, compare
from macla.reports.table import Written, footer, mark, row, useless, write_formats

NAME = "table"
"""Of the files."""
CONSTANT = ("env", "split", "memory")
"""Columns of a table of evaluations that say nothing here: where they differ, they are axes."""
MEASURE = "measure."
COMPARED: tuple[Measured, ...] = ("success", "score")
"""Objectives that are compared task by task; of other measures intervals are."""
BEST, ALIKE = "best", "not told from the best"


class Line(NamedTuple):
    """One cell: its value on each axis, and the summary of its run or why there is none."""

    values: Mapping[str, str]
    summary: dict[str, Any] | None
    error: str


def valued(summary: Mapping[str, Any], objective: str) -> float:
    """Return what a run has of an objective (``success``, ``score``, ``measure.NAME``); UserError where it has none."""
    return _figure(summary, objective)[0]


def write_swept(lines: Sequence[Line], axes: Mapping[str, str], objective: str, out: Path) -> str:
    """Write the table of a sweep (.md, .csv, .tex) with its manifests to ``out``; return the Markdown.

    ``axes`` are the keys that were swept and what the table calls them.
    """
    runs = {k: read_run(Path(line.summary["run"])) for k, line in enumerate(lines) if line.summary is not None}
    found = [*runs.values()]
    marks = Marks(found)
    verdicts = _verdicts(runs, objective)
    rows = [
        {**_axes(line, axes), **_figures(runs.get(k), found, marks, verdicts.get(k, ""))}
        for k, line in enumerate(lines)
    ]
    frame = pd.DataFrame(rows).fillna(NOTHING)
    if is_success("score", scored(found)):
        frame = frame.drop(columns="score")  # the same figure under another word
    if found and not any(frame[BEST]):
        frame = frame.drop(columns=BEST)
    told = [told for k, run in runs.items() if (told := useless(_name(lines[k]), [run]))]
    failed = [f"{_name(line)} failed: {line.error}" for line in lines if line.error]
    if found:
        write_manifests(out, NAME, found)
    title = f"{found[0].summary['env']} {found[0].summary['split']}: {', '.join(axes.values())}" if found else "sweep"
    notes = [*_notes(objective, [*verdicts.values()]), *marks.notes(), *told, *failed]
    return write_formats(out, Written(NAME, title, frame, pd.DataFrame(), notes, footer(found)))


def write_built(lines: Sequence[Line], axes: Mapping[str, str], out: Path) -> str:
    """Write the table of a sweep that built memories and played nothing; return the Markdown."""
    rows = [{**_axes(line, axes), **_built(line.summary)} for line in lines]
    notes = [f"{_name(line)} failed: {line.error}" for line in lines if line.error]
    frame = pd.DataFrame(rows).fillna(NOTHING)
    return write_formats(out, Written(NAME, f"memories: {', '.join(axes.values())}", frame, pd.DataFrame(), notes, []))


def _axes(line: Line, axes: Mapping[str, str]) -> dict[str, str]:
    return {title: line.values.get(key, NOTHING) for key, title in axes.items()}


def _name(line: Line) -> str:
    return ", ".join(f"{key}={value}" for key, value in line.values.items()) or "the cell"


def _figures(run: Run | None, runs: Sequence[Run], marks: Marks, verdict: str) -> dict[str, str]:
    """Return the columns of one cell; of one that failed, n/N alone."""
    if run is None:
        return {"n/N": NOTHING}
    shown = {name: text for name, text in row(run, runs, marks).items() if name not in CONSTANT}
    return {**shown, BEST: f"{verdict} {mark([run])}".strip()}


def _built(summary: Mapping[str, Any] | None) -> dict[str, str]:
    if summary is None:
        return {"trajectories": NOTHING}
    sizes = {name: str(summary.get(f"n_{name}", NOTHING)) for name in ("trajectories", "procedures", "metas")}
    return {**sizes, "seconds": f"{summary['seconds']:.1f}", "memory": str(summary["memory"])}


def _verdicts(runs: Mapping[int, Run], objective: str) -> dict[int, str]:
    """Return which cells are the best, and which are not told from it; nothing of one alone or where all are alike."""
    scores = {k: valued(run.summary, objective) for k, run in runs.items() if run.summary["n_scored"]}
    if len(set(scores.values())) < 2:
        return {}
    most = max(scores.values())
    best = runs[next(k for k, score in scores.items() if score == most)]
    return {
        k: BEST if score == most else "" if _told_apart(best, runs[k], objective) else ALIKE
        for k, score in scores.items()
    }


def _told_apart(best: Run, other: Run, objective: str) -> bool:
    """Whether the interval of the difference on shared tasks leaves out 0; without such, whether theirs are apart."""
    measure = next((one for one in COMPARED if one == objective), None)
    if measure is not None and (found := compare([best], [other], measure)) is not None:
        return not found.interval.low <= 0 <= found.interval.high
    ours, theirs = _figure(best.summary, objective)[1], _figure(other.summary, objective)[1]
    return ours is not None and theirs is not None and ours[0] > theirs[1]


def _figure(summary: Mapping[str, Any], objective: str) -> tuple[float, Sequence[float] | None]:
    """Return the objective's value in a run, and its interval."""
    if objective in COMPARED:
        rate = summary["success_rate" if objective == "success" else "score_mean"]
        return rate, summary[f"{objective}_interval"]
    measures = summary["measures"]
    name = objective.removeprefix(MEASURE)
    if name not in measures:
        there = ", ".join([*COMPARED, *(f"{MEASURE}{one}" for one in measures)])
        raise UserError(f"sweep.objective={objective}: {summary['env']} measures no {name}; there are {there}")
    return measures[name]["value"], measures[name]["interval"]


def _notes(objective: str, verdicts: Sequence[str]) -> list[str]:
    """Return what the words in the last column mean, as far as they stand there."""
    told = {
        BEST: f"most {objective.removeprefix(MEASURE)} of {len(verdicts)} cells, on the tasks by which it was chosen; "
        "another split says what it is worth",
        ALIKE: "the 95 % interval of the difference to the best, task by task, holds 0 (nothing is adjusted for the "
        "number of cells)",
    }
    return [f"{word}: {meaning}." for word, meaning in told.items() if word in verdicts]
