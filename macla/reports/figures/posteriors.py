"""Figure 3: how the beliefs about the most used procedures move over episodes."""

from typing import TYPE_CHECKING

import pandas as pd

from macla.reports.figures.style import CYCLE, PAGE, canvas, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GOAL = 40
"""Characters of a goal in the legend."""


@styled
def posteriors(frame: pd.DataFrame) -> "Figure":
    """Return Figure 3: α and α/(α+β) over episodes (frame of :func:`macla.methods.macla.report.history.posteriors`).

    The legend gives each procedure's commonest goal and how often it was executed.
    """
    figure, [left, right] = canvas(1, 2, PAGE, 2.7, sharex=True)
    last = frame["episode"].max()
    by_use = frame["procedure"].value_counts(sort=True)
    for position, name in enumerate(by_use.index):
        rows = frame[frame["procedure"] == name]
        # a belief holds until the next execution
        episodes, shade = [*rows["episode"], last], CYCLE[position % len(CYCLE)]
        goal = str(rows["goal"].iloc[0])
        label = f"{name}: {goal if len(goal) <= _GOAL else goal[: _GOAL - 1] + '…'} (×{len(rows) - 1})"
        left.step(episodes, [*rows["alpha"], rows["alpha"].iloc[-1]], where="post", color=shade, label=label)
        right.step(episodes, [*rows["mean"], rows["mean"].iloc[-1]], where="post", color=shade)
    left.set_title("(a) evidence of success")
    left.set_ylabel("α")
    left.set_ylim(bottom=0)
    right.set_title("(b) posterior mean")
    right.set_ylabel("α/(α+β)")
    right.set_ylim(float(frame["mean"].min()) - 0.05, 1.02)
    for axes in (left, right):
        axes.set_xlabel("episode")
    figure.legend(loc="outside lower center", ncols=2)
    return figure
