"""Recordings are read in the forms that people keep, and played again only on the task that they are of."""

import json
from pathlib import Path
from typing import Any

import pytest

from macla.benchmarks.base import Task, TaskEnv
from macla.benchmarks.recording import Recording, read_recordings
from macla.benchmarks.replaying import replayed, task_of
from macla.errors import UserError

TURNS = [
    {"from": "human", "value": "You act. Answer with a thought and an action."},
    {"from": "gpt", "value": "OK"},
    {"from": "human", "value": "Your task is to: go home."},
    {"from": "gpt", "value": "Thought: Action: is a word.\nAction: walk"},
    {"from": "human", "value": "Observation: A road."},
    {"from": "gpt", "value": "Action: run "},
]


def read(folder: Path, text: str | bytes) -> list[Recording]:
    path = folder / "r.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [recording for _, recording in read_recordings(path)]


PLAIN = {"task": 7, "actions": ["walk", "run"]}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PLAIN),
        f"\n{json.dumps(PLAIN)}\n\n",
        json.dumps([PLAIN], indent=2),
        json.dumps(PLAIN, indent=2),
        "\ufeff" + json.dumps(PLAIN),
        json.dumps({"goal": 7, "actions": PLAIN["actions"]}),
        json.dumps({"id": 7, "steps": [{"action": "walk"}, {"action": "run"}]}),
    ],
)
def test_every_form_says_the_same(text: str, tmp_path: Path):
    (found,) = read(tmp_path, text)
    assert (found.task, found.actions) == (7, ["walk", "run"])


def test_a_conversation_is_read_turn_by_turn(tmp_path: Path):
    (found,) = read(tmp_path, json.dumps({"id": 0, "game_file": "a/b", "conversations": TURNS}))
    assert (found.task, found.actions, found.observations) == ("a/b", ["walk", "run"], ["A road.", None])
    assert found.instruction is not None
    assert "go home" in found.instruction


def test_a_trajectory_of_ours_has_its_instruction_under_task(tmp_path: Path):
    line = {"task_id": "t1", "task": "go home", "steps": [{"action": "walk", "observation": "A road.", "reward": 0.5}]}
    (found,) = read(tmp_path, json.dumps(line))
    assert (found.task, found.instruction, found.rewards) == ("t1", "go home", [0.5])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"task": "\xff"}', "not UTF-8"),
        ('{"task": 1, "actions": []}\n{', r"r\.jsonl:2: line: Invalid JSON"),
        ("[" * 100_000, "Invalid JSON"),
        ('{"task": ' + "1" * 5000, "Invalid JSON"),
        ('{"actions": []}', "names no task: give task or goal"),
        ('{"session_id": "fixed_979", "actions": ["a"]}', "r.jsonl:1: it names no task: give task or goal .or task_id"),
        ('{"task": 1, "conversations": []}', "holds no actions: give actions .a list of texts., steps"),
        ('{"task": 1}', "r.jsonl:1: it holds no actions: give actions"),
        ('{"task": 1, "steps": [{"obs": "x"}]}', r"r\.jsonl:1: actions\.0 is not a text$"),
        ('{"task": 1, "actions": "go"}', r"r\.jsonl:1: actions is not a list$"),
        ('{"task": 1, "actions": ["a"], "rewards": ["much"]}', r"r\.jsonl:1: rewards\.0 is not a number$"),
        ('{"task": 1, "actions": ["a"], "rewards": [1, 2]}', r"r\.jsonl:1: 2 rewards for 1 actions$"),
        ('{"task": 1, "actions": [3]}', r"actions\.0 is not a text$"),
        ("7", r"r\.jsonl:1: it is no object; write .\"task\": "),
    ],
)
def test_what_is_no_recording_is_one_line(text: str | bytes, said: str, tmp_path: Path):
    with pytest.raises(UserError, match=said) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)


class _Walk(TaskEnv):
    """Ends at ``run``, in success."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        return "A house.", {"task": "go home."}

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        done = action == "run"
        return "A road.", float(done), done, False, {"task": "go home.", "success": done, "score": float(done)}


class _Benchmark:
    def find(self, reference: str | int) -> Task:
        if reference == "lost":
            raise UserError("no task 'lost'")
        return Task(str(reference), "train")

    def comparable(self, instruction: str) -> str:
        return instruction

    def command(self, action: str) -> str:
        return action.replace("dash", "run")


def test_what_is_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "r.jsonl"
    lines = [
        {**PLAIN, "actions": ["walk", "dash"]},
        {**PLAIN, "task": 8},
        {**PLAIN, "task": "lost"},
        {**PLAIN, "instruction": "go to Rome"},
    ]
    lines += [{"id": 7, "conversations": TURNS[:-1]}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = list(replayed(path, [Task("7", "train")], _Benchmark(), make=lambda task: _Walk()))
    assert [trajectory.success for trajectory in found] == [True, False]
    assert (
        "2 of 5 recordings used, 1 of them end in success; 3 left out (1 of tasks outside this sample, "
        "1 of unknown tasks, 1 of another instruction than their task's)"
    ) in capsys.readouterr().err


class _Street(_Walk):
    """A walk along another road."""

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        return "A street.", *super().step(action)[1:]


class _Finder(_Benchmark):
    """Knows nothing by name; every recording opens as the tasks a, b and c."""

    def find(self, reference: str | int) -> Task:
        raise UserError(f"no task {reference!r}")

    def opening_alike(self, reference: str | int, beginning: str) -> list[Task]:
        if "go home" not in beginning:
            return [self.find(reference)]
        return [Task(name, "train") for name in "abc"]

    def observations_match(self, recorded: str, ours: str) -> bool:
        return recorded == ours


@pytest.mark.parametrize(("roads", "found"), [("b", "b"), ("bc", "b"), ("c", "c"), ("", "a")])
def test_the_task_of_a_recording_that_names_none_opens_and_answers_as_it_does(
    roads: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    def make(task: Task) -> TaskEnv:
        return _Walk() if task.id in roads else _Street()

    turns = {"id": 0, "conversations": TURNS}
    (recording,) = read(tmp_path, json.dumps(turns))
    assert task_of(recording, _Finder(), make=make, where="r:1").id == found
    (opened,) = read(tmp_path, json.dumps({**PLAIN, "observations": ["go home", "A road.", "A road."]}))
    assert task_of(opened, _Finder(), make=make, where="r:1").id == found
    assert capsys.readouterr().err.count("tasks open and answer as") == (0 if len(roads) == 1 else 2)
    (nameless,) = read(tmp_path, json.dumps(PLAIN))
    with pytest.raises(UserError, match="no task 7"):
        task_of(nameless, _Finder(), make=make, where="r:1")
    with pytest.raises(UserError, match="no task 'lost'"):
        task_of(Recording(task="lost", actions=[]), _Benchmark(), make=make, where="r:1")


def test_a_file_of_which_nothing_is_left_is_an_error(tmp_path: Path):
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(PLAIN), encoding="utf-8")
    with pytest.raises(UserError, match=r"used: 1 of tasks outside this sample; build\.split, build\.limit and"):
        list(replayed(path, [Task("9", "train")], _Benchmark(), make=lambda task: _Walk()))
