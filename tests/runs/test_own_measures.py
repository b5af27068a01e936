"""A benchmark's own figures stand in the summary of an evaluation, on the console and in a table."""

import json
from pathlib import Path

import pytest

from macla.config import compose
from macla.reports.console import show_evaluation
from macla.reports.table import write_table
from macla.runs.evaluate import evaluate

SIX = ["delivery_rate", "commonsense_micro", "commonsense_macro", "hard_micro", "hard_macro", "final_pass_rate"]


def test_the_six_rates_stand_in_summary_console_and_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shared = ["memory=none", f"env.data_dir={tmp_path}", "eval.limit=2", f"runs={tmp_path / 'runs'}"]
    summary = evaluate(compose(["env=travelplanner", *shared]), "seen", None, None)
    written = json.loads((Path(summary["run"]) / "summary.json").read_text(encoding="utf-8"))
    assert list(summary["measures"]) == SIX
    assert written["measures"] == summary["measures"]
    assert summary["measures"]["final_pass_rate"]["n"] == 2
    assert summary["measures"]["commonsense_micro"]["n"] == 16
    show_evaluation(summary)
    said = capsys.readouterr().out
    assert all(name.replace("_", " ") in said for name in SIX)
    table = write_table([Path(summary["run"])], "table", tmp_path / "out")
    assert " | final pass rate % | " in table
