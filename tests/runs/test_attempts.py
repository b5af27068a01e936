"""``build.attempts``: the acting model attempts training tasks alone, once, for all memories; and a memory that a model
wrote comes out of its recording again.
"""

import json
from pathlib import Path

from macla.benchmarks.trajectory import read_trajectories
from macla.config import compose
from macla.files import fingerprint
from macla.runs.build import build_memory
from macla.runs.builds import find_build
from macla.runs.evaluate import evaluate

SMALL = ("env=toy", "encoder=hashing", "env.n_train=12", "env.n_unseen=3", "env.horizon=6", "build.limit=8")


def given(folder):
    """Return (task, source, success) of what a memory was built from."""
    shown = read_trajectories(Path(folder) / "trajectories.jsonl")
    return [(one.task_id, one.source, one.success) for one in shown]


def test_attempts_are_made_once_and_all_memories_get_the_same(tmp_path):
    built = [
        build_memory(compose([*SMALL, "build.attempts=5", f"memory={name}", f"runs={tmp_path}"]), None)
        for name in ("insights", "macla", "nearest")
    ]
    assert len(list((tmp_path / "eval").iterdir())) == 1
    first, *others = (given(summary["memory"]) for summary in built)
    assert all(other == first for other in others)
    attempted = [task for task, source, _ in first if source == "attempt"]
    demonstrated = {task for task, source, _ in first if source != "attempt"}
    assert len(attempted) == 5
    assert set(attempted) <= demonstrated
    told = [summary["attempts"] for summary in built]
    assert told[0]["n"] == 5
    assert told[0]["usage"]["act"]["requests"] > 0
    assert {one["fingerprint"] for one in told} == {told[0]["fingerprint"]}
    assert all("act" not in summary["usage"] for summary in built)
    assert Path(told[0]["run"]).name.startswith("toy-train-none-")


def test_attempts_are_part_of_what_a_memory_depends_on_and_none_change_no_memory_of_before():
    def key(*overrides):
        return fingerprint(compose([*SMALL, *overrides]).construction())

    assert len({key(), key("build.attempts=3"), key("build.attempts=4")}) == 3
    assert not {"attempts", "by"} & set(compose([*SMALL]).construction()["build"])
    acting = [f"build.attempts={number}" for number in (0, 3)]
    embedded = ("build.by=embedded", "model=endpoint", "model.id=m", "model.base_url=http://127.0.0.1:1/v1")
    assert key(*embedded, acting[0]) == key("build.by=model", acting[0])
    assert key(*embedded, acting[1]) != key("build.by=model", acting[1])


def test_the_model_that_acts_attempts_though_the_stand_in_builds(server, config):
    made = config("build.by=embedded", "build.attempts=2", "memory=macla")
    summary = build_memory(made, None)
    assert summary["attempts"]["usage"]["act"]["calls"] > 0
    assert all(cost["calls"] == 0 for cost in summary["usage"].values()), "the stand-in asks no server"
    assert str(find_build(made)) == summary["memory"]


def test_a_memory_that_a_model_wrote_comes_out_of_its_recording_again(server, config, tmp_path):
    own = ("memory=strategies", "build.attempts=2", "build.limit=4")
    recorded = config(*own, f"model.record={tmp_path / 'recording'}")
    memory = Path(build_memory(recorded, None)["memory"])
    played = evaluate(recorded, "unseen", memory, None)
    assert played["acts_by"] == "prompt"
    server.shutdown()
    again = compose([*world(recorded), *own, "model=replay", f"model.replay={tmp_path / 'recording'}"])
    other = build_memory(again, None)
    assert (Path(other["memory"]) / "notes.json").read_bytes() == (memory / "notes.json").read_bytes()
    replayed = evaluate(again, "unseen", Path(other["memory"]), None)
    assert replayed["usage"] == played["usage"]
    assert replayed["n_success"] == played["n_success"]
    assert json.loads((memory / "notes.json").read_text())["notes"]


def world(made):
    """Return the overrides of the toy world that a served configuration has, with runs of their own."""
    keys = ("n_train", "n_unseen", "horizon")
    jobs = ",".join(made.env["jobs"])
    env = ["env=toy", f"env.jobs=[{jobs}]", *(f"env.{key}={made.env[key]}" for key in keys)]
    return [*env, "encoder=hashing", "runner.retries=1", f"runs={made.runs}/replayed"]
