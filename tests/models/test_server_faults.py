"""Whole runs on a real HTTP server with faults: no lost episode, no endless retry, nothing scored that was not."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from helpers.misbehaving_server import FakeServer, Handler, cut, huge, raw, stall, status
from helpers.served_runs import HORIZON, TASKS, after, episodes, events, wild

from macla.errors import InfrastructureError, UserError
from macla.methods.stored import SEAL
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate


def cut_now(handler: Handler, body: dict[str, Any]) -> None:
    """Cut the connection; the handler would hold it open until the next request, which makes it one that stalls."""
    cut(handler, body)
    handler.close_connection = True


PASSING = {
    "500": status(500, "boom"),
    "stall": stall,
    "cut": cut_now,
    "cut, and held": cut,
    "huge": huge,
    "no JSON": raw(b"<html>"),
    "no completion": raw(b'{"choices": []}'),
}


@pytest.mark.parametrize("fault", PASSING)
def test_faults_that_pass_change_no_result(server: FakeServer, config: Any, tmp_path: Path, fault: str) -> None:
    server.always = wild
    patient = config("model.timeout_s=2", "model.retries=5") if fault in ("stall", "cut, and held") else config()
    memories = []
    for name in ("well", "ill"):
        server.behaviours = [] if name == "well" else [wild, PASSING[fault], wild, wild, wild, PASSING[fault]]
        built = build_memory(patient, tmp_path / f"memory-{name}")
        server.behaviours = [] if name == "well" else [wild, wild, PASSING[fault], PASSING[fault]]
        summary = evaluate(patient, "unseen", Path(built["memory"]), tmp_path / f"run-{name}")
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
    whole = evaluate(config("memory=none"), "unseen", None, tmp_path / "whole")
    server.always, server.bodies = after(2 * HORIZON, PASSING[fault]), []
    broken = evaluate(config("memory=none"), "unseen", None, tmp_path / "broken")
    assert (broken["n_scored"], broken["n_tasks"]) == (2, TASKS)
    assert broken["outcomes"]["infrastructure_error"] == TASKS - 2
    assert broken["success_interval"] == pytest.approx([0, 0.6576], abs=1e-3)  # of 2 scored tasks, not of 4
    assert len(server.bodies) == 2 * HORIZON + (TASKS - 2) * 2 * 3
    server.always = wild
    assert evaluate(config("memory=none"), "unseen", None, tmp_path / "broken")["n_scored"] == TASKS
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
    evaluate(config("memory=none"), "unseen", None, tmp_path / "whole")
    dying = f"runner.workers={workers}"
    server.always, server.bodies = after(3 * HORIZON, die), []
    with pytest.raises(InfrastructureError, match=rf"of {TASKS} episodes are kept in .*; the same command resumes"):
        evaluate(config("memory=none", dying), "unseen", None, tmp_path / "torn")
    assert len(server.bodies) <= 3 * HORIZON + workers * 3
    kept = episodes(tmp_path / "torn")
    assert len(kept) < TASKS
    assert {episode["outcome"] for episode in kept} <= {"step_limit", "failure", "success"}
    server.always, server.down = wild, False
    assert evaluate(config("memory=none", dying), "unseen", None, tmp_path / "torn")["n_scored"] == TASKS
    assert episodes(tmp_path / "torn") == episodes(tmp_path / "whole")


def test_a_server_that_wants_a_day_of_rest_stops_the_run_and_the_same_command_resumes(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    server.always, server.bodies = after(2 * HORIZON, status(429, "daily limit", retry_after="86400")), []
    with pytest.raises(InfrastructureError, match=rf"daily limit; it asks to wait 86400 s.* 2 of {TASKS} episodes are"):
        evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert len(server.bodies) == 2 * HORIZON + 1
    server.always = wild
    assert evaluate(config("memory=none"), "unseen", None, tmp_path / "run")["n_scored"] == TASKS


def test_a_lost_server_in_an_online_evaluation_loses_no_episode(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    server.always = wild
    memory = Path(build_memory(config(), tmp_path / "memory")["memory"])
    online = config("eval.mode=online", "runner.batch=3", "memory.n_min=1")
    evaluate(online, "unseen", memory, tmp_path / "whole")
    first = episodes(tmp_path / "whole")
    asked = min(sum(usage["calls"] for usage in episode["usage"].values()) for episode in first) * 2
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
    line = [sys.executable, "-m", "macla.cli", "eval", "--memory", "none", "--out", str(tmp_path / "run"), "env=toy"]
    line += ["model=endpoint", f"model.base_url={server.url}", "model.id=m", "model.retries=0", "encoder=hashing"]
    line += [f"env.n_unseen={TASKS}", f"env.horizon={HORIZON}", "model.structured=json_schema"]
    server.always = after(2 * HORIZON, die)
    lost = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert lost.returncode == 3, lost.stderr
    assert lost.stderr.splitlines()[-1].startswith(f"macla: {server.url}: HTTP 503: shutting down; 2 of 4 episodes")
    assert "Traceback" not in lost.stderr
    server.always, server.down = wild, False
    assert subprocess.run(line, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert len(episodes(tmp_path / "run")) == TASKS


def test_a_lost_server_stops_construction(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = after(4, status(500))
    with pytest.raises(InfrastructureError, match="3 attempts"):
        build_memory(config(), tmp_path / "memory")
    assert not (tmp_path / "memory" / SEAL).exists()


def test_nothing_is_done_without_the_right_model(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.models = ["other"]
    for run in (
        lambda: build_memory(config(), tmp_path / "out"),
        lambda: evaluate(config("memory=none"), "unseen", None, tmp_path / "out"),
    ):
        with pytest.raises(UserError, match="serves other, not m"):
            run()
    assert list(tmp_path.iterdir()) == []


def test_a_stalled_server_does_not_hold_a_run_for_ever(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = stall
    quick = config("memory=none", "model.timeout_s=1", "model.retries=1", "runner.retries=0", "eval.limit=2")
    started = time.perf_counter()
    summary = evaluate(quick, "unseen", None, tmp_path / "run")
    assert (summary["n_scored"], summary["n_tasks"]) == (0, 2)
    assert time.perf_counter() - started < 60
    assert threading.active_count() < 50
