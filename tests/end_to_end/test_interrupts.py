"""What ends a run from outside: one line, no process left behind, and the same command goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.misbehaving_server import FakeServer, stall
from helpers.signals import heed_interrupts

TASKS = 4000
RUN = ("eval", "--env", "toy", "--split", "unseen", "--memory", "none", f"env.n_unseen={TASKS}", "env.n_train=1")


def started(folder: Path, *overrides: str) -> subprocess.Popen[str]:
    """Return a run in a session of its own, so that a signal to its group is what Ctrl-C on a terminal is."""
    command = [sys.executable, "-m", "macla.cli", *RUN, "--out", str(folder), *overrides]
    return subprocess.Popen(
        command,
        cwd=folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )


def played(folder: Path) -> int:
    path = folder / "episodes.jsonl"
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def wait_until_playing(process: subprocess.Popen[str], folder: Path) -> None:
    for _ in range(600):
        if played(folder) > 3:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("nothing is played")


def group_is_empty(group: int) -> bool:
    """Return whether every process of the session ends within seconds (zombies that nobody reaps are ended)."""
    for _ in range(100):
        states = [path.read_text().rsplit(")", 1)[1].split() for path in stats()]
        if not [state for state in states if int(state[2]) == group and state[0] != "Z"]:
            return True
        time.sleep(0.1)
    return False


def stats() -> Iterator[Path]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            path.read_text()
        except OSError:
            continue
        yield path


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)]
)
def test_a_signal_ends_the_run_and_its_workers(tmp_path: Path, number: signal.Signals, code: int, workers: int) -> None:
    folder = tmp_path / "run"
    process = started(folder, f"runner.workers={workers}")
    wait_until_playing(process, folder)
    if number is signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == code
    assert group_is_empty(process.pid)
    lines = [line for line in told.splitlines() if not line.startswith("episodes: ")]
    assert lines == ([] if number is signal.SIGKILL else ["macla: interrupted; the same command resumes"])
    assert 3 < played(folder) < TASKS
    assert json.loads((folder / "manifest.json").read_text())["kind"] == "evaluation"


def test_an_interrupt_does_not_wait_for_a_model_that_is_silent(tmp_path: Path) -> None:
    server = FakeServer()
    server.always = stall
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model = ["model=endpoint", f"model.base_url={server.url}", "model.id=m", "model.structured=json_schema"]
    process = started(tmp_path / "run", *model, "runner.workers=3")
    while server.in_flight < 1:  # the others wait for it
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)  # the model is silent for longer
    server.shutdown()
    server.server_close()
    assert process.returncode == 130
    assert told.splitlines()[-1] == "macla: interrupted; the same command resumes"
    assert "Traceback" not in told


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "macla.cli", *RUN, "--out", str(tmp_path / "run"), "eval.limit=200"]
    ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731 as nohup does
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, preexec_fn=ignore)
    wait_until_playing(process, tmp_path / "run")
    process.send_signal(signal.SIGHUP)
    assert process.wait(60) == 0
