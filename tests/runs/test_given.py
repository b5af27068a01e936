"""A memory is built again from the trajectories that another build wrote, and only from those that fit their tasks."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from macla.benchmarks.trajectory import Trajectory, read_trajectories
from macla.config import compose
from macla.errors import UserError
from macla.files import fingerprint
from macla.methods.stored import SEAL
from macla.progress import silent
from macla.runs.assemble import make_benchmark
from macla.runs.build import build_memory
from macla.runs.builds import find_build
from macla.runs.demonstrations import collect
from macla.runs.evaluate import evaluate

TOY = ("env=toy", "encoder=hashing", "env.n_train=12", "env.n_seen=6", "env.n_unseen=6")
LEARNED = ("events.jsonl", "memory.json", "trajectories.jsonl")
"""Files of a memory that hold what was learned."""
needs_data = pytest.mark.skipif("MACLA_DATA" not in os.environ, reason="needs MACLA_DATA")


def built(folder: Path, *overrides: str) -> dict[str, Any]:
    return build_memory(compose([*overrides, f"runs={folder.parent}/runs"]), folder)


@pytest.mark.parametrize(
    "overrides",
    [
        TOY,
        (*TOY, "memory=cloning"),
        (*TOY, "env.drift=0.5", "env.horizon=30"),
        ("env=alfworld", "encoder=hashing", "build.limit=6", "env.horizon=20"),
        ("env=webshop", "encoder=hashing", "build.limit=10", "env.products=200"),
        ("env=travelplanner", "encoder=hashing", "build.limit=3"),
        pytest.param(("env=intercode_sql", "encoder=hashing", "build.limit=5", "env.profile=react"), marks=needs_data),
    ],
    ids=lambda overrides: " ".join(overrides[:2]),
)
def test_the_file_that_a_build_wrote_gives_an_equal_memory(tmp_path, overrides):
    first = built(tmp_path / "first", *overrides)
    file = tmp_path / "first" / "trajectories.jsonl"
    again = built(tmp_path / "again", *overrides, f"build.trajectories={file}")
    assert again["left_out"] == 0
    assert again["n_trajectories"] == first["n_trajectories"]
    for name in LEARNED:
        if (tmp_path / "first" / name).is_file():
            assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "first" / name).read_bytes(), name


@pytest.mark.parametrize("key", ["build.resample=true", "build.noise=0.3"])
def test_so_do_bootstrap_samples_and_noise(tmp_path, key):
    built(tmp_path / "first", *TOY, key)
    file = tmp_path / "first" / "trajectories.jsonl"
    assert built(tmp_path / "again", *TOY, f"build.trajectories={file}")["left_out"] == 0
    assert (tmp_path / "again" / "events.jsonl").read_bytes() == (tmp_path / "first" / "events.jsonl").read_bytes()
    with pytest.raises(UserError, match=r"build\.trajectories=.* replaces them; leave one out") as error:
        built(tmp_path / "no", *TOY, key, f"build.trajectories={file}")
    assert "\n" not in str(error.value)


def test_other_words_are_kept(tmp_path):
    words = tmp_path / "words.jsonl"
    words.write_text('{"task": "train-0000-fire", "instruction": "Burn me a thing."}')
    worded = (*TOY, f"env.instructions={words}")
    built(tmp_path / "first", *worded)
    file = tmp_path / "first" / "trajectories.jsonl"
    assert built(tmp_path / "again", *worded, f"build.trajectories={file}")["left_out"] == 0
    assert (tmp_path / "again" / "events.jsonl").read_bytes() == (tmp_path / "first" / "events.jsonl").read_bytes()
    assert built(tmp_path / "plain", *TOY, f"build.trajectories={file}")["left_out"] == 1
    own = tmp_path / "plain" / "trajectories.jsonl"  # in the benchmark's words, and said in the user's
    built(tmp_path / "own", *TOY)
    own = tmp_path / "own" / "trajectories.jsonl"
    built(tmp_path / "worded", *worded, f"build.trajectories={own}")
    assert (tmp_path / "worded" / "events.jsonl").read_bytes() == (tmp_path / "first" / "events.jsonl").read_bytes()


@pytest.fixture(scope="module")
def shown() -> list[Trajectory]:
    config = compose(TOY)
    return collect(config, make_benchmark(config), silent).trajectories


def write(path: Path, *trajectories: Trajectory) -> Path:
    path.write_text("".join(one.model_dump_json() + "\n" for one in trajectories), encoding="utf-8")
    return path


def _first_step(one: Trajectory, **changed: str) -> Trajectory:
    return one.model_copy(update={"steps": (one.steps[0].model_copy(update=changed), *one.steps[1:])})


WRONG: dict[str, Callable[[Trajectory], Trajectory]] = {
    "there is no task train-0099-fire; is it train-000": lambda one: one.model_copy(
        update={"task_id": "train-0099-fire"}
    ),
    "there is no task zzz": lambda one: one.model_copy(update={"task_id": "zzz"}),
    "task seen-0000-fire is of split seen, not of build.split=train": lambda one: one.model_copy(
        update={"task_id": "seen-0000-fire"}
    ),
    "asks for something else": lambda one: one.model_copy(update={"task": "fire a hut in kiln."}),
    "step 0 was answered": lambda one: one.model_copy(update={"first_observation": "You are in a field."}),
    "step 1 was answered 'You fly.'": lambda one: _first_step(one, observation="You fly."),
    "step 1 was answered 'You arrive": lambda one: _first_step(one, action="dance"),
    "it goes on after step": lambda one: one.model_copy(update={"steps": (*one.steps, one.steps[-1])}),
    "it is recorded as": lambda one: (
        one.model_copy(update={"outcome": "failure" if one.success else "success", "steps": one.steps[:-1]})
        if not one.success
        else one.model_copy(update={"steps": one.steps[:-1]})
    ),
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_does_not_fit_is_left_out_and_listed(tmp_path, shown, reason, capsys):
    wrong = WRONG[reason](shown[0])
    file = write(tmp_path / "t.jsonl", wrong, *shown[1:])
    summary = built(tmp_path / "memory", *TOY, f"build.trajectories={file}")
    assert (summary["n_trajectories"], summary["left_out"]) == (len(shown) - 1, 1)
    (listed,) = map(json.loads, (tmp_path / "memory" / "left_out.jsonl").read_text().splitlines())
    assert (listed["line"], listed["task"]) == (1, wrong.task_id)
    assert reason in listed["reason"]
    assert f"t.jsonl:1 is left out: {listed['reason']}" in capsys.readouterr().err


def test_the_console_names_a_few_and_a_later_build_none(tmp_path, shown, capsys):
    wrong = [one.model_copy(update={"task": "other"}) for one in shown[:8]]
    file = write(tmp_path / "t.jsonl", *wrong, *shown[8:])
    built(tmp_path / "memory", *TOY, f"build.trajectories={file}")
    told = capsys.readouterr().err
    assert told.count("is left out") == 5
    assert f"… and 3 more: {tmp_path}/memory/left_out.jsonl" in told
    (tmp_path / "memory" / SEAL).unlink()  # a whole memory of another file is not replaced
    built(tmp_path / "memory", *TOY, f"build.trajectories={write(file, *shown)}")
    assert not (tmp_path / "memory" / "left_out.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty: it holds no trajectory"),
        (
            '{"id": 1, "conversations": []}\n',
            "build.trajectories takes the trajectories.jsonl of a memory, and others' recordings after",
        ),
        ("[", "build.trajectories takes"),
        (None, "build.trajectories=.*: the file does not read"),
    ],
)
def test_a_file_that_is_none_of_ours_is_one_line(tmp_path, text, told):
    file = tmp_path / "t.jsonl"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UserError, match=told) as error:
        built(tmp_path / "memory", *TOY, f"build.trajectories={file}")
    assert "\n" not in str(error.value)


def test_nothing_left_is_one_line(tmp_path, shown):
    file = write(tmp_path / "t.jsonl", shown[0].model_copy(update={"task": "other"}))
    with pytest.raises(UserError, match="has no trajectory that fits its task: 1 do not, the first: task train-0000"):
        built(tmp_path / "memory", *TOY, f"build.trajectories={file}")


def test_what_a_file_holds_is_in_the_fingerprint_and_not_where_it_lies(tmp_path, shown):
    def key(*overrides: str) -> str:
        return fingerprint(compose([*TOY, *overrides]).construction())

    one, same, other = (write(tmp_path / name, *some) for name, some in
                        (("a", shown), ("b", shown), ("c", shown[:-1])))  # fmt: skip
    keys = [key(), *(key(f"build.trajectories={file}") for file in (one, same, other))]
    assert keys[1] == keys[2]
    assert len(set(keys)) == 3
    built(tmp_path / "memory", *TOY, f"build.trajectories={one}")
    assert find_build(compose([*TOY, f"build.trajectories={same}", f"runs={tmp_path}/runs"])) == tmp_path / "memory"


def test_a_limit_draws_from_the_tasks_of_the_file(tmp_path, shown):
    file = write(tmp_path / "t.jsonl", *shown)
    config = compose([*TOY, f"build.trajectories={file}", "build.limit=5"])
    drawn = collect(config, make_benchmark(config), silent).trajectories
    assert len(drawn) == 5
    assert drawn == [one for one in shown if one in drawn]


def test_tasks_of_a_file_are_not_evaluated_on_it_however_they_are_numbered(tmp_path):
    split = ("build.split=seen", *TOY)
    built(tmp_path / "first", *split)
    shown = list(read_trajectories(tmp_path / "first" / "trajectories.jsonl"))
    twice = [one.model_copy(update={"task_id": f"{one.task_id}#2"}) for one in shown]
    file = write(tmp_path / "t.jsonl", *twice)
    built(tmp_path / "memory", *split, f"build.trajectories={file}")
    config = compose([*TOY, f"runs={tmp_path}/runs"])
    with pytest.raises(UserError, match="learned from 6 of these tasks"):
        evaluate(config, "seen", tmp_path / "memory", None)
