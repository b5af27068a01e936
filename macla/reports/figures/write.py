"""From finished runs to the files of a figure."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from macla.errors import UserError
from macla.files import write_atomic
from macla.methods.macla.report import history
from macla.methods.run import Run
from macla.reports import frames
from macla.reports.figures.learning import learning
from macla.reports.figures.posteriors import posteriors
from macla.reports.figures.pruning import pruning
from macla.reports.figures.style import save
from macla.reports.figures.sweep import capacity, theta_dup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_USED = 5
"""Procedures that Figure 3 follows."""

Draw = Callable[[pd.DataFrame], "Figure"]
Gather = Callable[[Sequence[Run]], pd.DataFrame]

FIGURES: dict[str, tuple[Gather, Draw]] = {
    "figure2": (lambda runs: frames.sweep(runs, "n_procedures"), capacity),
    "figure3": (lambda runs: history.posteriors(runs[0], MOST_USED), posteriors),
    "figure4": (lambda runs: history.pruning(runs[0]), pruning),
    "figure6": (lambda runs: frames.practice(Path(runs[0].summary["memory"])), learning),
    "figure7": (lambda runs: frames.sweep(runs, "theta_dup"), theta_dup),
}
"""Name → how its data is gathered from an experiment's runs, and how it is drawn. Figures 3, 4 and 6 look into the
memory of the first run."""


def write_figure(name: str, runs: Sequence[Run], out: Path) -> list[Path]:
    """Write ``name``.png, ``name``.svg and the data behind them, ``name``.csv, to ``out``; return the paths.

    UserError for an unknown figure, or when the runs lack what it shows.
    """
    if name not in FIGURES:
        raise UserError(f"no figure {name}; there are {', '.join(FIGURES)}")
    gather, draw = FIGURES[name]
    frame = gather(runs)
    paths = save(draw(frame), out, name)
    write_atomic(out / f"{name}.csv", frame.to_csv(index=False))
    return [*paths, out / f"{name}.csv"]
