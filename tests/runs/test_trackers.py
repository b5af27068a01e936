"""Runs are followed elsewhere, too: by the real packages where they are installed, and never with a secret."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from macla.config import Config, compose
from macla.errors import UserError
from macla.runs import trackers
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate

TOY = ("env=toy", "encoder=hashing", "env.n_train=4", "env.n_unseen=3", "memory=nearest")


class _Kept:
    """Keeps all that a tracker is told."""

    told: list[Any]

    def __init__(self, settings: Any, runs: Path) -> None:
        type(self).told = []

    def start(self, name: str, settings: Mapping[str, str]) -> None:
        self.told.append(("start", name, settings))

    def log(self, figures: Mapping[str, float], step: int) -> None:
        self.told.append(("log", figures, step))

    def finish(self, *, done: bool) -> None:
        self.told.append(("finish", done))


def config(folder: Path, *overrides: str) -> Config:
    return compose([*TOY, f"runs={folder}", *overrides])


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setattr(trackers, "TRACKERS", {**trackers.TRACKERS, "none": _Kept})
    return _Kept


def test_a_build_and_an_evaluation_are_followed_to_their_end(tmp_path, kept):
    memory = Path(build_memory(config(tmp_path), None)["memory"])
    start, log, finish = kept.told
    assert start[:2] == ("start", memory.name)
    assert log[1]["n_trajectories"] == log[2] == 4
    assert finish == ("finish", True)
    evaluate(config(tmp_path), "unseen", memory, None)
    start, *logged, finish = kept.told
    assert start[2]["env.n_train"] == "4"
    assert [one[2] for one in logged] == [1, 2, 3]
    assert set(logged[-1][1]) == {"solved_so_far", "score"}
    assert finish == ("finish", True)


def test_a_run_that_ends_in_an_error_is_told_so(tmp_path, kept):
    with suppress(KeyboardInterrupt), trackers.tracked(config(tmp_path), tmp_path / "run"):
        raise KeyboardInterrupt
    assert kept.told[-1] == ("finish", False)


def test_no_secret_is_told(tmp_path, kept):
    typed = [
        "model=endpoint",
        "model.base_url=http://me:pass-word-1@host/v1",
        "model.id=m",
        "model.api_key_env=sk-x9Y8z7",
    ]
    with trackers.tracked(config(tmp_path, *typed), tmp_path / "run"):
        pass
    told = str(kept.told)
    assert "pass-word-1" not in told
    assert "sk-x9Y8z7" not in told


def test_a_tracker_changes_no_run(tmp_path):
    plain, followed = config(tmp_path), config(tmp_path, "tracker=mlflow")
    assert plain.construction() == followed.construction()
    assert plain.evaluation() == followed.evaluation()
    assert compose([*TOY, "tracker=null"]) == compose(TOY)


@pytest.mark.parametrize("name", ["mlflow", "wandb"])
def test_a_package_that_is_missing_is_told_before_any_work(tmp_path, name, monkeypatch):
    monkeypatch.setattr(trackers, "find_spec", lambda package: None)
    for run in (lambda c: build_memory(c, None), lambda c: evaluate(c, "unseen", None, None)):
        with pytest.raises(
            UserError, match=rf"the package {name} is not installed; type pip install 'macla\[{name}\]'"
        ):
            run(config(tmp_path / "runs", f"tracker={name}"))
    assert not (tmp_path / "runs").exists()


def test_mlflow_keeps_local_files(tmp_path):
    pytest.importorskip("mlflow", reason="needs the extra mlflow")
    build_memory(config(tmp_path, "tracker=mlflow"), None)
    (metric,) = (tmp_path / "mlruns").glob("*/*/metrics/n_trajectories")
    assert metric.read_text().split()[1] == "4.0"


def test_wandb_keeps_a_run_offline(tmp_path):
    pytest.importorskip("wandb", reason="needs the extra wandb")
    build_memory(config(tmp_path, "tracker=wandb"), None)
    assert list((tmp_path / "wandb").glob("offline-run-*/*.wandb"))
