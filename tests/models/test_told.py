"""A model that answers nothing useful does not look like a bad agent: commands say so, and a refusal ends no run."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.misbehaving_server import FakeServer, Handler, obey, saying, status
from helpers.served_runs import HORIZON, TASKS, after, episodes, wild
from helpers.server_habits import USELESS, WHOLE, error_in_200

from macla.config import compose
from macla.reports.console import show_build, show_evaluation
from macla.reports.table import write_table
from macla.runs.build import build_memory
from macla.runs.doctor import examine
from macla.runs.evaluate import evaluate

ASKED = TASKS * HORIZON
TOLD = (
    f"{ASKED} of {ASKED} replies were of no use ({ASKED} × it was cut by max_tokens while the model was thinking, "
    "finish_reason length)"
)


def test_eval_and_its_episodes_tell_of_useless_replies(
    server: FakeServer, config: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.always = USELESS["cut thinking"][0]
    summary = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert (summary["useless_replies"]["useless"], summary["useless_replies"]["replies"]) == (ASKED, ASKED)
    show_evaluation(summary)
    assert f"{TOLD}: the first begins “Let me think”" in capsys.readouterr().out
    for episode in episodes(tmp_path / "run"):
        assert len(episode["useless"]) == HORIZON
        assert {one["finish_reason"] for one in episode["useless"]} == {"length"}
        assert {one["text"] for one in episode["useless"]} == {"Let me think"}
        assert {one["purpose"] for one in episode["useless"]} == {"act"}


def test_where_nothing_is_scored_no_rate_is_shown(
    server: FakeServer, config: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.always = error_in_200("no such tool", code=400)
    summary = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    show_evaluation(summary)
    said = capsys.readouterr().out
    assert f"toy unseen: none of {TASKS} tasks is scored, memory none, model m\n" in said
    assert "HTTP 200 with an error as its body" in said
    write_table([tmp_path / "run"], "table", tmp_path)
    (row,) = csv.DictReader((tmp_path / "table.csv").open())
    assert (row["n/N"], row["success %"], row["score"], row["steps"]) == (f"0/0 of {TASKS}", "–", "–", "–")
    for shown in (said, (tmp_path / "table.md").read_text()):
        assert "0.0" not in shown.replace("temperature 0.0", "")


def test_a_build_tells_of_useless_replies(
    server: FakeServer, config: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def sulk(handler: Handler, body: dict[str, Any]) -> None:
        asked = body["response_format"]["json_schema"]["name"]
        return saying("\x1b[31mno")(handler, body) if asked == "distil_policy" else wild(handler, body)

    server.always = sulk
    show_build(built := build_memory(config("build.practice=8", "memory.n_min=1"), tmp_path / "memory"))
    counted = built["useless_replies"]
    assert counted["useless"] == sum(built["malformed"].values())
    told = f"{counted['useless']} of {counted['replies']} replies were of no use"
    out = capsys.readouterr().out
    assert (told in out) == (counted["useless"] > 0)
    assert "\x1b" not in out


@pytest.mark.parametrize("habit", USELESS)
def test_doctor_fails_on_a_model_that_answers_nothing_useful(server: FakeServer, config: Any, habit: str) -> None:
    server.always, reason, _ = USELESS[habit]
    *_, found = examine(config("model.structured=auto"))
    assert (found.ok, found.what) == (False, "model")
    assert found.text.startswith(f"m: 1 of 1 replies were of no use (1 × {reason}")


@pytest.mark.parametrize("habit", WHOLE)
def test_doctor_is_content_with_an_answer_wherever_it_stands(server: FakeServer, config: Any, habit: str) -> None:
    server.always = WHOLE[habit]
    *_, found = examine(config("model.structured=auto"))
    assert (found.ok, "structured json_schema" in found.text) == (True, True)


def test_doctor_asks_the_stand_in_too() -> None:
    *_, found = examine(compose(["env=toy", "encoder=hashing"]))
    assert found.ok


@pytest.mark.parametrize(("good", "marked"), [(ASKED, False), (ASKED - 2, False), (ASKED - 3, True)])
def test_a_row_with_more_than_a_tenth_of_useless_replies_is_marked(
    server: FakeServer, config: Any, tmp_path: Path, good: int, marked: bool
) -> None:
    """Of 24 requests 2 are 8 %, 3 are 12.5 %."""
    left = [good]

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        left[0] -= 1
        return obey(handler, body) if left[0] >= 0 else saying("no {idea}")(handler, body)

    server.always = behave
    evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    table = write_table([tmp_path / "run"], "t", tmp_path)
    assert ("| none † |" in table) == marked
    told = f"none, unseen: {ASKED - good} of {ASKED} replies were of no use ({ASKED - good} × its JSON does not parse"
    assert (told in table) == (good < ASKED)
    assert (f"- † {told}" in table) == marked
    assert ("none $\\dagger$" in (tmp_path / "t.tex").read_text()) == marked


def test_one_refused_request_ends_no_run(server: FakeServer, config: Any, tmp_path: Path) -> None:
    """The episode is played again, with the result that it has without the refusal."""
    server.always = wild
    evaluate(config("memory=none"), "unseen", None, tmp_path / "whole")
    server.behaviours = [wild] * 3 + [status(400, "flagged")]
    summary = evaluate(config("memory=none", "runner.retries=0"), "unseen", None, tmp_path / "run")
    assert (summary["n_scored"], summary["n_tasks"]) == (TASKS - 1, TASKS)
    assert summary["unscored_reason"] == "the server refused the request (HTTP 400): flagged"
    summary = evaluate(config("memory=none", "runner.retries=0"), "unseen", None, tmp_path / "run")
    assert summary["n_scored"] == TASKS
    assert summary["unscored_reason"] == ""
    assert episodes(tmp_path / "run") == episodes(tmp_path / "whole")


def test_one_refused_request_ends_no_construction(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = obey
    server.behaviours = [status(400, "flagged")]
    built = build_memory(config(), tmp_path / "memory")
    assert (built["n_procedures"] > 0, built["malformed"]) == (True, {"parse_task": 1})
    assert built["useless_replies"]["reasons"] == {"the server refused the request (HTTP 400): flagged": 1}


def test_a_surrogate_ends_no_run(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = saying('{"thought": "\\udfff", "action": "take \\ud800"}')
    summary = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert summary["n_scored"] == TASKS
    (first, *_) = episodes(tmp_path / "run")
    assert {step["action"] for step in first["steps"]} == {"take \ufffd"}
    (tmp_path / "run" / "episodes.jsonl").read_text(encoding="utf-8")


def test_unscored_episodes_name_the_first_reason(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = after(HORIZON, status(500, "boom"))
    summary = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert summary["n_scored"] == 1
    assert summary["unscored_reason"] == f"{server.url}: HTTP 500: boom (3 attempts)"
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["unscored_reason"]


def test_overrides_may_add_keys_of_servers() -> None:
    config = compose(
        [
            "model.extra_body={top_k: 5, chat_template_kwargs: {enable_thinking: false}}",
            "model.server.env={CUDA_VISIBLE_DEVICES: 1}",
            "model.server.env.HF_HOME=/x",
            "model.options.depth=3",
            "model.omit=[seed]",
        ]
    ).model
    assert config.extra_body == {"top_k": 5, "chat_template_kwargs": {"enable_thinking": False}}
    assert config.server.env == {"CUDA_VISIBLE_DEVICES": "1", "HF_HOME": "/x"}
    assert (config.options, config.omit) == ({"depth": 3}, ("seed",))
    assert "omit" in config.answering()
    assert "omit" not in compose([]).model.answering()
