"""One look for all figures, and files that are the same whenever they are drawn from the same data."""

import io
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from macla.files import write_atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
COLUMN = 3.5
"""Inches: the width of one column of a two-column page; two are :data:`PAGE`."""
PAGE = 7.16
BLUE, ORANGE, GREEN, PINK, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
GREY = "#6b6b6b"
SPLITS = {"seen": BLUE, "unseen": RED}
"""The colour of a split, the same in every figure; other splits take :data:`CYCLE` in turn."""
CYCLE = (BLUE, RED, GREEN, ORANGE, PINK, SKY)
LOOK: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.5,
    "errorbar.capsize": 2,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
    "svg.hashsalt": "macla",
    "svg.fonttype": "path",
}


def styled(draw: Callable[P, "Figure"]) -> Callable[P, "Figure"]:
    """Return ``draw`` running under :data:`LOOK`, whatever the user's matplotlib is set to."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> "Figure":
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(LOOK)
            return draw(*args, **kwargs)

    return wrapper


def canvas(rows: int, columns: int, width: float, height: float, **kwargs: Any) -> "tuple[Figure, list[Axes]]":
    """Return an empty figure of ``width`` × ``height`` inches and its axes, row by row; needs no display."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    axes = figure.subplots(rows, columns, squeeze=False, **kwargs)
    return figure, list(axes.flat)


def colour(split: str, position: int) -> str:
    """Return the colour of a split, the ``position``-th of its figure."""
    return SPLITS.get(split, CYCLE[position % len(CYCLE)])


def paper_line(axes: "Axes", value: float, text: str, colour: str = GREY) -> None:
    """Mark a figure that the paper prints: a dotted line with its source at the right end."""
    axes.axhline(value, color=colour, linestyle=(0, (1, 1.5)), linewidth=1)
    axes.annotate(
        text, (1, value), xycoords=("axes fraction", "data"), xytext=(-2, 2), textcoords="offset points",
        ha="right", va="bottom", fontsize=6.5, color=colour,
    )  # fmt: skip


def save(figure: "Figure", out: Path, name: str) -> list[Path]:
    """Write ``name``.png (300 dpi) and ``name``.svg to ``out``, atomically and without dates; return the paths."""
    import matplotlib

    paths = []
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(LOOK)
        for suffix, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=suffix, metadata=metadata)
            write_atomic(out / f"{name}.{suffix}", buffer.getvalue())
            paths.append(out / f"{name}.{suffix}")
    return paths
