"""The environment: gymnasium's contract, the step limit, and that nothing secret reaches the agent."""

import random
import warnings

import pytest
from gymnasium.utils.env_checker import check_env

from envs.alfworld.env import AlfworldEnv


@pytest.fixture
def make(tiny_game):
    def make(horizon=50, **options):
        return AlfworldEnv(tiny_game(), "compiled", "pick_and_place_simple", horizon, **options)

    return make


WINNING = ["go to countertop 1", "take apple 3 from countertop 1", "go to drawer 1", "move apple 3 to drawer 1"]


def test_gymnasium_finds_nothing_to_complain_about(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(make(), skip_render_check=True)


def test_reset_gives_the_room_and_the_task(make):
    observation, info = make().reset(seed=1)
    assert observation.startswith("You are in the middle of a room.")
    assert observation.endswith("Your task is to: put a apple in drawer.")
    assert info == {
        "task": "put a apple in drawer.",
        "task_type": "pick_and_place_simple",
        "success": False,
        "score": 0.0,
    }


def test_winning_ends_the_episode_with_reward_one(make):
    env = make()
    env.reset()
    *before, (observation, reward, terminated, truncated, info) = map(env.step, WINNING)
    assert not any(step[2] or step[3] or step[1] for step in before)
    assert (observation, reward, terminated, truncated) == ("You move the apple 3 to the drawer 1.", 1.0, True, False)
    assert (info["success"], info["score"]) == (True, 1.0)


def test_the_step_limit_truncates_and_invalid_commands_count(make):
    env = make(horizon=2)
    env.reset()
    assert env.step("dance")[:4] == ("Nothing happens.", 0.0, False, False)
    assert env.step("look")[3] is True
    env.reset()
    assert env.step("look")[3] is False


def test_a_win_with_the_last_step_is_a_win(make):
    env = make(horizon=len(WINNING))
    env.reset()
    assert [env.step(command)[2:4] for command in WINNING][-1] == (True, False)


def test_observations_hold_only_the_feedback_unless_the_profile_shows_commands(make):
    plain, shown = make(), make(show_admissible=True)
    assert "Admissible commands: " not in plain.reset()[0]
    opening = shown.reset()[0]
    assert opening.startswith(plain.reset()[0] + "\n\nAdmissible commands: go to cabinet 1, ")
    assert shown.step("look")[0].endswith("help, inventory, look")
    assert plain.step("look")[0] == "You are in the middle of a room. Looking quickly around you, you see nothing."
    assert set(plain.step("look")[4]) == {"task", "task_type", "success", "score"}


@pytest.mark.parametrize("grammar", ["0.4.2", "2.1.1"])
def test_spaces_contain_all_that_official_games_say_and_take(official_games, grammar):
    rng = random.Random(0)
    for game in official_games(grammar):
        env = AlfworldEnv(game, "compiled", "", 50, show_admissible=True)
        observation, _ = env.reset()
        for _ in range(50):
            assert env.observation_space.contains(observation)
            command = rng.choice(observation.rpartition("Admissible commands: ")[2].split(", "))
            assert env.action_space.contains(command)
            observation = env.step(command)[0]
            assert not observation.startswith("Nothing happens.")
