"""A run as a log of inspect_ai, read back by the real package in whichever environment has it."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.hostile import HOSTILE, hostile

from macla.benchmarks.trajectory import Outcome
from macla.reports.exchanges import BEFORE, Exchange
from macla.reports.inspect_log import inspect_log, log_name

ROOT = Path(__file__).parents[2]
READ = """
import json, sys
from inspect_ai.log import list_eval_logs, read_eval_log
(found,) = list_eval_logs(sys.argv[1])
log = read_eval_log(found)
json.dump({
    "status": log.status, "task": log.eval.task, "model": log.eval.model,
    "scores": {one.name: {key: metric.value for key, metric in one.metrics.items()} for one in log.results.scores},
    "samples": [{
        "id": sample.id, "input": sample.input, "messages": [message.text for message in sample.messages],
        "success": sample.scores["success"].value if sample.scores else None,
        "error": sample.error.message if sample.error else None,
        "events": [event.event for event in sample.events],
        "prompts": [event.input[0].text for event in sample.events if event.event == "model"],
    } for sample in log.samples],
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def interpreter():
    """An interpreter that has inspect_ai: that of ``make inspect``, or this one."""
    there = [str(path) for path in (ROOT / ".venv-inspect" / "bin" / "python", Path(sys.executable)) if path.is_file()]
    for python in there:
        if subprocess.run([python, "-c", "import inspect_ai"], capture_output=True, check=False).returncode == 0:
            return python
    return pytest.skip("inspect_ai is not installed (make inspect)")


@pytest.fixture
def opened(interpreter, tmp_path):
    """Return a function from a run and what its model was asked to what the package reads of its log."""

    def read(run, asked):
        (tmp_path / log_name(run)).write_text(inspect_log(run, asked))
        command = [interpreter, "-c", READ, str(tmp_path)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    return read


def test_inspect_reads_every_episode(opened, frozen):
    first = next(iter(frozen.episodes))
    asked = {first: [Exchange(BEFORE, "parse_task", "what was sent", "what was said", (7, 3))]}
    found = opened(frozen, asked)
    assert (found["status"], found["task"]) == ("success", "toy-unseen")
    assert found["scores"]["success"]["accuracy"] == pytest.approx(frozen.summary["success_rate"])
    assert found["scores"]["success"]["low"] == pytest.approx(frozen.summary["success_interval"][0])
    for sample, played in zip(found["samples"], frozen.episodes.values(), strict=True):
        assert (sample["id"], sample["input"]) == (played.task, played.instruction)
        assert sample["success"] == ("C" if played.success else "I")
        assert sample["messages"][1::2] == [step.action for step in played.steps]
        assert sample["events"].count("info") == len(played.decisions)
    assert found["samples"][0]["prompts"] == ["what was sent"]
    assert found["samples"][0]["events"][0] == "model"


def test_inspect_reads_hostile_texts_and_what_was_not_scored(opened, frozen):
    run, asked = hostile(frozen)
    lost = {"outcome": Outcome.INFRASTRUCTURE_ERROR, "error": "the server went away", "steps": (), "decisions": ()}
    episode = next(iter(frozen.episodes.values())).model_copy(update={**lost, "task": "lost"})
    found = opened(dataclasses.replace(run, episodes={**run.episodes, "lost": episode}), asked)
    assert [sample["input"] for sample in found["samples"][:-1]] == list(HOSTILE)
    assert (found["samples"][-1]["success"], found["samples"][-1]["error"]) == (None, "the server went away")
