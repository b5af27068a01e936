"""Success of every memory against the tokens that the model writes an episode with it."""

from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.style import BLUE, PAGE, RED, canvas, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {"prompt": ("notes in the prompt", BLUE, "o"), "code": ("code acts", RED, "s")}
"""Who acts → how the legend says it, colour and marker."""


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
            for name, tokens, height in zip(rows["row"], rows["tokens"], percent, strict=True):
                axes.annotate(
                    name, (tokens, height), xytext=(4, 3), textcoords="offset points", fontsize=6.5, color=shade
                )
        axes.set_title(split)
        axes.set_xlabel("tokens that the model writes an episode")
    panels[0].set_ylabel("success (%)")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
