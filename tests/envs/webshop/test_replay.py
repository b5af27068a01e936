"""The recorded episodes of the official environment, played again."""

import json

import pytest

from envs.webshop import recordings
from macla.errors import UserError
from macla.runs.replay import replay


def test_every_observation_is_byte_identical_and_every_purchase_scores_one(official, recorded_episodes):
    assert len(recorded_episodes) == 113
    compared = 0
    for record in recorded_episodes:
        task = official.find(record["goal"])
        env = official.make(task, seed=0)
        seen = [env.reset()[0]]
        assert official.observations_match(record["instruction"], env.reset()[1]["task"])
        for action in record["actions"]:
            observation, reward, terminated, _, info = env.step(action)
            seen.append(observation)
        assert len(record["observations"]) == len(record["actions"])  # the page after the purchase is not recorded
        for recorded, ours in zip(record["observations"], seen, strict=False):
            assert official.observations_match(recorded, ours), f"goal {record['goal']}\n{recorded}\n{ours}"
            compared += 1
        assert terminated
        assert info["success"]
        assert reward == 1.0
    assert compared == 576


def test_the_replay_command_finds_no_difference(official, recorded_episodes, tmp_path):
    path = tmp_path / "recordings.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for record in recorded_episodes[:40]:
            after = [*record["observations"][1:], None]
            paid = [0.0] * (len(after) - 1) + [1.0]
            line = {"task": record["goal"], "actions": record["actions"], "observations": after, "rewards": paid}
            lines.write(json.dumps(line) + "\n")
    total = replay(official, path).total
    assert total.n_observations == total.n_observations_equal > 100
    assert total.n_rewards == total.n_rewards_equal == total.n_steps


def test_only_the_price_bound_is_masked(official):
    assert official.observations_match(
        "x, and price lower than 50.00 dollars [SEP] $9.0", "x, and price lower than 90.00 dollars [SEP] $9.0"
    )
    assert not official.observations_match(
        "price lower than 50.00 dollars [SEP] $9.0", "price lower than 50.00 dollars [SEP] $8.0"
    )


def test_recordings_are_a_second_source_of_training_trajectories(official, official_root):
    tasks = {task.payload: task for task in official.tasks("train")}
    path = official_root / "recordings_dev.jsonl"
    replays = list(recordings.replayed(path, tasks, lambda task: official.make(task, seed=0)))
    assert 50 < len(replays) < 113, "only those of training goals"
    assert all(trajectory.success and trajectory.source == "recorded" for trajectory in replays)


def test_a_broken_recording_names_its_line(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('{"goal": 1, "actions": []}\n{"goal": 1}\n')
    with pytest.raises(UserError, match=r"r\.jsonl:2: not a recording"):
        list(recordings.replayed(path, {}, lambda task: None))
    with pytest.raises(UserError, match=r"env\.recordings=FILE"):
        list(recordings.replayed(tmp_path / "none", {}, lambda task: None))
