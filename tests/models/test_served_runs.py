"""What a run with a served model keeps: the ledger, a recording, and the identity of the model."""

from pathlib import Path
from typing import Any

import pytest
from helpers.misbehaving_server import FakeServer, Handler, obey, saying, status
from helpers.served_runs import TASKS, episodes, events, wild

from macla.errors import UserError
from macla.models.prompts import prompts_hash
from macla.reports.table import footer, read_run
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate


def test_the_ledger_of_a_run_equals_the_servers_count(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = wild
    whole = config("build.practice=4", "runner.workers=1")
    built = build_memory(whole, tmp_path / "memory")
    summary = evaluate(whole, "unseen", Path(built["memory"]), tmp_path / "run")
    both = [*built["usage"].values(), *summary["usage"].values()]
    assert sum(usage["prompt_tokens"] + usage["completion_tokens"] for usage in both) == server.tokens
    assert sum(usage["calls"] for usage in both) == len(server.bodies)


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
    assert events(again) == events(built)
    assert server.bodies == []


def test_a_replay_has_the_useless_replies_and_the_refusals_of_the_run(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    """A refused request costs a trajectory in construction, and a second attempt in an episode; so it does replayed."""
    seen: list[str] = []

    def trouble(handler: Handler, body: dict[str, Any]) -> None:
        """Sulk over the first prompt, refuse the second."""
        prompt = body["messages"][0]["content"]
        seen.extend([prompt] if prompt not in seen else [])
        wrong = {0: saying("no"), 1: status(400, "flagged")}.get(seen.index(prompt), obey)
        return wrong(handler, body)

    server.always = trouble
    recorded = config(f"model.record={tmp_path}/tape", "runner.workers=1")
    built = build_memory(recorded, tmp_path / "memory")
    assert len(built["useless_replies"]["reasons"]) == 2
    server.always, server.behaviours = obey, [obey, status(400, "flagged")]
    played = evaluate(recorded, "unseen", Path(built["memory"]), tmp_path / "first")
    assert played["n_scored"] == TASKS
    assert [episode["attempt"] for episode in episodes(tmp_path / "first")].count(1) == 1
    server.always, server.bodies = status(500), []
    replayed = config("model=replay", f"model.replay={tmp_path}/tape", "model.base_url=''", "model.id=''")
    again = build_memory(replayed, tmp_path / "memory-again")
    assert again["useless_replies"] == built["useless_replies"]
    assert events(again) == events(built)
    replay = evaluate(replayed, "unseen", Path(again["memory"]), tmp_path / "second")
    assert replay["useless_replies"] == played["useless_replies"]
    assert episodes(tmp_path / "second") == episodes(tmp_path / "first")
    assert server.bodies == []


def test_a_table_names_server_checkpoint_and_prompts(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always, server.card["root"] = wild, "/somewhere/weights-7"
    evaluate(config("memory=none", "eval.limit=1"), "unseen", None, tmp_path / "run")
    (line,) = [line for line in footer([read_run(tmp_path / "run")]) if "Model: m, " in line]
    for words in ("checkpoint weights-7", "server fake 1.2", "temperature 0.0", f"prompts {prompts_hash()}"):
        assert words in line
    assert "/somewhere" not in (tmp_path / "run" / "manifest.json").read_text()


def test_other_weights_under_the_same_name_are_another_run(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = wild
    for root in ("a", "b"):
        server.card["root"] = root
        if root == "b":
            with pytest.raises(UserError, match=r"model\.checkpoint: a → b"):
                evaluate(config("memory=none", "eval.limit=1"), "unseen", None, tmp_path / "run")
        else:
            evaluate(config("memory=none", "eval.limit=1"), "unseen", None, tmp_path / "run")


def test_a_finished_run_says_that_nothing_is_played_also_at_another_server(
    server: FakeServer, config: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.always = wild
    first = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert "nothing to play" not in capsys.readouterr().err
    server.bodies.clear()
    elsewhere = config("memory=none", f"model.base_url={server.url.replace('127.0.0.1', 'localhost')}")
    assert evaluate(elsewhere, "unseen", None, tmp_path / "run") == first
    assert server.bodies == []
    assert capsys.readouterr().err.splitlines()[0] == (
        f"nothing to play: all {TASKS} episodes were played before (another model.base_url alone makes no other run); "
        f"remove {tmp_path / 'run'} to play them again"
    )
