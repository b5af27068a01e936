"""Success against the number of demonstrations: a panel a benchmark, a line a configuration, a band its interval."""

from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.style import CYCLE, GREY, PAGE, canvas, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 2
"""Panels beside each other."""
HEIGHT = 2.3
"""Inches of a panel."""
COLOURS = (*CYCLE, GREY)
DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)))
"""Taken in turn once every colour was used, so that as many lines as both allow can be told apart."""


@styled
def mechanisms(frame: pd.DataFrame) -> "Figure":
    """Return the figure of a frame of :func:`macla.reports.frames.mechanisms`."""
    panels, lines = list(dict.fromkeys(frame["panel"])), list(dict.fromkeys(frame["line"]))
    rows = -(-len(panels) // ACROSS)
    figure, axes = canvas(rows, min(ACROSS, len(panels)), PAGE, 0.6 + HEIGHT * rows)
    for panel, part in zip(panels, axes, strict=False):
        _panel(part, frame[frame["panel"] == panel], lines)
        part.set_title(panel)
    for empty in axes[len(panels) :]:
        empty.set_visible(False)
    handles = {label: handle for part in axes for handle, label in zip(*part.get_legend_handles_labels(), strict=True)}
    shown = [line for line in lines if line in handles]
    figure.legend([handles[line] for line in shown], shown, loc="outside lower center", ncols=3, columnspacing=1)
    return figure


def _panel(axes: "Axes", frame: pd.DataFrame, lines: list[str]) -> None:
    """Draw the lines of one benchmark; a line has the same look in every panel."""
    for position, line in enumerate(lines):
        rows = frame[frame["line"] == line].sort_values("x")
        if not len(rows):
            continue
        shade = COLOURS[position % len(COLOURS)]
        dashes = DASHES[position // len(COLOURS) % len(DASHES)]
        axes.fill_between(rows["x"], 100 * rows["low"], 100 * rows["high"], color=shade, alpha=0.13, linewidth=0)
        above = 3 - position / len(lines)  # the first line over the others
        shown = axes.plot(rows["x"], 100 * rows["success"], color=shade, linestyle=dashes, marker="o", label=line)
        shown[0].set_zorder(above)
    axes.set_xscale("log")
    values = sorted(set(frame["x"]))
    axes.set_xticks(values, [f"{value:g}" for value in values])
    axes.minorticks_off()
    axes.set_ylim(-3, 103)
    axes.set_xlabel("demonstrations (logarithmic)")
    axes.set_ylabel("success (%)")
