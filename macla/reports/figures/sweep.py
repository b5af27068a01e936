"""Success over a swept hyperparameter: Figure 2 (capacity) and Figure 7 (θ_dup)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.paper import CAPACITY, THETA_DUP, Point
from macla.reports.figures.style import COLUMN, GREY, canvas, colour, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def capacity(frame: pd.DataFrame) -> "Figure":
    """Return Figure 2: success against N_proc, with Table 5's figures (frame of :func:`macla.reports.frames.sweep`)."""
    figure, axes = _sweep(frame, CAPACITY, "paper, Table 5", 0.02)
    axes.set_xscale("log")
    _ticks(axes, frame, CAPACITY)
    axes.tick_params("x", rotation=45)
    axes.set_xlabel("capacity $N_\\mathrm{proc}$ (procedures, logarithmic)")
    return figure


@styled
def theta_dup(frame: pd.DataFrame) -> "Figure":
    """Return Figure 7: success against θ_dup, with the paper's choice and its success there."""
    figure, axes = _sweep(frame, THETA_DUP, "paper, Table 4", 0.002)
    _ticks(axes, frame, THETA_DUP)
    axes.set_xlabel("duplicate threshold $\\theta_\\mathrm{dup}$ (cosine)")
    axes.axvline(THETA_DUP[0].x, color=GREY, linestyle=(0, (1, 1.5)), linewidth=1, zorder=0)
    axes.annotate(
        "paper's choice", (THETA_DUP[0].x, 1), xycoords=("data", "axes fraction"), xytext=(3, 0),
        textcoords="offset points", va="bottom", fontsize=6.5, color=GREY,
    )  # fmt: skip
    return figure


def _sweep(frame: pd.DataFrame, paper: Sequence[Point], source: str, apart: float) -> "tuple[Figure, Axes]":
    """Draw a line a split, and the paper's as hollow diamonds; splits stand ``apart`` (a share of x) at the same x."""
    figure, [axes] = canvas(1, 1, COLUMN, 2.9)
    splits = list(dict.fromkeys(frame["split"]))
    for position, split in enumerate(splits):
        rows = frame[frame["split"] == split].sort_values("x")
        shade, beside = colour(split, position), 1 + apart * (position - (len(splits) - 1) / 2)
        errors = 100 * (rows[["success", "success"]].to_numpy().T - rows[["low", "high"]].to_numpy().T) * [[1], [-1]]
        axes.errorbar(
            rows["x"] * beside, 100 * rows["success"], errors.clip(0), color=shade, marker="o", elinewidth=0.9,
            label=f"{split}, ours (95 % interval)",
        )  # fmt: skip
        points = [point for point in paper if point.split == split]
        axes.plot(
            [point.x * beside for point in points], [100 * point.success for point in points], color=shade, marker="D",
            markerfacecolor="white", linestyle=(0, (3, 2)), linewidth=0.9, label=f"{split}, {source}",
        )  # fmt: skip
    axes.set_ylabel("success (%)")
    lowest, _ = axes.get_ylim()
    axes.set_ylim(lowest, 100 + 0.04 * (100 - lowest))
    figure.legend(loc="outside lower center", ncols=2, columnspacing=1)
    return figure, axes


def _ticks(axes: "Axes", frame: pd.DataFrame, paper: Sequence[Point]) -> None:
    """Put a tick at every value that was run or printed."""
    values = sorted({*frame["x"], *(point.x for point in paper)})
    axes.set_xticks(values, [f"{value:g}" for value in values])
    axes.minorticks_off()
