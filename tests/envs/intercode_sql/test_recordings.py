import json

import pytest

from envs.intercode_sql.benchmark import InterCodeSQL, SQLOptions
from envs.intercode_sql.recordings import same_observation
from macla.runs.replay import replay

EVERY = 5
"""Every fifth episode: the whole set takes half a minute on two engines."""


@pytest.mark.parametrize(("engine", "rewards", "observations"), [("sqlite", 0.99, 0.94), ("mysql", 0.98, 0.85)])
@pytest.mark.parametrize("formula", ["iou", "iou_tau"])
def test_recorded_steps_come_out_alike(
    request, folder, benchmark_sql, tmp_path, engine, formula, rewards, observations
):
    options = SQLOptions(root=str(folder), reward="iou" if formula == "iou" else "official", timeout=5)
    if engine == "mysql":
        options = options.model_copy(update={"engine": "mysql", "dsn": request.getfixturevalue("server_dsn")})
    benchmark = InterCodeSQL(options)
    if engine == "sqlite":
        benchmark.__dict__["engine"] = benchmark_sql.engine
    lines = []
    for line in (folder / "trajectories.jsonl").read_text().splitlines()[::EVERY]:
        episode = json.loads(line)
        steps = [step for step in episode["steps"] if step.get("valid", True)]
        if episode["formula"] == formula and not episode["state_leak"]:
            record = {"task": episode["task_id"], "actions": [s["action"] for s in steps]}
            record["observations"] = [s["observation"] for s in steps]
            record["rewards"] = [s["reward"] for s in steps]
            lines.append(json.dumps(record))
    (tmp_path / "episodes.jsonl").write_text("\n".join(lines))
    total = replay(benchmark, tmp_path / "episodes.jsonl").total
    assert total.n_steps > 300
    assert total.n_rewards_equal >= rewards * total.n_rewards
    assert total.n_observations_equal >= observations * total.n_observations


def test_observations_are_compared_as_far_as_they_were_written():
    long = str([(i,) for i in range(300)])
    assert same_observation("[('ID', b'int')]", "[('ID', 'int')]")
    assert same_observation(long[:500] + "...", long)
    assert same_observation(str([(i,) for i in range(25)]), long)
    assert not same_observation(str([(i,) for i in range(24)]), long)
    assert not same_observation("[(1,)]", "[(1.0,)]")
    assert not same_observation("[]", "None")
