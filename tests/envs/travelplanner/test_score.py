"""``macla score``: lines of the leaderboard, and files that nothing can be scored in."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from envs.travelplanner.options import TravelOptions
from envs.travelplanner.queries import Problem, load_problems
from envs.travelplanner.score import score_file
from macla.cli import app
from macla.errors import UserError


@pytest.fixture
def solved(world: Path) -> list[Problem]:
    return load_problems(world, "seen")[:3]


def scored(lines: list[Any], world: Path, folder: Path) -> dict[str, Any]:
    plans = folder / "plans.jsonl"
    plans.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return score_file(plans, folder / "out.json", TravelOptions(database=world / "database"))


def leaderboard(problem: Problem, **changes: Any) -> dict[str, Any]:
    return {"idx": problem.record["idx"], "query": problem.record["query"], "plan": problem.gold, **changes}


def test_lines_of_the_leaderboard_are_scored_by_their_queries(solved: list[Problem], world: Path, tmp_path: Path):
    result = scored([leaderboard(problem) for problem in solved], world, tmp_path)
    whole = scored([{"query": dict(p.record), "plan": p.gold} for p in solved], world, tmp_path)
    assert result == whole
    assert result["aggregates"]["final_pass_rate"] == 1.0


def typed(*words: str) -> Result:
    result = CliRunner().invoke(app, ["score", "--env", "travelplanner", *words], catch_exceptions=True)
    assert result.exception is None or isinstance(result.exception, UserError), result.exception
    return result


def test_verdicts_lie_under_runs_and_those_of_before_stay(
    solved: list[Problem], world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    plans, database, told = tmp_path / "plans.jsonl", f"env.database={world / 'database'}", []
    for answer in (solved[0].gold, None):
        plans.write_text(json.dumps(leaderboard(solved[0], plan=answer)), encoding="utf-8")
        told.append(typed("plans.jsonl", database))
    rates = [json.loads(one.stdout)["aggregates"]["final_pass_rate"] for one in told]
    paths = [Path(one.stderr.strip().removeprefix("every verdict: ")) for one in told]
    assert rates == [1.0, 0.0] == [json.loads(path.read_text())["aggregates"]["final_pass_rate"] for path in paths]
    assert sorted(paths) == sorted(Path("runs/score").iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plans.jsonl", "runs"]
    again = typed(database, "plans.jsonl", "runs=elsewhere")
    assert again.stderr == f"every verdict: {Path('elsewhere/score') / paths[1].name}\n"
    assert typed("plans.jsonl", database, "--json", "mine.json").stderr == "every verdict: mine.json\n"
    assert Path("mine.json").read_text() == paths[1].read_text()


@pytest.mark.parametrize("order", [1, -1])
def test_file_and_overrides_stand_in_either_order(order: int, solved: list[Problem], world: Path, tmp_path: Path):
    plans = tmp_path / "plans=mine.jsonl"
    plans.write_text(json.dumps(leaderboard(solved[0])), encoding="utf-8")
    plain = plans.with_name("plans.jsonl")
    plain.write_bytes(plans.read_bytes())
    words = [str(plain), f"env.database={world / 'database'}", f"runs={tmp_path}"]
    assert json.loads(typed(*words[::order]).stdout)["aggregates"]["final_pass_rate"] == 1.0
    assert json.loads(typed(str(plans), *words[1:][::order]).stdout)["aggregates"]["final_pass_rate"] == 1.0


def test_no_file_is_told():
    said = "a file is missing; give it first, then the overrides: FILE KEY=VALUE …"
    assert str(typed("env.data=official", "seed=1").exception) == said


def test_the_reasons_are_written(solved: list[Problem], world: Path, tmp_path: Path):
    days = [{**day, "dinner": "Nowhere, Atlantis"} for day in solved[0].gold or []]
    record = scored([leaderboard(solved[0], plan=days)], world, tmp_path)["plans"][0]
    failed = {name for name, holds in record["commonsense"].items() if holds is False}
    assert failed
    assert set(record["reasons"]) == failed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"idx": 10_000_000}, "no query 10000000"),
        ({"query": "Plan something."}, "has another text"),
        ({"plan": "Day 1"}, "plan is neither"),
    ],
)
def test_a_line_that_fits_no_query_is_named(
    changes: dict[str, Any], said: str, solved: list[Problem], world: Path, tmp_path: Path
):
    with pytest.raises(UserError, match=rf"plans\.jsonl:2: .*{said}"):
        scored([leaderboard(solved[0]), leaderboard(solved[1], **changes)], world, tmp_path)


def test_a_query_answered_twice_is_named(solved: list[Problem], world: Path, tmp_path: Path):
    with pytest.raises(UserError, match=r"plans\.jsonl:2: idx .* line 1 already"):
        scored([leaderboard(solved[0])] * 2, world, tmp_path)
    whole = {"query": dict(solved[0].record), "plan": None}
    with pytest.raises(UserError, match=r"plans\.jsonl:2: .* was answered in line 1 already"):
        scored([whole, {**whole, "plan": []}], world, tmp_path)


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe{}", b"[" * 200_000, b'{"query": ' + b"1" * 5000 + b"}", b'{"query": {}, "plan": []}'],
    ids=["not UTF-8", "deep", "huge integer", "empty query"],
)
def test_a_line_that_cannot_be_read_is_one_line(line: bytes, world: Path, tmp_path: Path):
    (tmp_path / "plans.jsonl").write_bytes(line)
    with pytest.raises(UserError, match=r"plans\.jsonl:1: ") as error:
        score_file(tmp_path / "plans.jsonl", tmp_path / "out.json", TravelOptions(database=world / "database"))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_a_line_is_refused_and_no_verdict_is_written(content: str, world: Path, tmp_path: Path):
    (tmp_path / "plans.jsonl").write_text(content)
    with pytest.raises(UserError, match=r"plans\.jsonl is empty: nothing can be scored"):
        score_file(tmp_path / "plans.jsonl", tmp_path / "out.json", TravelOptions(database=world / "database"))
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("part", ["(", "from ", " ", "a;", "x"])
@pytest.mark.parametrize("name", ["current_city", "transportation", "attraction", "accommodation", "dinner"])
def test_a_long_field_fails_at_once(part: str, name: str, solved: list[Problem], world: Path, tmp_path: Path):
    days = [{**day, name: f"from {part * (40_000 // len(part))};"} for day in solved[0].gold or []]
    started = time.monotonic()
    result = scored([leaderboard(solved[0], plan=days)], world, tmp_path)
    assert time.monotonic() - started < 5
    assert result["aggregates"]["final_pass_rate"] == 0.0


def test_a_lone_surrogate_in_a_plan_is_written_as_its_escape(solved: list[Problem], world: Path, tmp_path: Path):
    days = [{**day, "dinner": "\ud800, Atlantis"} for day in solved[0].gold or []]
    result = scored([leaderboard(solved[0], plan=days)], world, tmp_path)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == result


def test_queries_that_hold_no_annotation_stand_in_nobodys_way(solved: list[Problem], world: Path, tmp_path: Path):
    bare = {"idx": 777, "query": "Plan a trip.", "days": 3, "level": "easy"}
    lines = [*(problem.record for problem in solved), bare]
    for split, records in (("train", lines[:3]), ("test", lines[3:])):
        text = "".join(f"{json.dumps(dict(record))}\n" for record in records)
        (tmp_path / f"queries_{split}.jsonl").write_text(text, encoding="utf-8")
    options = TravelOptions(database=world / "database", queries=tmp_path)
    plans = tmp_path / "plans.jsonl"
    plans.write_text(json.dumps(leaderboard(solved[0])), encoding="utf-8")
    assert score_file(plans, tmp_path / "out.json", options)["aggregates"]["final_pass_rate"] == 1.0
    plans.write_text(json.dumps({"idx": 777, "plan": solved[0].gold}), encoding="utf-8")
    with pytest.raises(UserError, match=r"queries_test\.jsonl:1 cannot be scored against: org is missing"):
        score_file(plans, tmp_path / "out.json", options)


def test_queries_without_a_number_are_numbered_by_their_order(solved: list[Problem], world: Path, tmp_path: Path):
    text = "".join(
        f"{json.dumps({key: value for key, value in problem.record.items() if key != 'idx'})}\n" for problem in solved
    )
    (tmp_path / "queries_train.jsonl").write_text(text, encoding="utf-8")
    plans = tmp_path / "plans.jsonl"
    plans.write_text(json.dumps({"idx": 2, "plan": solved[1].gold}), encoding="utf-8")
    options = TravelOptions(database=world / "database", queries=tmp_path)
    assert score_file(plans, tmp_path / "out.json", options)["aggregates"]["final_pass_rate"] == 1.0
