"""The benchmark: games by the names that people give them, and splits that are short."""

import json
import shutil
from pathlib import Path

import pytest

from envs.alfworld import divisions
from envs.alfworld.benchmark import Alfworld
from envs.alfworld.generate import generate
from envs.alfworld.options import AlfworldOptions
from macla.config import compose
from macla.errors import UserError
from macla.methods.run import read_run
from macla.reports.table import footer
from macla.runs.evaluate import evaluate

COUNTS = {"train": 6, "valid_seen": 3, "valid_unseen": 3}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(generate(tmp_path_factory.mktemp("games"), COUNTS, 11)["root"]) / "json_2.1.1"


@pytest.fixture(autouse=True)
def as_large_as_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    release = {split: (count,) for split, count in COUNTS.items()}
    monkeypatch.setattr(divisions, "DIVISIONS", {divisions.RELEASE: release})


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


def test_an_official_game_among_generated_ones_says_what_to_type(made: Path, tmp_path: Path):
    generated = Alfworld(AlfworldOptions(data="generated", data_dir=tmp_path, n_train=1, n_seen=1, n_unseen=1))
    with pytest.raises(UserError, match=r"no ALFWorld game 'look_at_obj.*for official games type env\.data=official"):
        generated.find("look_at_obj_in_light-Pillow-None-DeskLamp-301/trial_T20190907_1")
    with pytest.raises(UserError, match=r"for generated games type env\.data=generated"):
        benchmark(made).find("look_at_obj_in_light-Pillow-None-DeskLamp-301/trial_T20190907_1")


def test_things_of_official_games_are_not_moved(made: Path):
    with pytest.raises(UserError, match=r"env\.drift moves things in generated games alone"):
        benchmark(made, drift=0.5).check()


def test_tasks_say_whether_their_things_have_moved_and_measure_it(tmp_path: Path):
    options = {"data_dir": tmp_path, "n_train": 3, "n_seen": 0, "n_unseen": 12, "drift": 0.5}
    drifting = Alfworld(AlfworldOptions.model_validate(options))
    tasks = drifting.tasks("unseen")
    assert 2 < sum(task.changed for task in tasks) < 10
    assert not any(task.changed for task in drifting.tasks("train"))
    assert drifting.find(tasks[0].id) == tasks[0]
    for task in tasks[:4]:
        named = f"success_{'after' if task.changed else 'before'}_change"
        assert drifting.make(task, seed=0).reset()[1]["measures"] == {named: (0.0, 1.0)}


def _without_the_key(game: Path) -> None:
    game.write_text(game.read_text().replace('"solvable": true', '"answer": true'))


def _torn(game: Path) -> None:
    game.write_bytes(game.read_bytes()[:-30])


def _beheaded(game: Path) -> None:
    game.write_bytes(game.read_bytes()[30:])


@pytest.mark.parametrize("damage", [_without_the_key, _torn, _beheaded, Path.unlink])
def test_a_split_with_a_broken_game_is_refused_unless_told_otherwise(
    damage, layout: Path, capsys: pytest.CaptureFixture[str]
):
    damage(first_game(layout, "valid_seen"))
    with pytest.raises(UserError, match=r"valid_seen: 2 of 3 games; 1 broken, e\.g\. .*env\.incomplete=true"):
        benchmark(layout).tasks("seen")
    assert len(benchmark(layout).tasks("unseen")) == 3
    lenient = benchmark(layout, incomplete=True)
    assert len(lenient.tasks("seen")) == 2
    assert lenient.identity()["incomplete"] == "valid_seen 2 of 3"
    assert "valid_seen: 2 of 3 games; 1 broken, e.g. " in capsys.readouterr().err


def test_a_split_that_is_merely_shorter_is_refused_unless_told_otherwise(layout: Path, tmp_path: Path):
    shutil.rmtree(first_game(layout, "valid_unseen").parent)
    command = ["env=alfworld", "env.data=official", f"env.root={layout}", "eval.limit=1", f"runs={tmp_path}"]
    with pytest.raises(
        UserError, match=r"valid_unseen: 2 of 3 games; get the data again .*env\.incomplete=true to play"
    ):
        evaluate(compose(command).without_memory(), "unseen", None, None)
    told = compose([*command, "env.incomplete=true"]).without_memory()
    summary = evaluate(told, "unseen", None, None)
    assert summary["incomplete"] == "valid_unseen 2 of 3"
    assert "incomplete valid_unseen 2 of 3" in footer([read_run(Path(summary["run"]))])[1]


def test_a_whole_split_lacks_nothing(made: Path):
    assert "incomplete" not in benchmark(made).identity()


def test_only_the_splits_that_are_there_are_counted(layout: Path):
    shutil.rmtree(layout / "train")
    assert len(benchmark(layout).tasks("seen")) == 3
    assert "incomplete" not in benchmark(layout).identity()


def test_generated_games_are_as_many_as_were_asked_for(tmp_path: Path):
    options = {"data_dir": tmp_path, "n_train": 1, "n_seen": 1, "n_unseen": 1}
    assert len(Alfworld(AlfworldOptions.model_validate(options)).tasks("unseen")) == 1


def test_a_game_broken_inside_is_named(layout: Path):
    game = first_game(layout, "valid_seen")
    content = json.loads(game.read_text())
    game.write_text(json.dumps({**content, "pddl_problem": None}))
    task = next(task for task in benchmark(layout).tasks("seen") if task.payload.path == game)
    with pytest.raises(UserError, match=r"game\.tw-pddl is broken"):
        benchmark(layout).make(task, seed=0)


def test_games_in_the_official_layout_with_other_numbers_are_not_called_the_official_ones(
    made: Path, monkeypatch: pytest.MonkeyPatch
):
    assert benchmark(made).caveats("unseen") == (), "here the release has as many games"
    monkeypatch.setitem(divisions.DIVISIONS, divisions.RELEASE, {split: (n + 1,) for split, n in COUNTS.items()})
    (said,) = benchmark(made).caveats("unseen")
    assert "not the official test games" in said
    assert "train 6, valid_seen 3, valid_unseen 3" in said
    assert benchmark(made).caveats("train") == ()
    assert Alfworld(AlfworldOptions()).caveats("unseen") == ()
