"""Sweepers and launchers of the extra ``sweep``: a search, cells side by side, and what is submitted to SLURM."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.slurm import cluster
from typer.testing import CliRunner, Result

from macla.cli import app
from macla.errors import UserError
from macla.runs.sweep import sweep

TOY = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=4")


def swept(*typed: str) -> Result:
    return CliRunner().invoke(app, ["eval", "-m", *TOY, *typed])


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "table.csv").open()))


@pytest.fixture
def optuna() -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper")


@pytest.mark.usefixtures("optuna")
def test_optuna_is_returned_the_objective_and_raises_it(tmp_path: Path) -> None:
    """Of three memories one alone solves anything here: the search ends with it, at its rate."""
    where = (f"runs={tmp_path}/runs", f"hydra.sweep.dir={tmp_path}/search", "hydra/sweeper=optuna")
    axes = ("memory=none,macla,random_admissible", "seed=0", "hydra.sweeper.n_trials=6")
    shown = swept(*where, *axes, "sweep.objective=success")
    assert shown.exception is None
    found = {row["memory"]: row for row in rows(tmp_path / "search")}
    assert found["macla"]["best"] == "best"
    results = (tmp_path / "search" / "optimization_results.yaml").read_text()
    solved, played = map(int, found["macla"]["n/N"].split("/"))
    assert "memory: macla" in results
    assert f"best_value: {solved / played}" in results


@pytest.mark.usefixtures("optuna")
def test_the_same_search_finds_what_it_played(tmp_path: Path) -> None:
    typed = [f"runs={tmp_path}", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=3", "memory.lambda_info=interval(0,1)"]
    first = sweep([*TOY, *typed], "unseen", None)
    played = sorted((tmp_path / "eval").iterdir())
    again = sweep([*TOY, *typed], "unseen", None)
    assert len(played) == 3
    assert [cell.values for cell in first.cells] == [cell.values for cell in again.cells]
    assert sorted((tmp_path / "eval").iterdir()) == played


@pytest.mark.usefixtures("optuna")
def test_a_search_of_ours_takes_what_is_typed(tmp_path: Path) -> None:
    typed = ["search=optuna", "memory.theta_dup=0.8", "hydra.sweeper.n_trials=2", f"runs={tmp_path}"]
    cells = sweep([*TOY, *typed], "unseen", None).cells
    assert [set(cell.values) for cell in cells] == [{"memory.lambda_info"}] * 2
    assert all("memory.theta_dup=0.8" in cell.overrides for cell in cells)


@pytest.mark.usefixtures("optuna")
def test_what_fails_in_a_search_is_told(tmp_path: Path) -> None:
    typed = ["hydra/sweeper=optuna", "hydra.sweeper.n_trials=2", "seed=0,1", f"runs={tmp_path}"]
    failed = swept(*typed, "sweep.objective=measure.luck", "memory=none")
    assert str(failed.exception) == ("sweep.objective=measure.luck: toy measures no luck; there are success, score")
    with pytest.raises(UserError, match=r"jobs cannot run, .*memory\.k=0: memory\.k: input should be greater"):
        sweep([*TOY, "hydra/sweeper=optuna", "memory.k=range(0,5)", f"runs={tmp_path}"], "unseen", None)


@pytest.fixture
def joblib() -> Iterator[None]:
    """End the workers that joblib would keep for the next sweep: other tests count this process's children."""
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    from joblib.externals.loky import get_reusable_executor

    yield
    get_reusable_executor().shutdown(wait=True)


@pytest.mark.slow
@pytest.mark.usefixtures("joblib")
def test_cells_side_by_side_build_one_memory_once(tmp_path: Path) -> None:
    shown = swept(f"runs={tmp_path}", "memory.k=2,5", "runner.workers=1,2", "hydra/launcher=joblib")
    assert shown.exception is None
    (table,) = tmp_path.glob("sweeps/*/table.csv")
    assert [row["n/N"][-2:] for row in rows(table.parent)] == ["/4"] * 4
    assert len((tmp_path / "builds.jsonl").read_text().splitlines()) == 1
    for run in (tmp_path / "eval").iterdir():  # of four cells: workers make no other run
        tasks = [json.loads(line)["task"] for line in (run / "episodes.jsonl").read_text().splitlines()]
        assert len(tasks) == len(set(tasks)) == 4
    assert len(list((tmp_path / "eval").iterdir())) == 2


@pytest.mark.slow
def test_what_is_submitted_to_slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job array of two cells with the resources that were typed; the cluster's commands are stand-ins that run it."""
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    monkeypatch.setenv("PATH", cluster(tmp_path / "bin"))
    resources = ["hydra.launcher.partition=short", "hydra.launcher.timeout_min=5", "hydra.launcher.array_parallelism=1"]
    shown = swept(f"runs={tmp_path}/runs", "seed=0,1", "hydra/launcher=submitit_slurm", *resources)
    assert shown.exception is None
    script = (tmp_path / "bin" / "submitted.sh").read_text()
    for wanted in ("--partition=short", "--time=5", "--array=0-1%1", "--job-name=macla"):
        assert f"#SBATCH {wanted}\n" in script
    (table,) = tmp_path.glob("runs/sweeps/*/table.csv")
    assert [row["seed"] for row in rows(table.parent)] == ["0", "1"]
    assert len(list((tmp_path / "runs" / "memory").iterdir())) == 2


def test_no_cluster_is_told_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="hydra/launcher=submitit_slurm: there is no SLURM here"):
        sweep([*TOY, f"runs={tmp_path}", "seed=0,1", "hydra/launcher=submitit_slurm"], "unseen", None)
    assert list(tmp_path.iterdir()) == []
