"""Recordings of others: the game of one that names none, and their words in the grammar of our games."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from envs.alfworld.benchmark import Alfworld
from envs.alfworld.generate import generate
from envs.alfworld.options import AlfworldOptions
from envs.alfworld.recordings import feedback, read_opening
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError
from macla.runs.replay import Report, replay

COUNTS = {"train": 6, "valid_seen": 3, "valid_unseen": 3}
EXAMPLE = "An example: you see a safe 1.\n\nYour task is to: put a cd in safe.\n> look\nYou see nothing."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(generate(tmp_path_factory.mktemp("games"), COUNTS, 11)["root"]) / "json_2.1.1"


@pytest.fixture
def layout(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "json_2.1.1")


def benchmark(root: Path, **options: object) -> Alfworld:
    settings = {"data": "official", "root": root, "incomplete": True, **options}
    return Alfworld(AlfworldOptions.model_validate(settings))


@pytest.fixture(scope="module")
def won(made: Path) -> list[Trajectory]:
    played = benchmark(made).experts(benchmark(made).tasks("train"), seed=0)
    return [episode for episode in played if episode.success]


def in_old_words(text: str) -> str:
    """Return an action or an observation of alfworld 0.4.2 as recordings of the 2.1.1 games have it."""
    text = re.sub(r"^move (.+) to (.+)$", r"put \1 in/on \2", text)
    text = re.sub(r"^You move the (.+) to the (.+)$", r"You put the \1 in/on the \2", text)
    return re.sub(r"^You arrive at [^.]+\. ", "", text)


def conversation(episode: Trajectory, **named: Any) -> dict[str, Any]:
    """Return an episode as a conversation that shows an example first and offers actions."""
    offered = "\nAVAILABLE ACTIONS: go to desk 1,look"
    turns = [{"from": "human", "value": EXAMPLE}, {"from": "gpt", "value": "OK"}]
    turns += [{"from": "human", "value": episode.first_observation + offered}]
    for step in episode.steps:
        turns += [{"from": "gpt", "value": f"Thought: So.\nAction: {in_old_words(step.action)}"}]
        turns += [{"from": "human", "value": f"Observation: {in_old_words(step.observation)}{offered}"}]
    return {"conversations": turns, **named}


def written(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def as_read(root: Path, path: Path) -> Report:
    return replay(benchmark(root), path)


def test_games_are_found_by_how_they_open(made: Path, won: list[Trajectory], tmp_path: Path):
    path = written(tmp_path, *(conversation(each, item_id=f"alfworld_{n}") for n, each in enumerate(won)))
    report = as_read(made, path)
    assert [(each.task, each.played) for each in report.episodes] == [
        (f"alfworld_{number}", each.task_id) for number, each in enumerate(won)
    ]
    assert report.total.n_observations == report.total.n_observations_equal == sum(len(each.steps) for each in won) > 20


def test_a_room_of_which_a_recording_names_but_a_part_is_found_too(made: Path, won: list[Trajectory], tmp_path: Path):
    recorded = conversation(won[0], item_id="alfworld_0")
    opening = recorded["conversations"][2]
    whole, opening["value"] = opening["value"], re.sub(r"(you see an? [a-z]+ \d+), [^.]*", r"\1", opening["value"])
    assert len(opening["value"]) < len(whole)
    (episode,) = as_read(made, written(tmp_path, recorded)).episodes
    assert episode.played == won[0].task_id


def test_recordings_that_name_no_game_are_learned_from(made: Path, won: list[Trajectory], tmp_path: Path):
    path = written(tmp_path, conversation(won[0], id=0), conversation(won[1], game_file=f"train/{won[1].task_id}"))
    *_, first, second = benchmark(made, recordings=path).experts(benchmark(made).tasks("train"), seed=0)
    for recorded, episode in ((first, won[0]), (second, won[1])):
        assert (recorded.source, recorded.success, recorded.task_id) == ("recorded", True, episode.task_id)
        assert [step.action for step in recorded.steps] == [step.action for step in episode.steps]


def twin(layout: Path, episode: Trajectory, trial: str) -> Path:
    """Copy a game to another trial, whose name sorts before it."""
    game = layout / "train" / episode.task_id
    return Path(shutil.copytree(game, game.with_name(trial))) / "game.tw-pddl"


def test_of_games_that_open_alike_the_one_that_answers_so_is_taken(
    layout: Path, won: list[Trajectory], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    game = twin(layout, won[0], "trial_A")
    content = json.loads(game.read_text())
    emptied = re.sub(r"\((inReceptacle|objectAtLocation) [^()]*\)", "", content["pddl_problem"], flags=re.I)
    game.write_text(json.dumps({**content, "pddl_problem": emptied}))
    (episode,) = as_read(layout, written(tmp_path, conversation(won[0], item_id="alfworld_0"))).episodes
    assert episode.played == won[0].task_id
    assert episode.n_observations_equal == len(won[0].steps)
    assert "open" not in capsys.readouterr().err


def test_of_games_that_nothing_tells_apart_the_first_is_taken_and_that_is_said(
    layout: Path, won: list[Trajectory], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    twin(layout, won[0], "trial_A")
    first = f"{won[0].task_id.split('/')[0]}/trial_A"
    path = written(tmp_path, conversation(won[0], item_id="alfworld_0"))
    (episode,) = as_read(layout, path).episodes
    assert episode.played == first
    said = f"{path}:1: 2 tasks open and answer as this recording; it is taken as the first, {first}\n"
    assert capsys.readouterr().err.endswith(said)


def test_a_recording_of_other_data_is_one_line(layout: Path, won: list[Trajectory], tmp_path: Path):
    for episode in won:
        shutil.rmtree(layout / "train" / episode.task_id)
    path = written(tmp_path, conversation(won[0], item_id="alfworld_0"))
    with pytest.raises(
        UserError, match=r"r\.jsonl:1: 'alfworld_0' names no ALFWorld game, and none of \d+ in .*"
    ) as error:
        as_read(layout, path)
    told = f"{won[0].task.rstrip('.')!r}: it was recorded on other data; set env.data or env.root "
    assert told + "(for generated games type env.data=generated)" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_game_that_is_named_is_not_sought_by_its_opening(layout: Path, won: list[Trajectory], tmp_path: Path):
    twin(layout, won[0], "trial_A")
    shutil.rmtree(layout / "train" / won[0].task_id)
    with pytest.raises(UserError, match="no ALFWorld game"):
        as_read(layout, written(tmp_path, conversation(won[0], game_file=won[0].task_id)))


@pytest.mark.parametrize(
    "text", ["", "Your task is to: ", "you see a desk 1.", "you see x. Your task is to: put a mug in y."]
)
def test_a_text_without_an_opening_has_none(text: str):
    assert read_opening(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "You see a desk 1, and a bed 2.\n\nYour task is to: put some mug on desk.",
        f"{EXAMPLE}\nyou  see a bed 2, a desk 1.\nYour task is to: Put some mug  on desk\nAVAILABLE ACTIONS: look.",
    ],
)
def test_openings_are_equal_but_for_order_blanks_and_what_stands_around(text: str):
    assert read_opening(text) == ({"bed 2", "desk 1"}, "put some mug on desk")


@pytest.mark.parametrize(
    ("recorded", "ours", "same"),
    [
        ("On the desk 1, you see a cd 1.", "You arrive at desk 1. On the desk 1, you see a cd 1.", True),
        ("You arrive at loc 7. The drawer 1 is closed.", "You arrive at drawer 1. The drawer 1 is closed.", True),
        ("You put the cd 1 in/on the desk 1.", "You move the cd 1 to the desk 1.", True),
        ("On the desk 1, you see a cd 1.", "You arrive at desk 1. On the desk 1, you see a cd 2.", False),
        ("You put the cd 1 in/on the desk 1.", "You move the cd 1 to the desk 2.", False),
        ("Nothing happens.", "You open the safe 1.", False),
    ],
)
def test_observations_are_compared_across_grammars(recorded: str, ours: str, same: bool, made: Path):
    assert benchmark(made).observations_match(recorded, ours) is same
    assert (feedback(recorded) == feedback(ours)) is same


@pytest.mark.parametrize(
    ("action", "taken"),
    [
        ("put mug 1 in/on desk 2", "move mug 1 to desk 2"),
        ("put mug 1 on desk 2", "move mug 1 to desk 2"),
        ("move mug 1 to desk 2", "move mug 1 to desk 2"),
        ("go to desk 2", "go to desk 2"),
    ],
)
def test_a_recorded_action_is_put_in_the_grammar_of_the_games(action: str, taken: str, made: Path):
    assert benchmark(made).command(action) == taken
