"""Runs with a user's own words for tasks: who reads them, what the run says, which memory is found."""

import json
from pathlib import Path

import pytest

from macla.config import Config, compose
from macla.errors import UserError
from macla.files import fingerprint
from macla.methods.run import read_run
from macla.reports.caveats import Marks
from macla.runs.assemble import make_benchmark
from macla.runs.build import build_memory
from macla.runs.builds import resolve
from macla.runs.evaluate import evaluate

SMALL = ["env=toy", "encoder=hashing", "env.n_train=8", "env.n_unseen=4"]
FIRE = {"task": "unseen-0000-fire", "instruction": "The dish, well, let it see the flames."}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wordings.jsonl"
    path.write_text(json.dumps(FIRE) + "\n")
    return path


def config(tmp_path: Path, *overrides: str) -> Config:
    return compose([*SMALL, f"runs={tmp_path / 'runs'}", *overrides])


def instructions(summary: dict) -> dict[str, str]:
    return {task: episode.instruction for task, episode in read_run(Path(summary["run"])).episodes.items()}


@pytest.mark.parametrize("mode", ["frozen", "online"])
def test_an_evaluation_reads_them_and_says_so(mode: str, tmp_path: Path, file: Path):
    memory = Path(build_memory(config(tmp_path), None)["memory"])
    worded = config(tmp_path, f"env.instructions={file}", f"eval.mode={mode}")
    assert resolve(worded, None, "unseen", [])[1] == memory  # it learned from training tasks, whose words are their own
    plain = evaluate(config(tmp_path, f"eval.mode={mode}"), "unseen", memory, None)
    ours = evaluate(worded, "unseen", memory, None)
    assert instructions(ours) == {**instructions(plain), FIRE["task"]: FIRE["instruction"]} != instructions(plain)
    assert plain["fingerprint"] != ours["fingerprint"]
    (told,) = set(ours["caveats"]) - set(plain["caveats"])
    assert told.startswith("1 of 4 tasks are in the words of wordings.jsonl (env.instructions, SHA-256 ")
    assert f"‡ {told}." in Marks([read_run(Path(ours["run"]))]).notes()


def test_workers_read_the_same(tmp_path: Path, file: Path):
    alone, shared = (
        evaluate(
            config(tmp_path, "memory=none", f"env.instructions={file}", f"runner.workers={workers}"),
            "unseen",
            None,
            tmp_path / str(workers),
        )
        for workers in (1, 2)
    )
    assert alone["episodes"] == shared["episodes"]
    assert instructions(shared)[FIRE["task"]] == FIRE["instruction"]


def test_what_is_built_from_reads_them_too(tmp_path: Path, file: Path):
    task = make_benchmark(config(tmp_path)).tasks("train")[0].id
    file.write_text(json.dumps({"task": task, "instruction": "Something else."}))
    worded = config(tmp_path, f"env.instructions={file}")
    folder = Path(build_memory(worded, None)["memory"])
    shown = [json.loads(line) for line in (folder / "trajectories.jsonl").read_text().splitlines()]
    assert {one["task_id"] for one in shown if one["task"] == "Something else."} == {task}
    assert folder != Path(build_memory(config(tmp_path), None)["memory"])
    assert resolve(worded, None, "unseen", [])[1] == folder


def test_it_is_what_a_file_holds_that_tells_runs_apart(tmp_path: Path, file: Path):
    def keys(path: Path) -> tuple[str, str]:
        worded = config(tmp_path, f"env.instructions={path}")
        return fingerprint(worded.evaluation()), fingerprint(worded.construction())

    copied = tmp_path / "elsewhere.jsonl"
    copied.write_bytes(file.read_bytes())
    before = keys(file)
    assert keys(copied) == before
    file.write_text(json.dumps({**FIRE, "instruction": "Burn it."}))
    assert not set(keys(file)) & set(before)


def test_an_unknown_task_is_found_before_any_work(tmp_path: Path, file: Path):
    file.write_text(json.dumps({**FIRE, "task": "unseen-0004-fire"}))  # of four, the last is number 3
    with pytest.raises(UserError, match="toy has no task unseen-0004-fire"):
        evaluate(config(tmp_path, "memory=none", f"env.instructions={file}"), "unseen", None, None)
    assert not (tmp_path / "runs").exists()
