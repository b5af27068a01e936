"""A small experiment of mechanisms in the toy world, from its file to its table and its figure."""

from pathlib import Path

import pandas as pd
import pytest

from macla.errors import UserError
from macla.runs.reproduce import reproduce

ROWS = """
    - {name: "full, 6", overrides: [build.limit=6], x: 6, line: full, panel: toy}
    - {name: "full, 24", overrides: [build.limit=24], x: 24, line: full, panel: toy}
    - {name: none, memory: none}
"""
EXPERIMENT = """# @package _global_
defaults:
  - override /env: toy
experiment:
  name: mine
  title: Mine
  figure: mechanisms
  splits: [unseen]
  seeds: [0, 1]
  baseline: "full, 24"
  primary: [{row: "full, 24", against: [none], split: unseen}]
  rows:
"""
SMALL = ("encoder=hashing", "env.n_train=24", "env.n_seen=2", "env.n_unseen=4")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "configs" / "experiment" / "mine.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(EXPERIMENT + ROWS)
    monkeypatch.setenv("MACLA_CONFIGS", str(tmp_path / "configs"))
    return path


def test_an_experiment_of_mechanisms_runs_from_its_file_to_its_figure(tmp_path: Path, written: Path) -> None:
    table = reproduce("mine", [*SMALL, f"runs={tmp_path}/runs"], tmp_path)
    assert "| primary (Holm) | full, 24 | none | unseen | success | " in table
    assert "| exploratory | full, 6 | full, 24 | unseen | success | " in table
    assert "2 memories (seeds 0, 1). Intervals: two-way bootstrap" in table
    compared = pd.read_csv(tmp_path / "mine.comparisons.csv")
    assert compared["test"].tolist() == ["none: 2 memories; 4 tasks"] * 2
    frame = pd.read_csv(tmp_path / "mine.figure.csv")
    assert frame[["panel", "line", "x", "n", "memories"]].to_numpy().tolist() == [
        ["toy", "full", 6.0, 4, 2],
        ["toy", "full", 24.0, 4, 2],
    ]
    assert ((frame["low"] <= frame["success"]) & (frame["success"] <= frame["high"])).all()
    assert {path.suffix for path in tmp_path.glob("mine.*")} == {".png", ".svg", ".csv", ".tex", ".md", ".json"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "against: [none]",
            "against: [nearest]",
            "experiment.primary: no row nearest; there are full, 6, full, 24, none",
        ),
        ("split: unseen}", "split: seen}", "experiment.primary: full, 24 has no split seen; it has unseen"),
        ("{name: none,", "{name: none, overrides: [env=alfworld],", "full, 24 plays toy, none plays alfworld"),
        ("x: 6, line: full,", "x: 6,", "row full, 6 lacks one"),
    ],
)
def test_what_cannot_be_compared_or_drawn_is_one_line_before_any_work(
    tmp_path: Path, written: Path, old: str, new: str, said: str
) -> None:
    written.write_text(written.read_text().replace(old, new))
    with pytest.raises(UserError, match=said):
        reproduce("mine", ["encoder=hashing", f"runs={tmp_path}/runs"], tmp_path)
    assert not (tmp_path / "runs").exists()
