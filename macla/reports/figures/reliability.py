"""The reliability diagram: predicted success against realised success (not in the paper; it prints no calibration)."""

from typing import TYPE_CHECKING

from macla.reports.calibration import Calibration
from macla.reports.figures.style import BLUE, COLUMN, GREY, RED, canvas, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def reliability(calibration: Calibration) -> "Figure":
    """Return the diagram with Wilson intervals, and below it how many decisions each point rests on."""
    figure, [diagram, counts] = canvas(2, 1, COLUMN, 3.9, sharex=True, height_ratios=(3.2, 1))
    points = [point for point in calibration.bins if point.n]
    x, y = [point.predicted for point in points], [point.realised for point in points]
    below = [max(0.0, point.realised - point.interval.low) for point in points]
    above = [max(0.0, point.interval.high - point.realised) for point in points]
    diagram.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, linestyle=(0, (3, 2)), label="perfect")
    diagram.axhline(
        calibration.base_rate, color=RED, linewidth=0.9, linestyle=(0, (1, 1.5)),
        label=f"base rate {calibration.base_rate:.3f}",
    )  # fmt: skip
    diagram.errorbar(x, y, (below, above), color=BLUE, marker="o", elinewidth=0.9, label="decisions (95 % interval)")
    diagram.set_ylabel("realised success")
    diagram.set_ylim(-0.03, 1.03)
    diagram.set_title(f"Brier {calibration.brier:.3f}, reliability {calibration.reliability:.3f}")
    diagram.legend(loc="upper left")
    widths = [point.high - point.low for point in calibration.bins]
    counts.bar([b.low for b in calibration.bins], [b.n for b in calibration.bins], widths, align="edge", color=BLUE,
               edgecolor="white", linewidth=0.8)  # fmt: skip
    counts.set_yscale("symlog", linthresh=1)
    counts.set_ylabel("decisions")
    counts.set_xlabel("predicted success (posterior mean)")
    counts.set_xlim(-0.02, 1.02)
    return figure
