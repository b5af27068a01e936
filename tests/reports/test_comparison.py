"""Paired tests of a table's rows against its baseline."""

from macla.config import ExperimentConfig, Row
from macla.reports.columns import without_repeats
from macla.reports.comparison import Cell, _paired


def cell(name, runs):
    return Cell(Row(name=name), "unseen", runs)


def test_success_and_score_are_tested_on_the_same_tasks(run, episode):
    better = [episode(f"t{k}", success=k < 6, score=0.9) for k in range(12)]
    worse = [episode(f"t{k}", success=False, score=0.4) for k in range(12)]
    ours = cell("memory", [run(*better)])
    columns = _paired(ours, cell("none", [run(*worse)]), score=True)
    assert columns == {"p against memory": "0.031 (6:0)", "score p against memory": columns["score p against memory"]}
    assert float(columns["score p against memory"]) < 0.002
    assert set(_paired(ours, ours, score=True).values()) == {"–"}
    assert list(_paired(ours, ours, score=False)) == ["p against memory"]


def test_seeds_of_one_task_are_one_difference_of_scores(run, episode):
    high, low = [episode("t", success=False, score=0.9)], [episode("t", success=False, score=0.1)]
    columns = _paired(cell("memory", [run(*high)] * 20), cell("none", [run(*low)] * 20), score=True)
    assert columns["score p against memory"] == "1", "twenty seeds of one task are one task"


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
