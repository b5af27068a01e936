"""Whole runs on a server whose replies are of no use, or anything that the schema allows: counted, and survived."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from helpers.misbehaving_server import FakeServer, Handler, obey, saying
from helpers.served_runs import HORIZON, TASKS, episodes, wild
from typer.testing import CliRunner

from macla.cli import app
from macla.errors import UserError
from macla.methods.base import Tools
from macla.methods.fixed_rules import FixedRules, Follower
from macla.methods.session import Session
from macla.methods.stored import SEAL
from macla.models.bench import sample_step
from macla.models.malformed import Malformed
from macla.runs.build import build_memory
from macla.runs.evaluate import check_played, evaluate
from macla.runs.inspect import load_alone


def test_useless_replies_cost_steps_and_the_episode_ends(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = saying("I would rather not.")
    summary = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert (summary["n_scored"], summary["n_success"]) == (TASKS, 0)
    for episode in episodes(tmp_path / "run"):
        assert [step["action"] for step in episode["steps"]] == [""] * HORIZON
        assert (episode["rejected"], episode["outcome"]) == (0, "step_limit")
    usage, asked = summary["usage"]["act"], TASKS * HORIZON
    assert (usage["requests"], usage["calls"], usage["malformed"]) == (asked, 2 * asked, asked)


def test_a_run_of_nothing_but_useless_replies_is_a_mistake_and_is_played_again(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    """Exit code 2 (UserError), the run's folder named; the same command plays it again, though nothing is missing."""
    server.always = saying("I would rather not.")
    summary = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    asked = TASKS * HORIZON
    told = f"^{asked} of {asked} replies were of no use .* the same command plays {tmp_path / 'run'} again$"
    with pytest.raises(UserError, match=told):
        check_played([summary])
    server.always = obey
    again = evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    check_played([again])
    assert (again["useless_replies"]["useless"], len(episodes(tmp_path / "run"))) == (0, TASKS)
    server.bodies = []
    evaluate(config("memory=none"), "unseen", None, tmp_path / "run")
    assert server.bodies == []


def test_the_command_says_so(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = saying("I would rather not.")
    asked = config("memory=none", "eval.limit=1").model
    model = ["model=endpoint", "model.id=m", f"model.base_url={asked.base_url}", "model.structured=json_schema"]
    toy = ["env=toy", "encoder=hashing", "env.n_unseen=2", "env.horizon=3", f"runs={tmp_path}"]
    for more, told in ((["eval.limit=1"], ": 0/1 = 0.0 %"), (["-m", "eval.limit=1,2"], "| 1 | 0/1 | 0.0 |")):
        result = CliRunner().invoke(app, ["eval", "--memory", "none", *toy, *model, *more])
        assert isinstance(result.exception, UserError), result
        assert str(result.exception).startswith("3 of 3 replies were of no use")
        assert told in result.stdout


def test_an_instruction_that_cannot_be_read_is_asked_for_again(server: FakeServer, config: Any, tmp_path: Path) -> None:
    """Two useless replies (each after a repair round) cost two steps; the third reply is used. Draws differ."""
    server.always = wild
    trusting = "memory.reading.doubts=0"  # what the server says at random is never asked again for being implausible
    built = build_memory(config(trusting), tmp_path / "memory")
    asked: list[int] = []

    def refuse(handler: Handler, body: dict[str, Any]) -> None:
        first = "Read which things the task" in body["messages"][0]["content"]
        if first:
            asked.append(body["seed"])
        return saying("no")(handler, body) if first and len(asked) <= 4 else wild(handler, body)

    server.always = refuse
    evaluate(config("eval.limit=1", trusting), "unseen", Path(built["memory"]), tmp_path / "run")
    (episode,) = episodes(tmp_path / "run")
    assert [step["action"] for step in episode["steps"][:2]] == ["", ""]
    usage = episode["usage"]["name_things"]
    assert (usage["requests"], usage["calls"], usage["malformed"]) == (3, 5, 2)
    assert len(set(asked)) == 5


def test_useless_replies_leave_trajectories_out_and_are_counted(
    server: FakeServer, config: Any, tmp_path: Path
) -> None:
    """One instruction is never read: the trajectories of that task are left out, the others are learned from."""
    sulked: list[str] = []
    asked = [0]

    def sulk(handler: Handler, body: dict[str, Any]) -> None:
        first, *repair = (message["content"] for message in body["messages"])
        if body["response_format"]["json_schema"]["name"] != "parse_task":
            return obey(handler, body)
        sulked[:] = sulked or [first]
        asked[0] += first in sulked and not repair
        return saying("I would rather not.")(handler, body) if first in sulked else obey(handler, body)

    server.always = sulk
    built = build_memory(config("model.concurrency=1"), tmp_path / "memory")
    assert (built["n_procedures"] > 0, built["malformed"]) == (True, {"parse_task": asked[0]})
    assert built["useless_replies"]["reasons"] == {"there is no JSON object in it": asked[0]}
    server.always = obey
    assert evaluate(config(), "unseen", Path(built["memory"]), tmp_path / "run")["n_scored"] == TASKS


def test_a_build_without_procedures_is_an_error(server: FakeServer, config: Any, tmp_path: Path) -> None:
    server.always = saying("I would rather not.")
    told = (
        "no procedure was learned from 8 trajectories: "
        r"8 of 8 replies were of no use \(8 × there is no JSON object in it\): "
        "the first begins “I would rather not.”"
    )
    with pytest.raises(UserError, match=told):
        build_memory(config(), tmp_path / "memory")
    assert not (tmp_path / "memory" / SEAL).exists()
    assert not (tmp_path / "builds.jsonl").exists()


@pytest.mark.parametrize("purpose", ["segment", "abstract", "contrast", "distil_policy", "ground"])
def test_one_call_that_always_fails_is_counted_and_stops_nothing(
    server: FakeServer, config: Any, tmp_path: Path, purpose: str
) -> None:
    def sulk(handler: Handler, body: dict[str, Any]) -> None:
        asked = body["response_format"]["json_schema"]["name"]
        return saying("no")(handler, body) if asked == purpose else wild(handler, body)

    server.always = sulk
    if purpose in ("segment", "abstract"):
        with pytest.raises(UserError, match="no procedure was learned"):
            build_memory(config(), tmp_path / "memory")
        return
    built = build_memory(config("build.practice=8", "memory.n_min=1"), tmp_path / "memory")
    assert set(built["malformed"]) <= {purpose}
    if purpose == "distil_policy":
        assert built["n_metas"] == 0


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_schema_allows_runs_through(server: FakeServer, config: Any, tmp_path: Path, seed: int) -> None:
    server.always = wild
    loose = [f"model.seed={seed}", f"seed={seed}"]
    practice = ["build.practice=8", "memory.n_min=1", "env.horizon=12", "memory.theta_conf=-9"]
    built = build_memory(config(*loose, *practice), tmp_path / "memory")
    memory = load_alone(Path(built["memory"])).memory  # also replays the events and compares
    for procedure in memory.procedures.values():
        steps = [step.key for step in procedure.plan]
        assert len(set(steps)) == len(steps)
        assert not set(procedure.refinement.require) & set(procedure.refinement.forbid)
    summary = evaluate(config(*loose, *practice), "unseen", Path(built["memory"]), tmp_path / "run")
    assert summary["n_scored"] == TASKS


def test_useless_replies_that_decided_nothing_are_told_and_are_no_mistake(
    server: FakeServer, config: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An actor that asks in vain and then solves its task without the model; a run of such is not played again."""

    class AsksInVain(Follower):
        def begin(self, session: Session) -> None:
            super().begin(session)
            assert isinstance(lent[-1].model.ask([sample_step(0)])[0], Malformed)

    lent: list[Tools] = []

    def actors(self: FixedRules, tools: Tools) -> Callable[[], Follower]:
        lent.append(tools)
        assert tools.rules is not None
        return partial(AsksInVain, tools.rules)

    monkeypatch.setattr(FixedRules, "actors", actors)
    server.always = saying("I would rather not.")
    rules = config("memory=fixed_rules", "env.jobs=[fire]", "env.fire=1.0", "env.horizon=30")
    summary = evaluate(rules, "unseen", None, tmp_path / "run")
    assert summary["n_success"] == TASKS
    assert [summary["useless_replies"][name] for name in ("useless", "replies", "lost")] == [TASKS, TASKS, 0]
    check_played([summary])
    server.bodies = []
    evaluate(rules, "unseen", None, tmp_path / "run")
    assert server.bodies == []
    short = evaluate(config("memory=fixed_rules", "env.horizon=1"), "unseen", None, tmp_path / "short")
    assert short["useless_replies"]["lost"] == TASKS
    with pytest.raises(UserError, match=f"{TASKS} of {TASKS} replies were of no use"):
        check_played([short])
