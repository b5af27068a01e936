"""What benchmarks say must be known of their figures, and where it reaches a reader."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from envs.toy.benchmark import Toy
from macla.benchmarks.caveats import Caveated, caveats_of
from macla.benchmarks.registry import create
from macla.config import compose
from macla.reports.console import show_evaluation
from macla.reports.table import write_table
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate

OFFICIAL_FOLDS = {"data": "official", "folds": 5}


@pytest.mark.parametrize(
    ("name", "options", "splits", "words"),
    [
        ("intercode_sql", {}, ["test_unseen"], ["templates of the gold statements"]),
        ("intercode_sql", {}, ["train"], []),
        ("webshop", {}, ["unseen"], []),
        ("webshop", {"data": "official"}, ["unseen", "train"], ["scripted expert that knows the reward"]),
        ("travelplanner", {}, ["unseen", "train"], ["scripted expert that knows the constraints"]),
        ("travelplanner", {}, ["unseen"], []),
        ("travelplanner", OFFICIAL_FOLDS, ["heldout", "train"], ["seen twice, as aggregates"]),
        ("travelplanner", {"data": "official"}, ["validation", "train"], []),
        (
            "travelplanner",
            {**OFFICIAL_FOLDS, "mode": "sole-planning"},
            ["heldout", "train"],
            ["seen twice, as aggregates", "gold plan's route"],
        ),
        ("toy", {}, ["unseen", "train"], []),
    ],
)
def test_known_caveats(name: str, options: Mapping[str, object], splits: list[str], words: list[str]) -> None:
    said = caveats_of(create(name, options), splits)
    assert len(said) == len(words)
    assert all(each.startswith(f"{name}: ") and word in each for each, word in zip(said, words, strict=True))


def test_a_caveat_reaches_summary_console_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That of the training split marks what learned from it alone."""

    def caveats(_: Toy, split: str) -> tuple[str, ...]:
        return {"train": ("taught by a script",), "unseen": ("seen before",)}.get(split, ())

    monkeypatch.setattr(Toy, "caveats", caveats, raising=False)
    config = compose(["env=toy", "encoder=hashing", "env.n_train=8", "env.n_unseen=2", f"runs={tmp_path}"])
    assert isinstance(Toy(Toy.Options()), Caveated)
    learned = evaluate(config, "unseen", Path(build_memory(config, None)["memory"]), None)
    alone = evaluate(config.without_memory(), "unseen", None, None)
    assert learned["caveats"] == ["toy: seen before", "toy: taught by a script"]
    assert alone["caveats"] == ["toy: seen before"]
    show_evaluation(alone)
    assert "to know: toy: seen before" in capsys.readouterr().out
    table = write_table([Path(learned["run"]), Path(alone["run"])], "t", tmp_path)
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| toy | unseen")]
    assert [row[4].split(" ", 1)[1] for row in rows] == ["‡ ¶", "‡"]
    assert "- ‡ toy: seen before.\n- ¶ toy: taught by a script.\n" in table
    assert "$\\ddagger$ \\P{}" in (tmp_path / "t.tex").read_text()
