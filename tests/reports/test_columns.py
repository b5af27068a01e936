"""Further columns of a reproduced table."""

import dataclasses
import json

import pytest

from macla.errors import UserError
from macla.experiment import ExperimentConfig, Row
from macla.reports.columns import COLUMNS, columns
from macla.reports.measures import success_rate
from macla.reports.table import read_run
from macla.statistics import wilson


def _experiment(names, *rows):
    return ExperimentConfig(
        name="t", title="t", splits=("unseen",), seeds=(0,), rows=rows, baseline=None, columns=tuple(names)
    )


def test_every_column_has_a_text_for_a_run_with_memory(frozen, played):
    row = Row(name="full")
    cells = columns(_experiment(COLUMNS, row), row, "unseen", [frozen])
    stored = json.loads((played["memory"] / "memory.json").read_text())
    assert list(cells) == [column.title for column in COLUMNS.values()]
    assert [title for title, text in cells.items() if text == "–"] == ["training s"]  # nothing was trained
    assert cells["procedures"] == str(len(stored["procedures"]))
    assert cells["metas"] == str(len(stored["metas"]))
    assert 0 < float(cells["mean posterior"]) < 1


def test_an_online_run_shows_the_memory_it_ended_with(played):
    run, row = read_run(played["online"]), Row(name="online")
    stored = json.loads((played["online"] / "memory" / "memory.json").read_text())
    cells = columns(_experiment(["procedures"], row), row, "unseen", [run])
    assert cells["procedures"] == str(len(stored["procedures"]))


def test_without_memory_there_is_nothing_to_say_of_it(played):
    row = Row(name="none")
    cells = columns(
        _experiment(["procedures", "gate", "length", "fallback"], row), row, "unseen", [read_run(played["none"])]
    )
    assert list(cells.values()) == ["–", "–", "–", "100.0 [100.0, 100.0]"]


def test_a_memory_of_another_method_has_no_beliefs_to_average(frozen):
    manifest = json.loads(json.dumps(frozen.manifest))
    manifest["identity"]["config"]["memory"]["method"] = "cloning"
    other = dataclasses.replace(frozen, manifest=manifest)
    row = Row(name="cloning")
    assert columns(_experiment(["posterior"], row), row, "unseen", [other]) == {"mean posterior": "–"}


def test_the_papers_figures_stand_beside_ours_where_it_prints_any(frozen):
    printed = Row(name="full", paper_columns={"unseen": {"reuse": 78.0}})
    other = Row(name="other")
    experiment = _experiment(["reuse", "calls"], printed, other)
    assert columns(experiment, printed, "unseen", [frozen])["paper reuse %"] == "78"
    assert columns(experiment, printed, "seen", [frozen])["paper reuse %"] == "–"
    assert columns(experiment, other, "unseen", [frozen])["paper reuse %"] == "–"
    assert "paper model calls an episode" not in columns(experiment, printed, "unseen", [frozen])


def test_an_unknown_column_is_refused(frozen):
    row = Row(name="full")
    with pytest.raises(UserError, match=r"experiment\.columns: no column colour; there are score"):
        columns(_experiment(["colour"], row), row, "unseen", [frozen])


def measured(run, **figures):
    """Return a run whose episodes carry figures of the benchmark's own."""
    episodes = {task: each.model_copy(update={"measures": figures}) for task, each in run.episodes.items()}
    return dataclasses.replace(run, episodes=episodes)


def test_a_benchmarks_own_figures_are_columns(frozen):
    run, row = measured(frozen, kept=(3.0, 8.0), all_kept=(1.0, 1.0)), Row(name="full")
    cells = columns(_experiment(["measure.kept", "measure.all_kept"], row), row, "unseen", [run])
    assert cells["kept %"] == "37.5 [37.5, 37.5]"
    low = wilson(len(run.episodes), len(run.episodes)).low
    assert cells["all kept %"] == f"100.0 [{100 * low:.1f}, 100.0]"
    with pytest.raises(UserError, match=r"measure\.lost is not measured; there are kept, all_kept"):
        columns(_experiment(["measure.lost"], row), row, "unseen", [run])


def test_parts_of_a_cell_count_their_tasks_apart_and_seeds_do_not(frozen):
    other = dataclasses.replace(
        frozen, episodes={f"{t}x": e.model_copy(update={"task": f"{t}x"}) for t, e in frozen.episodes.items()}
    )
    alone = success_rate([frozen])
    again = dataclasses.replace(frozen, summary=frozen.summary | {"seed": 1})
    assert success_rate([frozen, again])[:2] == alone[:2]
    together = success_rate([frozen, other])
    assert together.value == alone.value
    assert together.interval.high - together.interval.low < alone.interval.high - alone.interval.low
