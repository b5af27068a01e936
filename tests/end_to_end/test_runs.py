"""The main path as a person types it: build, evaluate, resume, and the same results on one worker and on two."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Macla = Callable[..., CompletedProcess[str]]


def episodes(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "episodes.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def test_build_reports_its_figures_and_practice_curve(memory: Path) -> None:
    summary = json.loads((memory / "summary.json").read_text())
    wanted = {"n_trajectories", "n_procedures", "n_metas", "seconds", "peak_memory_mb", "bytes"}
    assert wanted <= summary.keys()
    assert summary["n_trajectories"] == 60
    assert 0 < summary["n_procedures"] <= 60
    points = [json.loads(line) for line in (memory / "practice.jsonl").read_text().splitlines()]
    assert [point["episodes"] for point in points] == [10, 20]


def test_a_second_build_gives_the_same_memory(memory: Path, project: Path, macla: Macla) -> None:
    again = project / "again"
    assert macla("build-memory", "--env", "alfworld", "--out", str(again), "build.practice=20").returncode == 0
    assert (again / "events.jsonl").read_bytes() == (memory / "events.jsonl").read_bytes()


def test_memory_lifts_success_and_the_summary_says_so(memory: Path, project: Path, macla: Macla) -> None:
    rates = {}
    for name in (str(memory), "none"):
        out = project / f"unseen-{Path(name).name}"
        result = macla("eval", "--split", "unseen", "--memory", name, "--out", str(out))
        assert result.returncode == 0, result.stderr
        summary = json.loads((out / "summary.json").read_text())
        assert summary["n_tasks"] == summary["n_scored"] == 8
        assert list(summary["success_at"]) == ["20", "30", "40", "50"]
        rates[name] = summary["success_rate"]
    assert rates[str(memory)] > rates["none"] + 0.5


@pytest.mark.parametrize("mode", ["frozen", "online"])
def test_one_worker_and_two_give_the_same_episodes(memory: Path, project: Path, macla: Macla, mode: str) -> None:
    runs = []
    for workers in (1, 2):
        out = project / f"{mode}-{workers}"
        settings = (f"runner.workers={workers}", f"eval.mode={mode}", "runner.batch=4")
        result = macla("eval", "--split", "seen", "--memory", str(memory), "--out", str(out), *settings)
        assert result.returncode == 0, result.stderr
        runs.append(episodes(out))
    assert runs[0] == runs[1]
    assert len(runs[0]) == 10


def test_a_killed_run_resumes_to_the_same_episodes(memory: Path, project: Path, macla: Macla) -> None:
    whole, torn = project / "whole", project / "torn"
    for out in (whole, torn):
        assert macla("eval", "--split", "seen", "--memory", str(memory), "--out", str(out)).returncode == 0
    lines = (torn / "episodes.jsonl").read_text().splitlines(keepends=True)
    (torn / "episodes.jsonl").write_text("".join(lines[:4]) + lines[4][: len(lines[4]) // 2])
    (torn / "summary.json").unlink()
    assert macla("eval", "--split", "seen", "--memory", str(memory), "--out", str(torn)).returncode == 0
    assert episodes(torn) == episodes(whole)


def test_bare_eval_uses_the_newest_build_of_the_configuration(project: Path, macla: Macla) -> None:
    built = macla("build-memory", "--env", "alfworld")
    assert built.returncode == 0, built.stderr
    evaluated = macla("eval", "--split", "unseen", "eval.limit=2")
    assert evaluated.returncode == 0, evaluated.stderr
    assert "runs/memory/alfworld-" in evaluated.stdout


def test_replaying_the_events_gives_the_stored_state(memory: Path, macla: Macla) -> None:
    assert macla("memory", "verify", str(memory), small=False).returncode == 0


def test_a_table_names_model_data_and_versions(memory: Path, project: Path, macla: Macla) -> None:
    runs = []
    for name in (str(memory), "none"):
        out = project / f"table-{Path(name).name}"
        assert macla("eval", "--split", "unseen", "--memory", name, "--out", str(out)).returncode == 0
        runs.append(str(out))
    result = macla("report", *runs, "--name", "small", "--out", str(project / "results"), small=False)
    assert result.returncode == 0, result.stderr
    text = (project / "results" / "small.md").read_text()
    for word in ("not a language model", "data generated", "engine compiled", "alfworld 0.4", "McNemar", "seed 0"):
        assert word in text
    assert {path.suffix for path in (project / "results").iterdir()} == {".md", ".csv", ".tex", ".json"}


def test_a_sweep_plays_every_combination_and_shares_its_runs(memory: Path, project: Path, macla: Macla) -> None:
    runs = f"runs={project / 'swept'}"
    values = ["memory.prior.alpha0=1,3.2", "memory.k=5,6", runs, "eval.limit=3"]
    swept = macla("eval", "-m", "--split", "unseen", "--memory", str(memory), *values)
    assert swept.returncode == 0, swept.stderr
    (listed,) = (project / "swept" / "sweeps").glob("*/jobs.json")
    jobs = json.loads(listed.read_text())
    assert [job["error"] for job in jobs] == [""] * 4
    single = ["memory.prior.alpha0=3.2", "memory.k=5", runs, "eval.limit=3"]
    assert macla("eval", "--split", "unseen", "--memory", str(memory), *single).returncode == 0
    kept = {str(path) for path in (project / "swept" / "eval").iterdir()}
    assert kept == {job["summary"]["run"] for job in jobs if job["summary"]}
    assert f"| 3.2 | 5 | {jobs[2]['summary']['n_success']}/3 |" in swept.stdout
    assert (listed.parent / "alpha0=3.2,k=5" / "run").resolve() == Path(jobs[2]["summary"]["run"]).resolve()
