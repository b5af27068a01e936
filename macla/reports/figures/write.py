"""From finished runs to the files of a figure."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from macla.errors import UserError
from macla.experiment import ExperimentConfig
from macla.files import write_atomic
from macla.methods.macla.report import history
from macla.methods.run import Run
from macla.reports import frames
from macla.reports.cell import Cell
from macla.reports.figures.arena import arena
from macla.reports.figures.domains import domains
from macla.reports.figures.learning import learning
from macla.reports.figures.mechanisms import mechanisms
from macla.reports.figures.posteriors import posteriors
from macla.reports.figures.pruning import pruning
from macla.reports.figures.style import save
from macla.reports.figures.sweep import capacity, theta_dup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_USED = 5
"""Procedures that Figure 3 follows."""

Draw = Callable[[pd.DataFrame], "Figure"]
Gather = Callable[[Sequence[Cell]], pd.DataFrame]


def _runs(cells: Sequence[Cell]) -> list[Run]:
    return [run for cell in cells for run in cell.runs]


FIGURES: dict[str, tuple[Gather, Draw]] = {
    "figure2": (lambda cells: frames.sweep(_runs(cells), "n_procedures"), capacity),
    "figure3": (lambda cells: history.posteriors(_runs(cells)[0], MOST_USED), posteriors),
    "figure4": (lambda cells: history.pruning(_runs(cells)[0]), pruning),
    "figure5": (frames.domains, domains),
    "figure6": (lambda cells: frames.practice(Path(_runs(cells)[0].summary["memory"])), learning),
    "figure7": (lambda cells: frames.sweep(_runs(cells), "theta_dup"), theta_dup),
    "arena": (frames.arena, arena),
    "mechanisms": (frames.mechanisms, mechanisms),
}
"""Name → how its data is gathered from an experiment's cells, and how it is drawn. Figures 3, 4 and 6 look into the
memory of the first run."""


def check_figure(experiment: ExperimentConfig) -> None:
    """Raise UserError for a figure that there is not, or whose rows lack what it shows."""
    name = experiment.figure
    if name is None:
        return
    if name not in FIGURES:
        raise UserError(f"experiment.figure: no figure {name}; there are {', '.join(FIGURES)}")
    if name == "mechanisms":
        lacking = [row.name for row in experiment.rows if row.x is not None and not (row.line and row.panel)]
        if lacking or all(row.x is None for row in experiment.rows):
            what = f"row {lacking[0]} lacks one" if lacking else "no row has x"
            raise UserError(f"experiment.figure=mechanisms shows rows with x, line and panel; {what}")


def write_figure(kind: str, name: str, cells: Sequence[Cell], out: Path) -> list[Path]:
    """Write ``name``.png, ``name``.svg and the data behind them, ``name``.figure.csv, to ``out``; return the paths.

    ``kind`` is one of :data:`FIGURES`. UserError when the runs lack what it shows.
    """
    gather, draw = FIGURES[kind]
    frame = gather(cells)
    paths = save(draw(frame), out, name)
    data = out / f"{name}.figure.csv"  # name.csv is the table
    write_atomic(data, frame.to_csv(index=False))
    return [*paths, data]
