"""Recordings beside runs: which request belongs to which step, and prompts exactly as they were sent."""

import dataclasses
import json
from pathlib import Path

import pytest
from helpers.served_runs import config, server  # noqa: F401 fixtures

from macla.benchmarks.trajectory import Step
from macla.errors import UserError
from macla.methods.run import read_run
from macla.models.recorded import recorded
from macla.reports.exchanges import BEFORE, check_recording, exchanges, place
from macla.runs.evaluate import evaluate


@pytest.fixture
def recorded_run(config, server, tmp_path):  # noqa: F811 fixtures
    """A run that was recorded, and the bodies that the server was sent."""
    made = config(f"model.record={tmp_path / 'rec'}", "memory=none")
    summary = evaluate(made, "unseen", None, None)
    return read_run(Path(summary["run"])), tmp_path / "rec"


def test_every_request_is_found_with_the_prompt_that_was_sent(recorded_run):
    run, folder = recorded_run
    found = exchanges(run, None)
    prompts = {one.prompt for one in recorded(folder)}
    assert prompts
    assert all(not text.startswith("{") for text in prompts)
    for task, played in run.episodes.items():
        steps = [one.step for one in found.get(task, ())]
        assert steps == sorted(steps)
        for one in found.get(task, ()):
            assert one.prompt in prompts
            assert one.purpose in played.model_calls


def test_prompts_of_another_version_are_shown_as_requests(recorded_run):
    _, folder = recorded_run
    parameters = json.loads((folder / "parameters.json").read_text())
    (folder / "parameters.json").write_text(json.dumps({**parameters, "server": "another"}))
    assert all(json.loads(one.prompt) == one.request for one in recorded(folder))


def test_a_recording_that_is_gone_or_is_none(recorded_run, tmp_path):
    run, folder = recorded_run
    folder.rename(tmp_path / "moved")
    assert exchanges(run, None) == {}
    assert exchanges(run, tmp_path / "moved")
    with pytest.raises(UserError, match="holds no answers of a model"):
        exchanges(run, run.folder)
    (tmp_path / "one.jsonl.xz").write_bytes(b"")
    with pytest.raises(UserError, match="replies without their prompts"):
        exchanges(run, tmp_path / "one.jsonl.xz")
    other = dataclasses.replace(run, episodes={})
    with pytest.raises(UserError, match="give the recording of that run"):
        check_recording(tmp_path / "moved", [other], [exchanges(other, tmp_path / "moved")])


def test_requests_are_placed_by_what_they_hold(episode):
    steps = tuple(Step(action=f"a{n}", observation=f"o{n}") for n in range(3))
    played = episode("t").model_copy(update={"first_observation": "begin", "steps": steps})
    assert place({"task": "x"}, played) == BEFORE
    assert place({"first_observation": "begin", "history": [["a0", "o0"]]}, played) == 1
    assert place({"first_observation": "other", "history": []}, played) is None
    assert place({"history": [["a0", "another"]]}, played) is None
    assert place({"done": ["a0", "a1"]}, played) == 2
    assert place({"done": ["a1"]}, played) is None
    assert place({"tried": []}, played) == 0
    assert place({"tried": [["a1", "o1"]]}, played) == 2
    assert place({"tried": [["a9", "o9"]]}, played) is None
