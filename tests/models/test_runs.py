"""Whole runs on a real HTTP server that misbehaves: no lost episode, no endless retry, nothing scored that was not."""

import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from helpers.misbehaving_server import Behaviour, FakeServer, Handler, cut, huge, obey, raw, saying, stall, status

from macla.config import Config, compose
from macla.errors import InfrastructureError, UserError
from macla.methods.macla.memory import directory
from macla.models.prompts import prompts_hash
from macla.reports.table import footer, read_run
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate

TASKS, HORIZON = 4, 6
PASSING = {
    "500": status(500, "boom"),
    "stall": stall,
    "cut": cut,
    "huge": huge,
    "no JSON": raw(b"<html>"),
    "no completion": raw(b'{"choices": []}'),
}


@pytest.fixture
def config(server: FakeServer, tmp_path: Path):
    """Return a function from overrides to a small toy run that asks the server."""

    def make(*overrides: str) -> Config:
        model = [
            "model=endpoint",
            f"model.base_url={server.url}",
            "model.id=m",
            "model.retries=2",
            "model.timeout_s=20",
        ]
        model.append("model.structured=json_schema")  # no question before the run's own
        world = ["env=toy", "env.jobs=[fire,glaze]", "env.n_train=8", f"env.n_unseen={TASKS}", f"env.horizon={HORIZON}"]
        return compose([*model, *world, "encoder=hashing", f"runs={tmp_path}", "runner.retries=1", *overrides])

    return make


def episodes(folder: Path) -> list[dict[str, Any]]:
    """Return what a run recorded, without seconds."""
    read = [json.loads(line) for line in (folder / "episodes.jsonl").open()]
    for episode in read:
        del episode["seconds"]
        for usage in episode["usage"].values():
            del usage["seconds"]
    return read


def events(built: dict[str, Any]) -> bytes:
    return (Path(built["memory"]) / "events.jsonl").read_bytes()


def wild(handler: Handler, body: dict[str, Any]) -> None:
    """Answer anything the schema allows: spans out of order, numbers repeated, empty lists, patterns without slots."""
    rng = random.Random(body["seed"])

    def value(schema: dict[str, Any]) -> Any:
        if "enum" in schema:
            return rng.choice(schema["enum"])
        match schema["type"]:
            case "object":
                return {name: value(child) for name, child in schema["properties"].items()}
            case "array":
                least, most = schema.get("minItems", 0), schema["maxItems"]
                return [value(schema["items"]) for _ in range(rng.randint(least, most))]
            case "string":
                return rng.choice(
                    [
                        "",
                        " ",
                        "<0>",
                        "<7>",
                        "fire a <0>",
                        "go to kiln 1",
                        "look",
                        "take vase 1",
                        "é\n\t",
                        "\x0b\x85\u2028",
                    ]
                )
            case "boolean":
                return rng.random() < 0.5
        return rng.randint(0, 40)

    handler.say(json.dumps(value(body["response_format"]["json_schema"]["schema"])))


def after(requests: int, then: Behaviour) -> Behaviour:
    """Return a behaviour that obeys ``requests`` times and is ``then`` for good."""
    left = [requests]

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        left[0] -= 1
        return wild(handler, body) if left[0] >= 0 else then(handler, body)

    return behave


@pytest.mark.parametrize("fault", PASSING)
def test_faults_that_pass_change_no_result(server: FakeServer, config: Any, tmp_path: Path, fault: str) -> None:
    server.always = wild
    its = config("model.timeout_s=2", "model.retries=5") if fault == "stall" else config()
    memories = []
    for name in ("well", "ill"):
        server.behaviours = [] if name == "well" else [wild, PASSING[fault], wild, wild, wild, PASSING[fault]]
        built = build_memory(its, tmp_path / f"memory-{name}")
        server.behaviours = [] if name == "well" else [wild, wild, PASSING[fault], PASSING[fault]]
        summary = evaluate(its, "unseen", Path(built["memory"]), tmp_path / f"run-{name}")
        assert (summary["n_scored"], summary["n_tasks"]) == (TASKS, TASKS)
        assert server.behaviours == []
        memories.append(events(built))
    assert memories[0] == memories[1]
    assert episodes(tmp_path / "run-ill") == episodes(tmp_path / "run-well")


@pytest.mark.parametrize("fault", ["500", "huge", "no JSON"])
def test_faults_that_stay_are_never_failures_and_end(
    server: FakeServer, config: Any, tmp_path: Path, fault: str
) -> None:
    """The server still lists its models, so every task has its attempts; then the same command finishes the run."""
    server.always = wild
    whole = evaluate(config(), "unseen", None, tmp_path / "whole")
    server.always, server.bodies = after(2 * HORIZON, PASSING[fault]), []
    broken = evaluate(config(), "unseen", None, tmp_path / "broken")
    assert (broken["n_scored"], broken["n_tasks"]) == (2, TASKS)
    assert broken["outcomes"]["infrastructure_error"] == TASKS - 2
    assert broken["success_interval"] == pytest.approx([0, 0.6576], abs=1e-3)  # of 2 scored tasks, not of 4
    assert len(server.bodies) == 2 * HORIZON + (TASKS - 2) * 2 * 3
    server.always = wild
    assert evaluate(config(), "unseen", None, tmp_path / "broken")["n_scored"] == TASKS
    assert episodes(tmp_path / "broken") == episodes(tmp_path / "whole")
    assert whole["n_scored"] == TASKS


def die(handler: Handler, body: dict[str, Any]) -> None:
    """Answer nothing any more, not even which models there are."""
    handler.server.always, handler.server.down = status(503, "shutting down"), True
    status(503, "shutting down")(handler, body)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_lost_server_stops_the_run_at_once_and_nothing_is_lost(
    server: FakeServer, config: Any, tmp_path: Path, workers: int
) -> None:
    server.always = wild
    evaluate(config(), "unseen", None, tmp_path / "whole")
    dying = f"runner.workers={workers}"
    server.always, server.bodies = after(3 * HORIZON, die), []
    with pytest.raises(InfrastructureError, match=rf"of {TASKS} episodes are kept in .*; the same command resumes"):
        evaluate(config(dying), "unseen", None, tmp_path / "torn")
    assert len(server.bodies) <= 3 * HORIZON + workers * 3
    kept = episodes(tmp_path / "torn")
    assert len(kept) < TASKS
    assert {episode["outcome"] for episode in kept} <= {"step_limit", "failure", "success"}
    server.always, server.down = wild, False
    assert evaluate(config(dying), "unseen", None, tmp_path / "torn")["n_scored"] == TASKS
    assert episodes(tmp_path / "torn") == episodes(tmp_path / "whole")


def test_a_lost_server_in_an_online_evaluation_loses_no_episode(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    server.always = wild
    memory = Path(build_memory(config(), tmp_path / "memory")["memory"])
    online = config("eval.mode=online", "runner.batch=3", "memory.n_min=1")
    evaluate(online, "unseen", memory, tmp_path / "whole")
    first = episodes(tmp_path / "whole")
    asked = min(sum(its["calls"] for its in episode["usage"].values()) for episode in first) * 2
    server.always = after(asked, die)
    with pytest.raises(InfrastructureError, match="episodes are kept"):
        evaluate(online, "unseen", memory, tmp_path / "torn")
    kept = len(episodes(tmp_path / "torn"))
    assert 0 < kept < TASKS
    server.always, server.down = wild, False
    assert evaluate(online, "unseen", memory, tmp_path / "torn")["n_scored"] == TASKS
    assert episodes(tmp_path / "torn") == episodes(tmp_path / "whole")


def test_exit_code_3_says_what_is_kept_and_the_same_command_resumes(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    its = config()
    line = [sys.executable, "-m", "macla.cli", "eval", "--memory", "none", "--out", str(tmp_path / "run"), "env=toy"]
    line += ["model=endpoint", f"model.base_url={server.url}", "model.id=m", "model.retries=0", "encoder=hashing"]
    line += [f"env.n_unseen={TASKS}", f"env.horizon={HORIZON}", "model.structured=json_schema"]
    server.always = after(2 * HORIZON, die)
    lost = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert lost.returncode == 3, lost.stderr
    assert lost.stderr.splitlines()[-1].startswith(f"macla: {its.model.url}: HTTP 503: shutting down; 2 of 4 episodes")
    assert "Traceback" not in lost.stderr
    server.always, server.down = wild, False
    assert subprocess.run(line, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert len(episodes(tmp_path / "run")) == TASKS


def test_a_lost_server_stops_construction(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = after(4, status(500))
    with pytest.raises(InfrastructureError, match="3 attempts"):
        build_memory(config(), tmp_path / "memory")
    assert not (tmp_path / "memory" / "memory.json").exists()


def test_nothing_is_done_without_the_right_model(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.models = ["other"]
    for run in (
        lambda: build_memory(config(), tmp_path / "out"),
        lambda: evaluate(config(), "unseen", None, tmp_path / "out"),
    ):
        with pytest.raises(UserError, match="serves other, not m"):
            run()
    assert list(tmp_path.iterdir()) == []


def test_useless_replies_cost_steps_and_the_episode_ends(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = saying("I would rather not.")
    summary = evaluate(config(), "unseen", None, tmp_path / "run")
    assert (summary["n_scored"], summary["n_success"]) == (TASKS, 0)
    for episode in episodes(tmp_path / "run"):
        assert [step["action"] for step in episode["steps"]] == [""] * HORIZON
        assert (episode["rejected"], episode["outcome"]) == (0, "step_limit")
    its = summary["usage"]["act"]
    assert (its["requests"], its["calls"], its["malformed"]) == (TASKS * HORIZON, 2 * TASKS * HORIZON, TASKS * HORIZON)


def test_an_instruction_that_cannot_be_read_is_asked_for_again(server: FakeServer, config: Any, tmp_path: Path) -> None:
    """Two useless replies (each after a repair round) cost two steps; the third reply is used. Draws differ."""
    server.always = wild
    built = build_memory(config(), tmp_path / "memory")
    asked: list[int] = []

    def refuse(handler: Handler, body: dict[str, Any]) -> None:
        first = "Read the instruction" in body["messages"][0]["content"]
        if first:
            asked.append(body["seed"])
        return saying("no")(handler, body) if first and len(asked) <= 4 else wild(handler, body)

    server.always = refuse
    evaluate(config("eval.limit=1"), "unseen", Path(built["memory"]), tmp_path / "run")
    (episode,) = episodes(tmp_path / "run")
    assert [step["action"] for step in episode["steps"][:2]] == ["", ""]
    its = episode["usage"]["parse_task"]
    assert (its["requests"], its["calls"], its["malformed"]) == (3, 5, 2)
    assert len(set(asked)) == 5


def test_useless_replies_leave_trajectories_out_and_are_counted(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    server.always = saying("I would rather not.")
    built = build_memory(config(), tmp_path / "memory")
    assert (built["n_procedures"], built["malformed"]) == (0, {"parse_task": 8})
    server.always = obey
    assert evaluate(config(), "unseen", Path(built["memory"]), tmp_path / "run")["n_scored"] == TASKS


@pytest.mark.parametrize("purpose", ["segment", "abstract", "contrast", "distil_policy", "ground"])
def test_one_call_that_always_fails_is_counted_and_stops_nothing(
    server: FakeServer, config: Any, tmp_path: Path, purpose: str
) -> None:
    def sulk(handler: Handler, body: dict[str, Any]) -> None:
        its = body["response_format"]["json_schema"]["name"]
        return saying("no")(handler, body) if its == purpose else wild(handler, body)

    server.always = sulk
    built = build_memory(config("build.practice=8", "memory.n_min=1"), tmp_path / "memory")
    assert set(built["malformed"]) <= {purpose}
    if purpose in ("segment", "abstract"):
        assert (built["malformed"][purpose] > 0, built["n_procedures"]) == (True, 0)
    if purpose == "distil_policy":
        assert built["n_metas"] == 0


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_schema_allows_runs_through(server: FakeServer, config: Any, tmp_path: Path, seed: int) -> None:
    server.always = wild
    loose = [f"model.seed={seed}", f"seed={seed}"]
    practice = ["build.practice=8", "memory.n_min=1", "env.horizon=12", "memory.theta_conf=-9"]
    built = build_memory(config(*loose, *practice), tmp_path / "memory")
    memory, _, _ = directory.load(Path(built["memory"]))  # also replays the events and compares
    for procedure in memory.procedures.values():
        steps = [step.key for step in procedure.plan]
        assert len(set(steps)) == len(steps)
        assert not set(procedure.refinement.require) & set(procedure.refinement.forbid)
    summary = evaluate(config(*loose, *practice), "unseen", Path(built["memory"]), tmp_path / "run")
    assert summary["n_scored"] == TASKS


def test_the_ledger_of_a_run_equals_the_servers_count(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = wild
    whole = config("build.practice=4", "runner.workers=1")
    built = build_memory(whole, tmp_path / "memory")
    summary = evaluate(whole, "unseen", Path(built["memory"]), tmp_path / "run")
    both = [*built["usage"].values(), *summary["usage"].values()]
    assert sum(its["prompt_tokens"] + its["completion_tokens"] for its in both) == server.tokens
    assert sum(its["calls"] for its in both) == len(server.bodies)


def test_a_recorded_run_replays_without_a_server(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = wild
    recorded = config(f"model.record={tmp_path}/tape", "runner.workers=2")
    built = build_memory(recorded, tmp_path / "memory")
    evaluate(recorded, "unseen", Path(built["memory"]), tmp_path / "first")
    server.always, server.bodies = status(500), []
    replayed = config("model=replay", f"model.replay={tmp_path}/tape", "model.base_url=''", "model.id=''")
    again = build_memory(replayed, tmp_path / "memory-again")
    evaluate(replayed, "unseen", Path(again["memory"]), tmp_path / "second")
    assert episodes(tmp_path / "second") == episodes(tmp_path / "first")
    assert (Path(again["memory"]) / "events.jsonl").read_bytes() == (
        Path(built["memory"]) / "events.jsonl"
    ).read_bytes()
    assert server.bodies == []


def test_a_stalled_server_does_not_hold_a_run_for_ever(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = stall
    quick = config("model.timeout_s=1", "model.retries=1", "runner.retries=0", "eval.limit=2")
    started = time.perf_counter()
    summary = evaluate(quick, "unseen", None, tmp_path / "run")
    assert (summary["n_scored"], summary["n_tasks"]) == (0, 2)
    assert time.perf_counter() - started < 60
    assert threading.active_count() < 50


def test_a_table_names_server_checkpoint_and_prompts(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always, server.card["root"] = wild, "/somewhere/weights-7"
    evaluate(config("eval.limit=1"), "unseen", None, tmp_path / "run")
    (line,) = [line for line in footer(read_run(tmp_path / "run")) if line.startswith("Model: ")]
    for words in ("m, ", "checkpoint weights-7", "server fake 1.2", "temperature 0.0", f"prompts {prompts_hash()}"):
        assert words in line
    assert "/somewhere" not in (tmp_path / "run" / "manifest.json").read_text()


def test_other_weights_under_the_same_name_are_another_run(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = wild
    for root in ("a", "b"):
        server.card["root"] = root
        if root == "b":
            with pytest.raises(UserError, match=r"model\.checkpoint: a → b"):
                evaluate(config("eval.limit=1"), "unseen", None, tmp_path / "run")
        else:
            evaluate(config("eval.limit=1"), "unseen", None, tmp_path / "run")
