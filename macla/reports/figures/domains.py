"""Figure 5: how memory is used across benchmarks: reuse, reliability of what is executed, use of meta-procedures."""

from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.style import BLUE, GREEN, GREY, ORANGE, PAGE, canvas, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = (
    ("reuse", "(a) reuse", "actions from memory (%)", 100, BLUE),
    ("posterior_used", "(b) reliability", "mean posterior used", 1, GREEN),
    ("meta_hits", "(c) meta-procedures", "decisions (%)", 100, ORANGE),
)
"""Measure (``docs/measures.md``), title, axis, scale and colour of each panel."""


@styled
def domains(frame: pd.DataFrame) -> "Figure":
    """Return Figure 5's three panels (frame of :func:`macla.reports.frames.domains`).

    A bar with its interval is one benchmark and split. Hollow diamonds are the figures of the paper's Table 6.
    """
    figure, axes = canvas(1, len(PANELS), PAGE, 2.9)
    for part, (measure, title, label, scale, shade) in zip(axes, PANELS, strict=True):
        _bars(part, frame[frame["measure"] == measure], scale, shade)
        part.set_title(title)
        part.set_ylabel(label)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _bars(axes: "Axes", rows: pd.DataFrame, scale: float, shade: str) -> None:
    """Draw one panel; a benchmark without the measure has an empty place."""
    places, values = range(len(rows)), scale * rows["value"]
    errors = [(values - scale * rows["low"]).clip(lower=0), (scale * rows["high"] - values).clip(lower=0)]
    axes.bar(places, values, 0.65, color=shade, alpha=0.85)
    axes.errorbar(
        places, values, errors, color=GREY, linestyle="none", elinewidth=0.9, label="ours (bars; 95 % interval)"
    )
    axes.plot(
        places, rows["paper"], color="black", marker="D", markerfacecolor="white", linestyle="none",
        label="paper, Table 6",
    )  # fmt: skip
    axes.set_xticks(places, rows["benchmark"], rotation=35, ha="right")
    axes.grid(visible=False, axis="x")
    axes.set_ylim(0, 1.04 * scale)
