"""Recordings of other projects become trajectories: the same ones whatever their form, and only where they fit."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers.recordings import FORMS
from typer.testing import CliRunner

from macla.benchmarks.openings import Openings
from macla.benchmarks.trajectory import Outcome, Trajectory, read_trajectories
from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.progress import silent
from macla.runs.assemble import make_benchmark
from macla.runs.build import build_memory
from macla.runs.convert import Converted, convert
from macla.runs.demonstrations import collect
from macla.runs.fitting import abridges

TOY = ("env=toy", "encoder=hashing", "env.n_train=6", "env.n_seen=2", "env.n_unseen=2")
needs_data = pytest.mark.skipif("MACLA_DATA" not in os.environ, reason="needs MACLA_DATA")
BENCHMARKS = [
    TOY,
    ("env=alfworld", "build.limit=3"),
    ("env=webshop", "build.limit=3", "env.products=200"),
    ("env=travelplanner", "build.limit=1"),
    pytest.param(("env=intercode_sql", "build.limit=3"), marks=needs_data),
]


@cache
def experts(*overrides: str) -> list[Trajectory]:
    config = compose(overrides)
    return collect(config, make_benchmark(config), silent).trajectories


def write(path: Path, *records: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def converted(folder: Path, overrides: tuple[str, ...], *records: Any, form: str | None = None) -> Converted:
    return convert(compose(overrides), write(folder / "theirs.jsonl", *records), form, folder / "out.jsonl")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("overrides", BENCHMARKS, ids=lambda overrides: overrides[0])
def test_every_form_gives_the_trajectories_of_every_benchmark(tmp_path, overrides, form):
    shown = experts(*overrides)
    found = converted(tmp_path, overrides, *map(FORMS[form], shown))
    assert found.left == []
    assert found.abridged == 0
    assert list(read_trajectories(found.out)) == found.trajectories
    if overrides == TOY and form == "eto":  # there luck ends episodes, and nobody wrote down how
        found = found._replace(trajectories=[_unfinished(one) for one in found.trajectories])
        shown = [_unfinished(one) for one in shown]
    same = [one.model_copy(update={"source": "", "outcome": ""}) for one in found.trajectories]
    assert same == [one.model_copy(update={"source": "", "outcome": ""}) for one in shown]
    assert [one.success for one in found.trajectories] == [one.success for one in shown]


def _unfinished(one: Trajectory) -> Trajectory:
    return one.model_copy(update={"steps": one.steps[:-1], "outcome": Outcome.FAILURE, "score": 0.0})


def test_what_is_converted_is_learned_from(tmp_path):
    found = converted(tmp_path, TOY, *map(FORMS["agentgym"], experts(*TOY)))
    config = compose([*TOY, f"build.trajectories={found.out}", f"runs={tmp_path}/runs"])
    assert build_memory(config, tmp_path / "memory")["n_trajectories"] == len(experts(*TOY))


def eto(index: int = 0, **changed: Any) -> dict[str, Any]:
    return {**FORMS["eto"](experts(*TOY)[index]), **changed}


def turns(record: dict[str, Any], at: int, text: str) -> dict[str, Any]:
    told = [dict(turn) for turn in record["conversations"]]
    told[at]["value"] = text
    return {**record, "conversations": told}


NAMELESS = {"game_file": None, "id": None}
WRONG = {
    "step 1 was answered 'You fly.', and is answered 'You arrive at": turns(eto(), 4, "Observation: You fly."),
    "task train-0000-fire asks for something else": turns(eto(), 2, "Your task is to: sing."),
    "it names no task, and no task opens as it does": turns(eto(**NAMELESS), 2, "Your task is to: sing."),
    "it names no task, and no task opens as it does (no toy task 'lost'": turns(eto(game_file="lost"), 2, "Sing."),
    "it holds no actions": {"game_file": "train-0000-fire", "actions": []},
    "it holds no actions: give": {"game_file": "train-0000-fire"},
    "it is no object": 7,
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_does_not_fit_is_listed(tmp_path, reason, capsys):
    found = converted(tmp_path, TOY, eto(1), WRONG[reason])
    assert len(found.trajectories) == 1
    (listed,) = map(json.loads, (tmp_path / "out.left_out.jsonl").read_text().splitlines())
    assert listed["line"] == 2
    assert reason in listed["reason"]
    assert f"theirs.jsonl:2 is left out: {listed['reason']}" in capsys.readouterr().err
    assert next(iter(found.lines())).startswith("1 of 2 episodes are trajectories now")


@pytest.mark.parametrize("reason", WRONG)
def test_nothing_left_is_one_line(tmp_path, reason):
    with pytest.raises(UserError, match="has no episode that can be used: all 1 are left out, the first: ") as error:
        converted(tmp_path, TOY, WRONG[reason])
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_number_that_happens_to_be_another_tasks_is_no_name(tmp_path):
    one, other = experts(*TOY)[:2]
    record = {**FORMS["eto"](one), "game_file": None, "id": other.task_id}
    (found,) = converted(tmp_path, TOY, record).trajectories
    assert found.task_id == one.task_id


def test_people_shorten_what_they_saw(tmp_path):
    step = next(n for n, step in enumerate(experts(*TOY)[0].steps) if "you see" in step.observation)
    whole = experts(*TOY)[0].steps[step].observation
    short = f"Observation: {whole.split('.')[0]}."
    found = converted(tmp_path, TOY, turns(eto(), 4 + 2 * step, short))
    assert found.abridged == 1
    assert found.trajectories[0].steps[step].observation == whole


def test_how_a_solved_episode_is_told_to_end_is_the_recorders_own(tmp_path):
    index = next(n for n, one in enumerate(experts(*TOY)) if one.success)
    record = FORMS["agentgym"](experts(*TOY)[index])
    last = len(record["conversations"]) - 1
    told = turns(record, last, "Well done! The work is done.")
    assert converted(tmp_path, TOY, told).trajectories[0].success


@pytest.mark.parametrize(
    ("recorded", "ours", "is_so"),
    [
        ("On the desk 1, you see a pen 1.", "On the desk 1, you see a cup 2, and a pen 1.", True),
        ("On the desk 1, you see a pen 2.", "On the desk 1, you see a cup 2, and a pen 1.", False),
        ("Nothing happens.", "You open the desk 1.", False),
        ("", "You open the desk 1.", False),
        ("…", "You open the desk 1.", False),
    ],
)
def test_a_shortened_text_says_nothing_else(recorded, ours, is_so):
    assert abridges(recorded, ours) is is_so


def test_tasks_of_other_splits_are_converted_and_told(tmp_path):
    seen = experts(*TOY, "build.split=seen")
    found = converted(tmp_path, TOY, *map(FORMS["eto"], [*experts(*TOY), *seen]))
    assert len(found.trajectories) == len(experts(*TOY)) + len(seen)
    assert "2 are of tasks of split seen, which only a build with build.split=seen learns from" in [*found.lines()]


def test_an_instruction_is_found_after_worked_examples():
    config = compose(TOY)
    benchmark = make_benchmark(config)
    tasks = benchmark.tasks("train")
    openings = Openings(tasks, benchmark, make=lambda task: benchmark.make(task, seed=0))
    texts = [benchmark.make(task, seed=0).reset(seed=0) for task in tasks]
    text = f"Example: {texts[1][1]['task']} {texts[1][0]} Now: {texts[0][0]}\nYour task is to: {texts[0][1]['task']}"
    assert openings.alike(text) == [tasks[0]]
    assert openings.alike(texts[0][1]["task"].rstrip(".") + "ward ho") == []
    assert openings.alike("") == []


def test_the_command_line(tmp_path):
    theirs = write(tmp_path / "theirs.json", [FORMS["eto"](experts(*TOY)[0])])
    typed = ["convert", str(theirs), "--env", "toy", *TOY[1:], "--out", str(tmp_path / "o.jsonl")]
    result = CliRunner().invoke(app, [*typed, "--from", "eto"])
    assert result.exit_code == 0, result.output
    assert "1 of 1 episodes are trajectories now" in result.output
    for words, told in (
        ([*typed, "--from", "etoo"], "there is no such form; did you mean eto?; there are steps, eto, agentgym, adp"),
        ([*typed, "--from", "adp"], "all 1 are left out, the first: it holds no actions"),
        ([*typed[:-1], str(theirs)], "is the file to convert; give another"),
        (["convert", str(tmp_path / "no"), "--env", "toy", "--out", "x"], "no recordings file at"),
    ):
        error = CliRunner().invoke(app, words).exception
        assert isinstance(error, UserError)
        assert told in str(error)


def test_episodes_of_other_data_and_other_verdicts_are_told(tmp_path):
    first = experts(*TOY)[0]
    other = {"task": first.task_id, "actions": ["fly away", "dance", "go to crate 1"]}
    with pytest.raises(UserError, match=r"2 of its 3 actions do nothing on .*: is it of other data\?"):
        converted(tmp_path, TOY, other)
    actions = [step.action for step in first.steps]
    found = converted(tmp_path, TOY, {"task": first.task_id, "actions": actions[:1], "success": True})
    assert found.otherwise == 1
    assert "1 end otherwise here than recorded; the verdict is ours" in found.lines()
