"""``macla bench construction``: a row for each number of trajectories, drawn from the experts', within capacity."""

import json
from pathlib import Path

from typer.testing import CliRunner

from macla.cli import app
from macla.errors import UserError


def test_every_row_has_its_size_its_figures_and_its_ratios(tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    typed = ["--env", "toy", "encoder=hashing", "env.n_train=12", "memory.n_procedures=5", "--n", "12", "--n", "48"]
    result = CliRunner().invoke(app, ["bench", "construction", *typed, "--json", str(out)])
    assert result.exit_code == 0, result.output
    rows = json.loads(out.read_text())["rows"]
    assert [row["trajectories"] for row in rows] == [12, 48]
    assert [row["trajectories_ratio"] for row in rows] == [1, 4]
    assert rows[0]["seconds_ratio"] == rows[0]["memory_ratio"] == 1
    assert all(0 < row["n_procedures"] <= row["n_procedures_most"] == 5 for row in rows)
    assert all(row["n_metas"] <= row["n_metas_most"] for row in rows)
    assert "| trajectories | s | s / 1,000 |" in result.stdout
    assert "| 48 | " in result.stdout


def test_a_memory_that_builds_nothing_is_refused() -> None:
    result = CliRunner().invoke(app, ["bench", "construction", "--env", "toy", "memory=none"])
    assert isinstance(result.exception, UserError)
    assert str(result.exception) == "memory=none has nothing to build; type memory=macla"
