"""Practice: rounds over the training tasks, and what it means for which tasks may be evaluated."""

import json
from pathlib import Path

import pytest

from macla.config import compose
from macla.errors import UserError
from macla.runs.assemble import make_benchmark
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.inspect import load_alone
from macla.runs.tasks import sample

SMALL = ["env=toy", "encoder=hashing", "env.n_train=12", "env.n_unseen=4"]


def test_more_episodes_than_tasks_are_played_in_rounds(tmp_path: Path):
    config = compose([*SMALL, "build.practice=30", "runner.batch=8", f"runs={tmp_path}"])
    summary = build_memory(config, tmp_path / "memory")
    points = [json.loads(line) for line in (tmp_path / "memory" / "practice.jsonl").read_text().splitlines()]
    assert [point["episodes"] for point in points] == [8, 12, 20, 24, 30]
    assert [point["batch"] for point in points] == [0, 1, 2, 3, 4]
    assert len(load_alone(tmp_path / "memory").memory.practised) == 12
    assert summary["practice_success_rate"] == points[-1]["success_rate"]


def test_a_practised_task_is_no_task_to_evaluate(tmp_path: Path):
    config = compose([*SMALL, "build.limit=3", "build.practice=12", "eval.limit=1", f"runs={tmp_path}"])
    tasks = make_benchmark(config).tasks("train")
    (played,) = sample(tasks, 1, 0, "evaluation")
    seed = next(s for s in range(20) if played not in sample(tasks, 3, s, "experts"))
    config = config.model_copy(update={"seed": seed})
    build_memory(config, tmp_path / "memory")
    with pytest.raises(UserError, match=f"learned from 1 of these tasks .e.g. {played.id}."):
        evaluate(config, "train", tmp_path / "memory", None)
