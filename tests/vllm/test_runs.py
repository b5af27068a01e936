"""Memory construction and evaluation on a real vLLM; a server killed in the middle of a run."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from helpers.served import served_tokens

from macla.config import Config, compose
from macla.errors import InfrastructureError, UserError
from macla.methods.episode import CIRCUMSTANCES
from macla.models.settings import ModelSettings
from macla.models.vllm import stop
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.reproduce import reproduce

GAMES = 5
Overrides = Callable[..., list[str]]
Start = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def config(overrides: Overrides, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Return a small generated ALFWorld with short episodes."""
    folder = tmp_path_factory.mktemp("runs")
    small = ["env.n_train=12", "env.n_seen=5", "env.n_unseen=5", "env.horizon=8", f"env.data_dir={folder}/data"]
    more = ["encoder=hashing", f"runs={folder}", "build.limit=6", "runner.workers=1", "runner.retries=0"]
    asked = [
        "model.retries=1",
        "model.timeout_s=60",
        "model.structured=json_schema",
    ]  # no question apart from the runs'
    return compose(overrides("env=alfworld", *small, *more, *asked))


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return the episodes of a run without what may differ between equal runs."""
    read = [json.loads(line) for line in (folder / "episodes.jsonl").open()]
    return [without_circumstances(episode) for episode in read]


def without_circumstances(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_circumstances(child) for key, child in value.items() if key not in CIRCUMSTANCES}
    return [without_circumstances(child) for child in value] if isinstance(value, list) else value


def test_a_build_asks_the_model_and_says_what_came_of_it(
    config: Config, server: subprocess.Popen[bytes], settings: ModelSettings
) -> None:
    """Random weights mostly cut nothing: then the build says so instead of writing an empty memory."""
    before = served_tokens(settings)
    folder = config.runs / "asked"
    try:
        built = build_memory(config, folder)
    except UserError as error:
        if "no procedure was learned from 6 trajectories" not in str(error):
            raise
        assert [file.name for file in folder.iterdir()] == ["trajectories.jsonl"]
        assert served_tokens(settings) > before
    else:
        assert {"parse_task", "segment", "abstract"} <= built["usage"].keys()
        assert booked(built) == served_tokens(settings) - before


def booked(*summaries: dict[str, Any]) -> int:
    """Return the tokens, read and written, that summaries account for."""
    usages = [usage for summary in summaries for usage in summary["usage"].values()]
    return sum(int(usage["prompt_tokens"] + usage["completion_tokens"]) for usage in usages)


def test_runs_and_a_server_killed_in_the_middle(
    config: Config, server: subprocess.Popen[bytes], started: ExitStack, start: Start, settings: ModelSettings
) -> None:
    by_stand_in = config.model_copy(update={"model": compose(["model=embedded"]).model})
    built = build_memory(by_stand_in, config.runs / "memory")
    before = served_tokens(settings)
    memory = Path(built["memory"])
    whole = evaluate(config, "unseen", memory, config.runs / "whole")
    none = evaluate(config.without_memory(), "unseen", None, config.runs / "none")
    for summary in (whole, none):
        assert (summary["n_scored"], summary["n_tasks"]) == (GAMES, GAMES)
        assert sum(usage["calls"] for usage in summary["usage"].values()) > 0
        assert summary["model"] == "tiny"
    assert none["usage"]["act"]["calls"] > 0  # with memory and random weights that is chance
    assert booked(whole, none) == served_tokens(settings) - before

    kill_after(2, server, config, memory)
    stop(server)
    with socket.socket() as probe:
        assert probe.connect_ex((settings.server.host, settings.server.port)) != 0

    started.close()
    with start():
        resumed = evaluate(config, "unseen", memory, config.runs / "killed")
    assert resumed["n_scored"] == GAMES
    assert lines(config.runs / "killed") == lines(config.runs / "whole")


def kill_after(episodes: int, server: subprocess.Popen[bytes], config: Config, memory: Path) -> None:
    """Evaluate, and kill -9 the server's process group once ``episodes`` episodes are written."""
    path = config.runs / "killed" / "episodes.jsonl"

    def watch() -> None:
        while not path.is_file() or path.read_text().count("\n") < episodes:
            time.sleep(0.01)
        os.killpg(server.pid, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    with pytest.raises(InfrastructureError, match=f"2 of {GAMES} episodes are kept in .*; the same command resumes"):
        evaluate(config, "unseen", memory, config.runs / "killed")
    assert len(lines(config.runs / "killed")) == episodes


def test_rows_side_by_side_ask_one_server_that_was_started_for_them(overrides: Overrides, tmp_path: Path) -> None:
    small = ["env=toy", "env.n_train=8", "env.n_unseen=3", "env.horizon=8", "encoder=hashing", "build.by=embedded"]
    side_by_side = ["experiment.splits=[unseen]", "runner.cells=2", "model.autostart=true", f"runs={tmp_path}/runs"]
    table = reproduce("quickstart", overrides(*small, *side_by_side), tmp_path / "tables")
    assert "no memory" in table
    summaries = [json.loads(path.read_bytes()) for path in (tmp_path / "runs" / "eval").glob("*/summary.json")]
    assert [summary["n_scored"] for summary in summaries] == [3, 3, 3]
    assert {summary["model"] for summary in summaries} == {"tiny"}
    assert all(booked(summary) > 0 for summary in summaries if "fixed_rules" not in summary["run"])
