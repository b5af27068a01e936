import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from macla.benchmarks.base import Task, TaskEnv
from macla.benchmarks.registry import create
from macla.cli import app
from macla.errors import UserError
from macla.runs.replay import replay, write_report


class _Echo(TaskEnv):
    """Answers every action in capitals and ends at ``stop``; shows the agent less than the official log."""

    def __init__(self, official):
        self.official = official

    def reset(self, *, seed=None, options=None):
        return "go", {"task": "go"}

    def step(self, action):
        info = {"success": action == "stop"}
        if self.official:
            info["official"] = {"observation": action.upper(), "reward": 0.5}
        shown = "cut" if self.official else action.upper()
        return shown, 0.0, action == "stop", False, info


class _Benchmark:
    name = "echo"

    def check(self):
        pass

    def find(self, reference):
        if reference not in ("plain", 7):
            raise UserError(f"no task {reference!r}")
        return Task(str(reference), "train")

    def make(self, task, *, seed):
        return _Echo(official=task.id == "7")

    def observations_match(self, recorded, ours):
        return recorded == ours

    def identity(self):
        return {"data": "none"}


def _file(tmp_path, *records):
    path = tmp_path / "recordings.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records))
    return path


def test_counts_per_episode_and_in_total(tmp_path):
    path = _file(
        tmp_path,
        {"task": "plain", "actions": ["a", "b", "c"], "observations": ["A", None, "x"], "rewards": [0, 1, None]},
        {
            "task": 7,
            "actions": ["a", "stop", "late"],
            "observations": ["A", "STOP", "LATE"],
            "rewards": [0.5, 0.25, 0.5],
        },
        {"task": 7, "actions": ["a"], "observations": None, "rewards": None},
    )
    report = replay(_Benchmark(), path)
    write_report(report, tmp_path / "out" / "report.json")
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    first, second, third = written["episodes"]
    assert first["n_steps"] == 3
    assert (first["n_observations"], first["n_observations_equal"], first["n_rewards"], first["n_rewards_equal"]) == (
        2,
        1,
        2,
        1,
    )
    assert (second["n_observations_equal"], second["n_rewards_equal"]) == (2, 1)
    assert [d["step"] for d in second["differences"]] == [1, 2, 2]
    assert second["differences"][-1]["ours"] is None
    assert third["n_observations"] == third["n_rewards"] == 0
    assert written["total"] == {
        "n_steps": 7, "n_observations": 5, "n_observations_equal": 3, "n_rewards": 5, "n_rewards_equal": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json", r"recordings\.jsonl:2: line: Invalid JSON"),
        ('{"task": 7}', r"recordings\.jsonl:2: it holds no actions: give actions"),
        ('{"task": 7, "actions": ["a"], "rewards": [1, 2]}', r"recordings\.jsonl:2: .*2 rewards for 1 actions"),
        ('{"task": "other", "actions": []}', r"recordings\.jsonl:2: no task 'other'"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, message):
    path = _file(tmp_path, {"task": 7, "actions": []}, line)
    with pytest.raises(UserError, match=message):
        replay(_Benchmark(), path)


@pytest.mark.parametrize("content", ["", "\n\n", "[]", "[]\n[]"])
def test_a_file_without_a_recording_is_named(tmp_path, content):
    with pytest.raises(UserError, match=r"recordings\.jsonl is empty: it holds no recorded episode"):
        replay(_Benchmark(), _file(tmp_path, content))


def test_nothing_compared_is_told_and_refused_where_nothing_succeeds_either(tmp_path, capsys):
    bare = {"task": "plain", "actions": ["a", "b"]}
    with pytest.raises(UserError, match=r"nothing was compared: .*, and none of its 2 episodes succeeds here"):
        replay(_Benchmark(), _file(tmp_path, bare, {**bare, "observations": [None, None], "rewards": [None, None]}))
    report = replay(_Benchmark(), _file(tmp_path, bare, {"task": "plain", "actions": ["a", "stop"]}))
    assert [episode.success for episode in report.episodes] == [False, True]
    assert "nothing was compared: no observation and no reward is recorded there; 1 of 2 episodes succeed here" in (
        capsys.readouterr().err
    )
    rewarded = replay(_Benchmark(), _file(tmp_path, {**bare, "rewards": [0, None]}))
    assert (rewarded.total.n_rewards, capsys.readouterr().err) == (1, "")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="no recordings file"):
        replay(_Benchmark(), tmp_path / "none.jsonl")


@pytest.mark.parametrize("order", [1, -1])
def test_a_report_lies_under_runs_whichever_comes_first(tmp_path, monkeypatch, order):
    monkeypatch.chdir(tmp_path)
    task = create("toy", {}).tasks("unseen")[0]
    path = _file(tmp_path, {"task": task.id, "actions": ["look"], "observations": ["Nothing."]})
    result = CliRunner().invoke(app, ["replay", "--env", "toy", *[path.name, "runs=mine"][::order]])
    assert json.loads(result.stdout)["n_observations"] == 1
    (written,) = Path("mine/replay").iterdir()
    assert result.stderr == f"every episode: {written}\n"
    assert json.loads(written.read_text())["episodes"][0]["task"] == task.id
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine", path.name]
