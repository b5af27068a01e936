"""Trajectories survive a round trip through their file, and a bad line is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from macla.benchmarks.trajectory import Outcome, Step, Trajectory, read_trajectories, write_trajectories
from macla.errors import UserError

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
STEPS = st.builds(Step, action=TEXT, observation=TEXT, reward=st.floats(-1, 1))
TRAJECTORIES = st.builds(
    Trajectory,
    task_id=TEXT,
    task=TEXT,
    task_type=TEXT,
    first_observation=TEXT,
    steps=st.lists(STEPS, max_size=3).map(tuple),
    outcome=st.sampled_from(Outcome),
    score=st.floats(0, 1),
    source=TEXT,
)


@given(st.lists(TRAJECTORIES, max_size=4))
def test_reading_inverts_writing(tmp_path_factory, trajectories):
    path = tmp_path_factory.mktemp("trajectories") / "deep" / "file.jsonl"
    assert write_trajectories(path, trajectories) == len(trajectories)
    assert list(read_trajectories(path)) == trajectories
    assert [file.name for file in path.parent.iterdir()] == ["file.jsonl"]


@pytest.mark.parametrize("outcome", Outcome)
def test_only_success_is_success(outcome):
    trajectory = Trajectory(task_id="t", task="do", first_observation="", steps=(), outcome=outcome)
    assert trajectory.success is (outcome is Outcome.SUCCESS)


def test_a_missing_file_is_the_users_mistake(tmp_path):
    with pytest.raises(UserError, match="no trajectory file at"):
        list(read_trajectories(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    ("line", "named"),
    [("not json", ":2: line: "), ('{"task_id": "t"}', ":2: task: Field required"), ('{"gold": 1}', ":2: ")],
)
def test_a_bad_line_is_named_with_its_number(tmp_path, line, named):
    good = Trajectory(task_id="t", task="do", first_observation="", steps=(), outcome=Outcome.FAILURE)
    path = tmp_path / "file.jsonl"
    path.write_text(good.model_dump_json() + "\n" + line + "\n")
    with pytest.raises(UserError) as error:
        list(read_trajectories(path))
    assert f"{path}{named}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    good = Trajectory(task_id="t", task="do", first_observation="", steps=(), outcome=Outcome.FAILURE)
    path = tmp_path / "file.jsonl"
    write_trajectories(path, [good])

    def broken():
        yield good
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError):
        write_trajectories(path, broken())
    assert list(read_trajectories(path)) == [good]


def test_trajectories_are_frozen_and_closed():
    with pytest.raises(ValidationError):
        Step(action="a", observation="o", hint="the answer")
    step = Step(action="a", observation="o")
    with pytest.raises(ValidationError):
        step.action = "b"
