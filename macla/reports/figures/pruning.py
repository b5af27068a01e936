"""Figure 4: what pruning dropped beside what it kept."""

from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.style import BLUE, COLUMN, RED, canvas, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = {"retained": (BLUE, "o"), "pruned": (RED, "X")}


@styled
def pruning(frame: pd.DataFrame) -> "Figure":
    """Return Figure 4: evidence against posterior mean (frame of :func:`macla.methods.macla.report.history.pruning`).

    Circles are retained, crosses pruned procedures; open marks are meta-procedures.
    """
    figure, [axes] = canvas(1, 1, COLUMN, 2.9)
    for status, (shade, marker) in _LOOKS.items():
        rows = frame[frame["status"] == status]
        for meta, group in rows.groupby("meta"):
            axes.scatter(
                group["support"].clip(lower=1), group["mean"], s=20, marker=marker, alpha=0.75, linewidths=0.8,
                edgecolors=shade, facecolors="none" if meta else shade,
                label=f"{status} {'meta-procedures' if meta else 'procedures'} ({len(group)})",
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(0.8, 1.5 * max(10, float(frame["support"].max())))
    axes.set_xlabel("observations (segments merged and executions)")
    axes.set_ylabel("posterior mean α/(α+β)")
    axes.set_ylim(min(0.45, float(frame["mean"].min()) - 0.05), 1.03)
    figure.legend(loc="outside lower center", ncols=2, columnspacing=1)
    return figure
