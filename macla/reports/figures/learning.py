"""Figure 6: what practice changes: success, memory size, beliefs, fallbacks."""

from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.paper import FALLBACK, METAS, POSTERIOR, PROCEDURES
from macla.reports.figures.style import BLUE, GREEN, ORANGE, PAGE, RED, canvas, paper_line, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WINDOW = 5
"""Batches that the smoothed line averages."""


@styled
def learning(frame: pd.DataFrame) -> "Figure":
    """Return Figure 6's four panels over practice episodes (frame of :func:`macla.reports.frames.practice`)."""
    figure, [success, size, belief, fallback] = canvas(2, 2, PAGE, 4.2, sharex=True)
    episodes = frame["episodes"]
    _rate(success, episodes, 100 * frame["success_rate"], BLUE)
    success.set_title("(a) success in practice")
    success.set_ylabel("success (%)")
    size.plot(episodes, frame["n_procedures"], color=GREEN, label="procedures")
    size.plot(episodes, frame["n_metas"], color=ORANGE, label="meta-procedures")
    paper_line(size, PROCEDURES, f"paper, Table 4: {PROCEDURES} procedures", GREEN)
    paper_line(size, METAS, f"paper, Table 4: {METAS} metas", ORANGE)
    size.set_title("(b) memory")
    size.set_ylabel("number")
    size.set_ylim(0, 1.12 * max(PROCEDURES, float(frame["n_procedures"].max())))
    size.legend(loc="best")
    low = (frame["posterior_mean"] - frame["posterior_sd"]).clip(lower=0)
    high = (frame["posterior_mean"] + frame["posterior_sd"]).clip(upper=1)
    belief.fill_between(episodes, low, high, color=BLUE, alpha=0.18, linewidth=0, label="± 1 sd over procedures")
    belief.plot(episodes, frame["posterior_mean"], color=BLUE, label="mean")
    paper_line(belief, POSTERIOR, f"paper, Table 5: {POSTERIOR}")
    belief.set_title("(c) posterior means α/(α+β)")
    belief.set_ylabel("α/(α+β)")
    belief.set_ylim(min(0.5, float(low.min()) - 0.03), 1.02)
    belief.legend(loc="best")
    _rate(fallback, episodes, 100 * frame["fallback_rate"], RED)
    paper_line(fallback, 100 * FALLBACK, f"paper: {100 * FALLBACK:g} %")
    fallback.set_title("(d) fallback to the model")
    fallback.set_ylabel("decisions (%)")
    for axes in (belief, fallback):
        axes.set_xlabel("practice episodes")
    return figure


def _rate(axes: "Axes", episodes: pd.Series, percent: pd.Series, colour: str) -> None:
    """Draw each batch as a dot and their running mean as a line."""
    axes.plot(episodes, percent, marker=".", linestyle="none", color=colour, alpha=0.4, label="batch")
    mean = percent.rolling(WINDOW, min_periods=1, center=True).mean()
    axes.plot(episodes, mean, color=colour, label=f"mean of {WINDOW} batches")
    axes.set_ylim(-3, 103)
    axes.legend(loc="best")
