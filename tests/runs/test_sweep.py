"""A sweep finds out what its cells lack, builds each memory once, plays, resumes, and ends with one table."""

import csv
import json
import multiprocessing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.runs.build import build_memory, built_once
from macla.runs.needs import Checked
from macla.runs.sweep import sweep
from macla.runs.swept_cell import folder_name

TOY = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=4")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of runs that holds one memory."""
    folder = tmp_path_factory.mktemp("runs")
    build_memory(compose([*TOY, f"runs={folder}"]), None)
    return folder


@pytest.mark.parametrize(
    ("override", "memory", "told"),
    [
        (
            "memory.theta_dup=0.7,0.9",
            None,
            r"2 of 2 .*memory\.theta_dup=0\.7: .* was built with 0\.85, which reading it",
        ),
        ("build.limit=5,20", None, r"2 of 2 jobs cannot run, .*build\.limit=5: .* was built with None"),
        (
            "memory=macla,nearest",
            None,
            r"1 of 2 jobs cannot run, .*memory=nearest: .* is a memory of method macla, not ",
        ),
        ("memory.k=3,5", "nowhere", r"2 of 2 jobs cannot run, .*nowhere"),
    ],
)
def test_a_given_memory_is_compared_with_what_is_typed(built, tmp_path, override, memory, told):
    with pytest.raises(UserError, match=told):
        sweep([*TOY, override, f"runs={tmp_path}"], "unseen", memory or str(*memories(built)))
    assert not list(tmp_path.glob("eval/*"))


def test_a_key_that_is_swept_is_typed_once(tmp_path):
    with pytest.raises(UserError, match=r"memory\.k is given twice, and swept once"):
        sweep([*TOY, "memory.k=3,5", "memory.k=7", f"runs={tmp_path}"], "unseen", None)


def memories(runs: Path) -> list[Path]:
    return sorted((runs / "memory").iterdir())


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("memory.k=5,0,-1", r"2 of 3 jobs cannot run, .*the first, memory\.k=0: memory\.k: input should be greater"),
        ("memory.k=5,none", r"1 of 2 jobs cannot run, .*the first, memory\.k=none: memory\.k: "),
        ("memory.theta_dup=0.9,2", r"1 of 2 jobs cannot run, .*the first, memory\.theta_dup=2: memory\.theta_dup: "),
        ("build.trajectories=nowhere,null", r"1 of 2 jobs cannot run, .*build\.trajectories=nowhere: "),
        ("build.split=train,never", r"1 of 2 jobs cannot run, .*build\.split=never: toy has no split never"),
        ("memory.k=interval(2,5)", r"memory\.k=interval\(2,5\): an interval has to be searched: type hydra/sweeper="),
        ("sweep.objective=sucess", r"1 of 1 jobs .*the first: sweep\.objective: there is no objective sucess; there"),
        ("hydra.sweep.dir=/proc/nowhere", r"hydra\.sweep\.dir=/proc/nowhere: nothing can be written there"),
    ],
)
def test_what_a_later_job_lacks_is_told_before_the_first_runs(built: Path, override: str, told: str) -> None:
    before = sorted(built.iterdir())
    with pytest.raises(UserError, match=told) as error:
        sweep([*TOY, f"runs={built}", override], "unseen", None)
    assert "\n" not in str(error.value)
    assert sorted(built.iterdir()) == before


def test_a_server_and_a_split_are_looked_for_too(tmp_path: Path) -> None:
    nobody = ["model=embedded,endpoint", "model.base_url=http://127.0.0.1:9/v1", "model.id=m", "model.retries=0"]
    with pytest.raises(UserError, match=r"1 of 2 jobs cannot run, .*no model server"):
        sweep([*TOY, f"runs={tmp_path}", *nobody], "unseen", "none")
    with pytest.raises(UserError, match=r"2 of 2 jobs cannot run, .*toy has no split tomorrow"):
        sweep([*TOY, f"runs={tmp_path}", "seed=0,1"], "tomorrow", "none")


def test_each_memory_is_built_once_and_the_table_has_the_axes(tmp_path: Path) -> None:
    typed = ["eval", "-m", *TOY, f"runs={tmp_path}", "memory.theta_dup=0.7,0.85", "memory.k=2,5"]
    shown = CliRunner().invoke(app, typed)
    assert shown.exception is None
    assert len(memories(tmp_path)) == len((tmp_path / "builds.jsonl").read_text().splitlines()) == 2
    (folder,) = (tmp_path / "sweeps").iterdir()
    assert folder.name.startswith("toy-unseen-theta_dup,k-")
    assert (folder / "table.md").read_text().strip() in shown.stdout
    rows = list(csv.DictReader((folder / "table.csv").open()))
    cells = [("0.7", "2"), ("0.7", "5"), ("0.85", "2"), ("0.85", "5")]
    assert [(row["theta_dup"], row["k"]) for row in rows] == cells
    assert all(row["n/N"].endswith("/4") and row["95 % interval"] for row in rows)
    assert len(json.loads((folder / "table.manifest.json").read_text())["runs"]) == 4
    for dup, k in cells:
        cell = folder / f"theta_dup={dup},k={k}"
        assert (cell / "memory" / "method.json").is_file()
        assert f"theta_dup: {dup}" in (cell / "run" / "config.yaml").read_text()
    left = {path: path.stat().st_mtime_ns for path in tmp_path.glob("memory/*/*")}
    assert CliRunner().invoke(app, typed).exception is None
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("memory/*/*")} == left
    assert len(list((tmp_path / "eval").iterdir())) == 4


def test_a_sweep_that_was_ended_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended between a memory that is built and its first episode."""
    typed = [*TOY, f"runs={tmp_path}", "memory.theta_dup=0.7,0.85"]

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("macla.runs.evaluate.evaluate", ended)
        with pytest.raises(KeyboardInterrupt):
            sweep(typed, "unseen", None)
    (first,) = memories(tmp_path)
    before = (first / "method.json").stat().st_mtime_ns
    swept = sweep(typed, "unseen", None)
    assert [cell.error for cell in swept.cells] == [None, None]
    assert (first / "method.json").stat().st_mtime_ns == before
    assert len(memories(tmp_path)) == 2


def test_cells_of_one_memory_read_the_same_whichever_is_first(tmp_path: Path) -> None:
    """The prior is used in building, and is swept over one memory: that of the first cell."""
    typed = [*TOY, f"runs={tmp_path}", "memory.prior.alpha0=1,3.2"]
    swept = sweep(typed, "unseen", None)
    (memory,) = memories(tmp_path)
    assert {cell.summary and cell.summary["memory"] for cell in swept.cells} == {str(memory)}
    assert "alpha0: 1.0" in (memory / "config.yaml").read_text()


def test_a_failed_cell_leaves_the_others_and_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from macla.runs.evaluate import evaluate

    def failing(config, *rest):
        if config.seed == 0:
            raise UserError("seed 0 has a bad day")
        return evaluate(config, *rest)

    monkeypatch.setattr("macla.runs.evaluate.evaluate", failing)
    shown = CliRunner().invoke(app, ["eval", "-m", *TOY, f"runs={tmp_path}", "seed=0,1", "--memory", "none"])
    assert str(shown.exception) == "seed 0 has a bad day"
    assert "seed=0 failed: seed 0 has a bad day" in shown.stdout
    assert "| 0 | – |" in shown.stdout
    assert "| 1 | 0/4 |" in shown.stdout


def test_the_folder_is_named_by_hydra(tmp_path: Path) -> None:
    folder = tmp_path / "my sweep, really"
    typed = [*TOY, f"runs={tmp_path / 'runs'}", "memory=none,random_admissible", f"hydra.sweep.dir='{folder}'"]
    assert CliRunner().invoke(app, ["eval", "-m", *typed]).exception is None
    assert sorted(path.name for path in folder.iterdir()) == [
        "jobs.json", "memory=none", "memory=random_admissible",
        "table.csv", "table.manifest.json", "table.md", "table.tex",
    ]  # fmt: skip
    assert not (tmp_path / "runs" / "sweeps").exists()


def test_a_table_shows_the_cells_of_its_own_sweep_alone(tmp_path: Path) -> None:
    where = [*TOY, f"runs={tmp_path}", f"hydra.sweep.dir={tmp_path}/one"]
    assert len(sweep([*where, "seed=0,1"], "unseen", "none").cells) == 2
    assert [cell.overrides[-1] for cell in sweep([*where, "seed=2,3,4"], "unseen", "none").cells] == [
        "seed=2", "seed=3", "seed=4",
    ]  # fmt: skip


def test_memories_alone(tmp_path: Path) -> None:
    typed = ["build-memory", "-m", *TOY, f"runs={tmp_path}", "memory.theta_dup=0.7,0.85"]
    shown = CliRunner().invoke(app, typed)
    assert shown.exception is None
    assert [line.split(" | ")[0] for line in shown.stdout.splitlines() if line.startswith("| 0")] == ["| 0.7", "| 0.85"]
    assert all(str(memory) in shown.stdout for memory in memories(tmp_path))
    assert not (tmp_path / "eval").exists()
    refused = CliRunner().invoke(app, ["build-memory", "-m", *TOY, f"runs={tmp_path}", "memory=macla,none"])
    assert "memory=none: memory=none has nothing to build" in str(refused.exception)


def _want(overrides: list[str]) -> None:
    built_once(compose(overrides), Checked())


def test_processes_that_want_one_memory_build_it_once(tmp_path: Path) -> None:
    overrides = [*TOY, f"runs={tmp_path}"]
    processes = [multiprocessing.get_context("spawn").Process(target=_want, args=(overrides,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert len((tmp_path / "builds.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"memory.theta_dup": "0.85", "memory.evidence_limit": "20"}, "theta_dup=0.85,evidence_limit=20"),
        ({"env.jobs": "[fire,glaze]", "memory": "macla"}, "jobs=[fire,glaze],memory=macla"),
        ({"memory.k": "1", "other.k": "2"}, "memory.k=1,other.k=2"),
        ({}, "all"),
    ],
)
def test_folders_of_cells_are_readable(values: dict[str, str], name: str) -> None:
    assert folder_name(values, []) == name


def test_names_that_leave_something_out_stay_apart() -> None:
    first, second = (folder_name({"eval.tasks": f"a/{word}"}, [word]) for word in ("b?", "b!"))
    assert first != second
    assert "/" not in first
    assert len(folder_name({"eval.tasks": "x" * 500}, [])) < 200
