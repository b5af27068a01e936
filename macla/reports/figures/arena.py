"""Success of every memory against the tokens that the model writes an episode with it."""

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.style import BLUE, PAGE, RED, canvas, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {"prompt": ("notes in the prompt", BLUE, "o"), "code": ("code acts", RED, "s")}
"""Who acts → how the legend says it, colour and marker."""

WIDTH, LINE = 0.08, 3.5
"""Of a label: a share of the axis of tokens, and points of success."""


@styled
def arena(frame: pd.DataFrame) -> "Figure":
    """Return a panel a split, a point a row with its 95 % interval (frame of :func:`macla.reports.frames.arena`)."""
    splits = list(dict.fromkeys(frame["split"]))
    figure, panels = canvas(1, len(splits), PAGE, 3.4, sharey=True)
    for axes, split in zip(panels, splits, strict=True):
        for kind, (label, shade, marker) in KINDS.items():
            rows = frame[(frame["split"] == split) & (frame["acts_by"] == kind)]
            percent = 100 * rows["success"]
            errors = [(percent - 100 * rows["low"]).clip(lower=0), (100 * rows["high"] - percent).clip(lower=0)]
            axes.errorbar(
                rows["tokens"], percent, errors, color=shade, marker=marker, linestyle="none", elinewidth=0.7,
                label=f"{label} (95 % interval)",
            )  # fmt: skip
            points = list(zip(rows["tokens"], percent, strict=True))
            for name, point, level in zip(rows["row"], points, levels(points, frame["tokens"].max()), strict=True):
                place = (4, 3 + 7 * level)
                axes.annotate(name, point, xytext=place, textcoords="offset points", fontsize=6.5, color=shade)
        axes.set_title(split)
        axes.set_xlabel("tokens that the model writes an episode")
    panels[0].set_ylabel("success (%)")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def levels(points: Sequence[tuple[float, float]], widest: float) -> list[int]:
    """Return how many lines higher the label of each point stands, so that it is not written over an earlier one.

    Points are (tokens, percent); ``widest`` is how far the axis of tokens goes.

    >>> levels([(500, 5), (510, 5), (600, 5), (515, 40)], 600)
    [0, 1, 0, 0]
    """
    taken: list[tuple[float, float]] = []
    """Where labels stand."""
    found = [0] * len(points)
    for place in sorted(range(len(points)), key=lambda place: points[place]):
        tokens, height = points[place]
        near = [y for x, y in taken if abs(x - tokens) < WIDTH * widest]
        free = (level for level in count() if all(abs(y - height - LINE * level) >= LINE for y in near))
        found[place] = next(free)
        taken.append((tokens, height + LINE * found[place]))
    return found
