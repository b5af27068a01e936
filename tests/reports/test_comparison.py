"""Paired tests of a table's rows against its baseline."""

from macla.config import Row
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
