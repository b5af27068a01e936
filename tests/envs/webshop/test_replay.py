"""The recorded episodes of the official environment, played again."""

import json
from pathlib import Path

import pytest

from macla.benchmarks.replaying import replayed
from macla.benchmarks.trajectory import Trajectory
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


def recorded_on(official, path: Path, split: str = "train") -> list[Trajectory]:
    return list(replayed(path, official.tasks(split), official, make=lambda task: official.make(task, seed=0)))


def test_recordings_are_a_second_source_of_training_trajectories(official, official_root, capsys):
    replays = recorded_on(official, official_root / "recordings_dev.jsonl")
    assert 50 < len(replays) < 113, "only those of training goals"
    assert all(trajectory.success and trajectory.source == "recorded" for trajectory in replays)
    outside = 113 - len(replays)
    assert (
        f"{len(replays)} of 113 recordings used, {len(replays)} of them end in success; "
        f"{outside} left out ({outside} of tasks outside this sample)"
    ) in capsys.readouterr().err


def test_a_goal_of_another_instruction_is_left_out_and_named(official, recorded_episodes, tmp_path, capsys):
    numbers = {task.payload for task in official.tasks("train")}
    first, second = [record for record in recorded_episodes if record["goal"] in numbers][:2]
    path = tmp_path / "r.json"
    path.write_text(json.dumps([first, {**second, "goal": first["goal"]}], indent=1), encoding="utf-8")
    assert len(recorded_on(official, path)) == 1
    said = capsys.readouterr().err
    assert "1 of another instruction than their task's" in said
    assert "asks for something else" in said
    with pytest.raises(UserError, match="asks for something else"):
        replay(official, path)


def test_the_file_as_it_was_recorded_is_replayed(official, official_root):
    total = replay(official, official_root / "recordings_dev.jsonl").total
    assert total.n_observations == total.n_observations_equal == 463


@pytest.mark.parametrize("name", [979, "979", "synthetic-979", "webshop_979", "webshop-synthetic-979"])
def test_goals_are_found_as_people_name_them(official, name):
    assert official.find(name).id == "synthetic-979"


@pytest.mark.parametrize("name", ["human-979", "979x", "-1", "9" * 5000, "²", ""])
def test_an_unknown_goal_is_one_line(official, name):
    with pytest.raises(UserError) as error:
        official.find(name)
    assert len(str(error.value)) < 300
