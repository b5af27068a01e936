"""The benchmark: games by the names that people give them, recordings, and splits that are short."""

import json
import shutil
from pathlib import Path

import pytest

from envs.alfworld.benchmark import Alfworld, AlfworldOptions
from envs.alfworld.generate import generate
from macla.errors import UserError

COUNTS = {"train": 6, "valid_seen": 3, "valid_unseen": 3}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(generate(tmp_path_factory.mktemp("games"), COUNTS, 11)["root"]) / "json_2.1.1"


@pytest.fixture
def layout(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "json_2.1.1")


def benchmark(root: Path, **options: object) -> Alfworld:
    return Alfworld(AlfworldOptions.model_validate({"data": "official", "root": root, **options}))


def first_game(root: Path, split: str) -> Path:
    return sorted((root / split).rglob("game.tw-pddl"))[0]


@pytest.mark.parametrize(
    "before", ["", "valid_seen/", "json_2.1.1/train/", "/home/me/alfworld/json_2.1.1/valid_seen/", "C:\\data\\train\\"]
)
@pytest.mark.parametrize("behind", ["", "/", "/game.tw-pddl", "/traj_data.json", "\\game.tw-pddl"])
def test_a_game_is_found_by_any_of_its_names(before: str, behind: str, made: Path):
    task = benchmark(made).tasks("seen")[0]
    found = benchmark(made).find(f"{before}{task.id}{behind}")
    assert (found.id, found.split) == (task.id, "seen")


@pytest.mark.parametrize("name", ["", "alfworld_0", "x" * 5000, "train"])
def test_an_unknown_game_is_one_line(name: str, made: Path):
    with pytest.raises(UserError, match="no ALFWorld game") as error:
        benchmark(made).find(name)
    assert len(str(error.value)) < 1500


def _without_the_key(game: Path) -> None:
    game.write_text(game.read_text().replace('"solvable": true', '"answer": true'))


def _torn(game: Path) -> None:
    game.write_bytes(game.read_bytes()[:-30])


def _beheaded(game: Path) -> None:
    game.write_bytes(game.read_bytes()[30:])


@pytest.mark.parametrize("damage", [_without_the_key, _torn, _beheaded, Path.unlink])
def test_a_short_split_is_refused_unless_told_otherwise(damage, layout: Path, capsys: pytest.CaptureFixture[str]):
    damage(first_game(layout, "valid_seen"))
    with pytest.raises(UserError, match=r"valid_seen: 1 games left out, e\.g\. .*env\.incomplete=true"):
        benchmark(layout).tasks("seen")
    assert len(benchmark(layout).tasks("unseen")) == 3
    lenient = benchmark(layout, incomplete=True)
    assert len(lenient.tasks("seen")) == 2
    assert lenient.identity()["left_out"] == "valid_seen 1"
    assert "valid_seen: 1 games left out, e.g. " in capsys.readouterr().err


def test_a_whole_split_leaves_nothing_out(made: Path):
    assert "left_out" not in benchmark(made).identity()


def test_a_game_broken_inside_is_named(layout: Path):
    game = first_game(layout, "valid_seen")
    content = json.loads(game.read_text())
    game.write_text(json.dumps({**content, "pddl_problem": None}))
    task = next(task for task in benchmark(layout).tasks("seen") if task.payload.path == game)
    with pytest.raises(UserError, match=r"game\.tw-pddl is broken"):
        benchmark(layout).make(task, seed=0)


def test_recordings_are_learned_from_in_the_grammar_of_the_games(made: Path, tmp_path: Path):
    plain = benchmark(made)
    tasks = plain.tasks("train")
    won = [episode for episode in plain.experts(tasks, seed=0) if episode.success]
    path = tmp_path / "r.jsonl"
    turns = [{"from": "human", "value": f"Your task is to: {won[0].task}"}]
    for step in won[0].steps:
        old = step.action.replace("move ", "put ").replace(" to ", " in/on ") if "move" in step.action else step.action
        turns += [{"from": "gpt", "value": f"Action: {old}"}, {"from": "human", "value": step.observation}]
    path.write_text(json.dumps({"game_file": f"train/{won[0].task_id}", "conversations": turns}), encoding="utf-8")
    *_, recorded = benchmark(made, recordings=path).experts(tasks, seed=0)
    assert (recorded.source, recorded.success) == ("recorded", True)
    assert [step.action for step in recorded.steps] == [step.action for step in won[0].steps]


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


def test_games_in_the_official_layout_with_other_numbers_are_not_called_the_official_ones(
    made: Path, monkeypatch: pytest.MonkeyPatch
):
    (said,) = benchmark(made).caveats("unseen")
    assert "not the official test games" in said
    assert "train 6, valid_seen 3, valid_unseen 3" in said
    assert benchmark(made).caveats("train") == ()
    assert Alfworld(AlfworldOptions()).caveats("unseen") == ()
    monkeypatch.setattr("envs.alfworld.games.OFFICIAL_COUNTS", {split: (n,) for split, n in COUNTS.items()})
    assert benchmark(made).caveats("unseen") == ()
