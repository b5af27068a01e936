"""The compiled engine on the tiny game, statement by statement of ``docs/spec/alfworld.md §D``."""

import json
import random

import pytest

from envs.alfworld import engine
from envs.alfworld.engine import oracle
from envs.alfworld.engine.compiled import CompiledEngine
from envs.alfworld.engine.grammar import listing, task_of
from macla.errors import UserError

TASK_TYPES = (
    "pick_and_place_simple", "pick_clean_then_place_in_recep", "pick_heat_then_place_in_recep",
    "pick_cool_then_place_in_recep", "pick_two_obj_and_place", "look_at_obj_in_light",
)  # fmt: skip


def play(player, *commands):
    return [player.step(command).feedback for command in commands][-1]


@pytest.fixture
def player(tiny_game):
    return CompiledEngine(tiny_game())


def test_opening_lists_every_receptacle_with_numbers_descending_and_the_task(player):
    state = player.reset()
    assert state.feedback == (
        "You are in the middle of a room. Looking quickly around you, you see a cabinet 2, a cabinet 1, "
        "a coffeemachine 1, a countertop 1, a drawer 2, a drawer 1, a fridge 1, a microwave 1, a sidetable 1, "
        "a sinkbasin 1, a stoveburner 2, and a stoveburner 1.\n\nYour task is to: put a apple in drawer."
    )
    assert task_of(state.feedback) == "put a apple in drawer."
    assert play(player, "look") == "You are in the middle of a room. Looking quickly around you, you see nothing."


@pytest.mark.parametrize(
    ("grammar", "arrival", "place", "placed"),
    [
        ("0.4.2", "sidetable 1", "move soapbottle 1 to sidetable 1", "You move the soapbottle 1 to the sidetable 1."),
        ("2.1.1", "loc 1", "put soapbottle 1 in/on sidetable 1", "You put the soapbottle 1 in/on the sidetable 1."),
    ],
)
def test_both_grammars(tiny_game, grammar, arrival, place, placed):
    player = CompiledEngine(tiny_game(grammar=grammar))
    seen = "you see a desklamp 1, and a soapbottle 1."
    assert play(player, "go to sidetable 1") == f"You arrive at {arrival}. On the sidetable 1, {seen}"
    assert play(player, "take soapbottle 1 from sidetable 1", place) == placed
    assert ("help" in player.reset().admissible) == (grammar == "0.4.2")
    assert play(player, "help").startswith(
        "Available commands:\n  look: " if grammar == "0.4.2" else "Nothing happens."
    )


def test_receptacles_sharing_a_place_are_all_within_reach_and_going_there_again_is_not_possible(player):
    assert play(player, "go to cabinet 2") == "You arrive at cabinet 2. The cabinet 2 is closed."
    assert play(player, "go to cabinet 1") == "Nothing happens."
    assert play(player, "open cabinet 1") == "You open the cabinet 1. The cabinet 1 is open. In it, you see a knife 1."
    assert play(player, "look") == "You are facing the cabinet 2, and cabinet 1. Next to it, you see nothing."


def test_look_lists_what_was_taken_here_and_put_elsewhere_here(player):
    play(player, "go to stoveburner 1", "take pan 1 from stoveburner 1", "move pan 1 to stoveburner 2")
    assert play(player, "look") == ("You are facing the stoveburner 2, and stoveburner 1. Next to it, you see a pan 1.")


def test_an_object_in_two_places_stays_in_the_other_while_held(player):
    play(player, "go to countertop 1")
    assert play(player, "take mug 1 from coffeemachine 1") == "You pick up the mug 1 from the coffeemachine 1."
    assert "a mug 1" in play(player, "examine countertop 1")
    assert play(player, "examine coffeemachine 1") == "On the coffeemachine 1, you see nothing."
    assert play(player, "examine mug 1") == "This is a normal mug 1. In it, you see nothing."


def test_treatments_show_on_the_held_object_and_heat_undoes_cool(player):
    play(player, "go to countertop 1", "take apple 3 from countertop 1")
    assert play(player, "examine apple 3") == "There's nothing special about apple 3."
    assert play(player, "inventory") == "You are carrying: a apple 3."
    assert play(player, "go to microwave 1", "heat apple 3 with microwave 1") == (
        "You heat the apple 3 using the microwave 1."
    )
    assert play(player, "examine apple 3") == "This is a hot apple 3."
    play(player, "go to fridge 1", "cool apple 3 with fridge 1")
    assert play(player, "examine apple 3") == "This is a cold apple 3."
    play(player, "go to sinkbasin 1", "clean apple 3 with sinkbasin 1")
    assert play(player, "examine apple 3") == "This is a cool and clean apple 3."


def test_slicing_goes_by_where_an_object_is_not_by_what_it_is_in(player):
    play(player, "go to cabinet 1", "open cabinet 1", "take knife 1 from cabinet 1")
    assert play(player, "slice apple 2 with knife 1") == "You sliced the apple 2 with the knife 1."  # shut in cabinet 2
    assert (
        play(player, "go to countertop 1", "slice apple 1 with knife 1") == "You sliced the apple 1 with the knife 1."
    )


def test_only_what_can_be_picked_up_is_taken_and_only_one_thing(player):
    assert play(player, "go to countertop 1", "take houseplant 1 from countertop 1") == "Nothing happens."
    assert play(player, "take bread 1 from countertop 1").startswith("You pick up")
    assert play(player, "take apple 3 from countertop 1") == "Nothing happens."


@pytest.mark.parametrize(
    "command", ["", "LOOK", "go  to drawer 1", "go to drawer 9", "examine apple 3", "use desklamp 1"]
)
def test_a_command_that_is_not_admissible_changes_nothing(player, command):
    before = player.reset()
    after = player.step(command)
    assert after == before._replace(feedback="Nothing happens.")
    assert player.step(" look\n").feedback != "Nothing happens."  # white space around a command is no matter


@pytest.mark.parametrize("grammar", ["0.4.2", "2.1.1"])
@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_the_oracle_wins_every_kind_of_goal_and_not_before_its_last_command(tiny_game, task_type, grammar):
    player = CompiledEngine(tiny_game(task_type, grammar))
    won = [player.reset().won]
    while command := oracle.next_command(player):
        won.append(player.step(command).won)
    assert won == [False] * (len(won) - 1) + [True]
    assert len(won) <= 12
    assert not player.reset().won


def test_a_lamp_lit_first_wins_only_with_the_object_in_hand_beside_it(tiny_game):
    player = CompiledEngine(tiny_game("look_at_obj_in_light"))
    player.reset()
    commands = ["go to sidetable 1", "use desklamp 1", "go to countertop 1", "take apple 3 from countertop 1"]
    assert not any(player.step(command).won for command in commands)
    assert player.step("go to sidetable 1").won


def test_every_admissible_command_does_something_and_the_list_is_sorted(player):
    rng, state = random.Random(0), player.reset()
    for _ in range(500):
        assert list(state.admissible) == sorted(set(state.admissible))
        state = player.step(rng.choice(state.admissible))
        assert state.feedback != "Nothing happens."


def test_listing():
    assert [listing(list("abc")[:count]) for count in range(4)] == ["nothing", "a", "a, and b", "a, b, and c"]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda game: game.update(grammar=game["grammar"].replace("move {o} to {r}", "shove {o} at {r}")), "grammar"),
        (lambda game: game.update(grammar=game["grammar"].replace("Your task is to", "Do")), "no task sentence"),
        (lambda game: game.update(pddl_problem="(define)"), "not an ALFWorld game"),
        (lambda game: game.update(pddl_problem=game["pddl_problem"].replace("objectType ?o", "x ?o")), "its goal"),
        (lambda game: game.pop("grammar"), "not an ALFWorld game"),
    ],
)
def test_a_bad_game_file_is_the_users_error(tiny_game, tmp_path, spoil, complaint):
    game = json.loads(tiny_game().read_text())
    spoil(game)
    path = tmp_path / "game.tw-pddl"
    path.write_text(json.dumps(game))
    with pytest.raises(UserError, match=complaint):
        engine.load(path, "compiled")


def test_an_unknown_engine_or_file_is_the_users_error(tiny_game, tmp_path):
    with pytest.raises(UserError, match="unknown ALFWorld engine"):
        engine.load(tiny_game(), "fast")
    with pytest.raises(UserError, match="no game file"):
        engine.load(tmp_path / "none.tw-pddl")
