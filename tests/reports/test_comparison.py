"""A figure stands in a reproduced table once."""

from macla.experiment import ExperimentConfig, Row
from macla.reports.cell import Cell
from macla.reports.columns import without_repeats


def repeats(run, columns, episodes):
    rows = (Row(name="memory"),)
    asked = ExperimentConfig(
        name="t", title="T", splits=("unseen",), seeds=(0,), rows=rows, baseline=None, columns=columns
    )
    return without_repeats(asked, [Cell(rows[0], "unseen", [run(*episodes)])])


def test_a_figure_stands_in_a_table_once(run, episode):
    won, lost = episode("a", success=True), episode("b", success=False)
    measured = [
        won.model_copy(update={"measures": {"final_pass": (1.0, 1.0), "rules": (3.0, 4.0)}}),
        lost.model_copy(update={"measures": {"final_pass": (0.0, 1.0), "rules": (1.0, 4.0)}}),
    ]
    asked = ("score", "measure.final_pass", "measure.rules", "reuse")
    kept, notes = repeats(run, asked, measured)
    assert kept.columns == ("measure.rules", "reuse")
    assert notes == ['score is the same as "ours %" here.', 'final pass is the same as "ours %" here.']
    partial = [won, episode("b", success=False, score=0.5)]
    assert repeats(run, ("score",), partial)[0].columns == ("score",)
