"""Table 7: the trace of an episode, from its experiment to its files."""

from types import SimpleNamespace

import pandas as pd
import pytest

from macla.errors import UserError
from macla.experiment import ExperimentConfig, Row
from macla.reports.cell import Cell
from macla.reports.trace import check_trace, write_trace


def asked(**changes):
    values = {"name": "t", "title": "T", "splits": ["unseen"], "seeds": [0], "baseline": None, "paper_note": "Ours."}
    return ExperimentConfig(**values, rows=(Row(name="full"),), **changes)


def test_the_first_episode_of_the_type_is_written_in_all_formats(frozen, tmp_path):
    kind = next(iter(frozen.episodes.values())).type
    first = frozen.episodes[min(task for task, episode in frozen.episodes.items() if episode.type == kind)]
    table = write_trace(asked(trace=kind), [Cell(Row(name="full"), "unseen", [frozen])], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"t.md", "t.csv", "t.tex", "t.manifest.json"}
    assert f"- {first.task}, split unseen, seed 0: {first.instruction}" in table
    assert f"{first.n_steps} actions" in table
    assert "- Ours." in table
    assert len(pd.read_csv(tmp_path / "t.csv")) == len(first.decisions)


def test_a_type_that_no_task_has_is_refused_before_and_after_the_run(frozen, tmp_path):
    with pytest.raises(UserError, match=r"experiment.trace: no task is of type knit; there are fire$"):
        check_trace(asked(trace="knit"), [SimpleNamespace(type="fire")])
    with pytest.raises(UserError, match=r"played no knit; play more tasks"):
        write_trace(asked(trace="knit"), [Cell(Row(name="full"), "unseen", [frozen])], tmp_path)
    assert [*tmp_path.iterdir()] == []
