"""The environment: gymnasium's contract, what is said, what is possible, and how an episode ends."""

import warnings

import pytest
from gymnasium.utils.env_checker import check_env

from envs.toy.env import DONE, SPOILT
from envs.toy.lexicon import REJECTION
from envs.toy.world import Chances

SURE = Chances(fire=1.0, glue=1.0, rivet=1.0)


def test_gymnasium_finds_nothing_to_complain_about(toy):
    benchmark = toy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(benchmark.make(benchmark.tasks("train")[0], seed=0), skip_render_check=True)


def test_reset_gives_the_room_and_the_task(toy):
    benchmark = toy(jobs=["fire"])
    task = benchmark.tasks("train")[0]
    observation, info = benchmark.make(task, seed=0).reset(seed=3)
    assert observation.startswith("You are in a workshop. You see a shelf 1, a shelf 2, a crate 1, a crate 2, a kiln 1")
    kind = task.payload.kind
    assert info == {"task": f"fire a {kind} in kiln.", "task_type": "fire", "success": False, "score": 0.0}


def test_the_opening_says_nothing_of_where_pieces_lie_or_how_they_are(toy):
    benchmark = toy()
    for task in benchmark.tasks("unseen"):
        opening, _ = benchmark.make(task, seed=0).reset()
        assert not any(name in opening for pieces in task.payload.holders.values() for name in pieces)
        assert not any(word in opening for word in ("damp", "full", "red", "blue"))


def test_searching_taking_and_firing_ends_the_episode_with_reward_one(play, take):
    steps = play("fire", "go to shelf 1", *take, "go to kiln 1", "fire vase 1 in kiln 1", chances=SURE)
    assert [step[0] for step in steps] == [
        "You arrive at the shelf 1. In it you see nothing.",
        "You arrive at the crate 1. In it you see a vase 1 and a cup 1.",
        "You take the vase 1 from the crate 1. The vase 1 is red.",
        "You arrive at the kiln 1.",
        f"You fire the vase 1 in the kiln 1. {DONE}",
    ]
    assert [step[1:4] for step in steps] == [(0.0, False, False)] * 4 + [(1.0, True, False)]
    assert (steps[-1][4]["success"], steps[-1][4]["score"]) == (True, 1.0)


def test_bad_luck_ends_the_episode_in_failure(play, take):
    observation, *rest = play("fire", *take, "go to kiln 1", "fire vase 1 in kiln 1", chances=Chances(fire=0.0))[-1]
    assert observation.endswith(SPOILT)
    assert rest[:3] == [0.0, True, False]
    assert not rest[3]["success"]


@pytest.mark.parametrize(("damp", "wipe", "done"), [(False, False, True), (True, False, False), (True, True, True)])
def test_glazing_succeeds_exactly_on_a_piece_that_is_not_damp(play, take, damp, wipe, done):
    actions = (*take, *["wipe vase 1"] * wipe, "go to vat 1", "glaze vase 1 at vat 1")
    steps = play("glaze", *actions, damp=damp)
    assert f"The vase 1 is {'damp' if damp else 'dry'}." in steps[1][0]
    assert steps[-1][4]["success"] is done


def test_wiping_makes_dry_and_is_possible_only_on_a_damp_piece(play, take):
    steps = play("glaze", *take, "wipe vase 1", "wipe vase 1", damp=True)
    assert [step[0] for step in steps[2:]] == ["You wipe the vase 1. The vase 1 is dry.", REJECTION]


@pytest.mark.parametrize("pours", [0, 1, 2, 3])
def test_filling_is_said_to_be_unfinished_until_it_is_and_then_is_refused(play, take, pours):
    actions = (*take, "go to well 1", *["fill vase 1 at well 1"] * (pours + 1))
    said = [step[0].rpartition("The vase 1 is ")[2] for step in play("fill", *actions, pours=pours)]
    assert said[1] == ("not full." if pours else "full.")
    assert said[3:] == ["not full."] * (pours - 1) + ["full."] * (pours > 0) + [REJECTION]


@pytest.mark.parametrize(("pours", "poured", "done"), [(0, 0, True), (2, 0, False), (2, 1, False), (2, 2, True)])
def test_putting_succeeds_exactly_when_the_piece_is_full(play, take, pours, poured, done):
    fill = ("go to well 1", *["fill vase 1 at well 1"] * poured)
    steps = play("fill", *take, *fill, "go to table 1", "put vase 1 on table 1", pours=pours)
    assert steps[-1][4]["success"] is done
    assert steps[-1][2] is True


@pytest.mark.parametrize(
    "action",
    [
        "dance",
        "fire vase 1 in kiln 1",
        "take vase 1 from crate 1",
        "go to crate 9",
        "go to vase 1",
        "wipe vase 1",
        "fill vase 1 at well 1",
        "glue vase 1 at kiln 1",
        "",
    ],
)
def test_what_is_not_possible_costs_a_step_and_changes_nothing(play, action):
    (observation, reward, terminated, truncated, _), (after, *_) = play("fire", action, "look")
    assert (observation, reward, terminated, truncated) == (REJECTION, 0.0, False, False)
    assert after == play("fire", "look")[0][0]


@pytest.mark.parametrize(
    ("job", "actions"),
    [
        ("mend", ("go to kiln 1", "fire vase 1 in kiln 1")),
        ("fire", ("take cup 1 from crate 1", "go to kiln 1", "fire cup 1 in kiln 1")),
    ],
)
def test_the_wrong_work_and_the_wrong_piece_are_spoilt(play, take, job, actions):
    last = play(job, *take, *actions, chances=SURE)[-1]
    assert last[0].endswith(SPOILT)
    assert (last[2], last[4]["success"]) == (True, False)


def test_a_decisive_command_at_the_wrong_station_is_refused(play, take):
    assert play("fire", *take, "go to vat 1", "fire vase 1 in vat 1")[-1][0] == REJECTION


def test_the_step_limit_truncates_but_not_a_success_with_the_last_step(play, take):
    assert [step[3] for step in play("fire", "look", "look", horizon=2)] == [False, True]
    steps = play("fire", *take, "go to kiln 1", "fire vase 1 in kiln 1", horizon=4, chances=SURE)
    assert steps[-1][2:4] == (True, False)


def test_luck_depends_on_the_seed_and_the_way_and_on_nothing_before(toy):
    benchmark = toy(jobs=["mend"])
    task = benchmark.tasks("train")[0]
    room = task.payload

    def result(seed, name, *detour):
        env = benchmark.make(task, seed=seed)
        env.reset(seed=seed)
        actions = (*detour, f"go to {room.home}", f"take {room.piece} from {room.home}", "go to bench 1")
        for action in (*actions, f"{name} {room.piece} at bench 1"):
            info = env.step(action)[4]
        return info["success"]

    for seed in range(20):
        assert result(seed, "glue") == result(seed, "glue", "look", "go to kiln 1")
    assert len({(result(seed, "glue"), result(seed, "rivet")) for seed in range(60)}) == 4


def test_resetting_repeats_the_episode(toy):
    benchmark = toy()
    for task in benchmark.tasks("train")[:4]:
        env = benchmark.make(task, seed=7)
        actions = [f"go to {task.payload.home}", f"take {task.payload.piece} from {task.payload.home}", "wipe vase 1"]
        first = [env.reset()[0], *[env.step(action) for action in actions]]
        assert first == [env.reset()[0], *[env.step(action) for action in actions]]
