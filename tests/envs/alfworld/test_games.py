"""Game files in the official layout: the filter, identity, the report, and where the data are looked for."""

import json
import shutil
from pathlib import Path

import pytest

from envs.alfworld import games
from envs.alfworld.games import check, discover, identity, resolve_root, scan
from envs.alfworld.generate import generate
from macla.errors import UserError

COUNTS = {"train": 6, "valid_seen": 3, "valid_unseen": 2}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return Path(generate(tmp_path_factory.mktemp("made"), COUNTS, seed=3)["root"])


@pytest.fixture
def layout(made, tmp_path) -> Path:
    """Return a copy of a small layout that a test may damage."""
    shutil.copytree(made / "json_2.1.1", tmp_path / "json_2.1.1")
    return tmp_path / "json_2.1.1"


def test_discover_returns_sorted_games_with_what_their_paths_say(layout):
    found = discover(layout, "train")
    assert len(found) == 6
    assert [game.id for game in found] == sorted(game.id for game in found)
    for game in found:
        assert game.path == layout / "train" / game.id / "game.tw-pddl"
        described = json.loads(game.path.with_name("traj_data.json").read_text())
        assert (game.task_type, game.scene) == (described["task_type"], described["scene"]["scene_num"])
        assert all(described["pddl_params"][key] == value for key, value in game.params.items())


def test_the_official_filter(layout):
    """Movable and sliced tasks, games not solvable and folders without their two files do not count."""
    first, second, third, fourth, *_ = discover(layout, "train")
    copies = {
        "pick_and_place_with_movable_recep-Egg-Bowl-Fridge-3": False,
        "pick_heat_then_place_in_recep-BreadSliced-None-Fridge-3": False,
        "stack_everything-Egg-None-Fridge-3": False,
        "notes": True,
    }
    for name in copies:
        shutil.copytree(first.path.parent, layout / "train" / name / "trial")
    _edit(first.path, '"solvable": true', '"solvable": false')
    _edit(second.path, '"solvable": true', '"answer": true')
    third.path.with_name("traj_data.json").unlink()
    fourth.path.unlink()
    (layout / "train" / ".cache").mkdir()
    found, skipped = scan(layout, "train")
    assert len(found) == 2
    reasons = {str(each.path.relative_to(layout / "train")): (each.reason, each.broken) for each in skipped}
    assert {name: reasons[f"{name}/trial"][1] for name in copies} == copies
    assert reasons[str(Path(first.id))] == ("not solvable", False)
    assert reasons[str(Path(second.id))] == ("game.tw-pddl does not say whether it is solvable", True)
    assert reasons[str(Path(third.id))] == ("no traj_data.json", True)
    assert reasons[str(Path(fourth.id))] == ("no game.tw-pddl", True)


def test_a_task_text_cannot_forge_the_solvable_flag(layout):
    game = discover(layout, "valid_seen")[0]
    content = json.loads(game.path.read_text())
    content["solvable"] = False
    content["walkthrough"] = ['"solvable": true']
    game.path.write_text(json.dumps(content))
    assert game.id not in {each.id for each in discover(layout, "valid_seen")}


def test_an_unknown_split_is_a_mistake(layout):
    with pytest.raises(UserError, match=r"no split 'test'.*train, valid_seen, valid_unseen"):
        discover(layout, "test")


def test_identity_counts_and_hashes_content_not_place(layout, made):
    ours = identity([*discover(layout, "train"), *discover(layout, "valid_seen")])
    theirs = identity([*discover(made / "json_2.1.1", "valid_seen"), *discover(made / "json_2.1.1", "train")])
    assert ours == theirs
    assert ours["total"] == 9
    assert {split: sum(types.values()) for split, types in ours["counts"].items()} == {"train": 6, "valid_seen": 3}
    assert ours["grammar"] == "0.4.2"
    _edit(discover(layout, "train")[0].path, "pickupable", "pickupablf")
    assert identity([*discover(layout, "train"), *discover(layout, "valid_seen")])["hash"] != ours["hash"]


def test_identity_knows_the_old_grammar_and_refuses_a_mixture(layout, tmp_path):
    old = Path(generate(tmp_path / "old", {"train": 1}, seed=3, grammar="2.1.1")["root"]) / "json_2.1.1"
    assert identity(discover(old, "train"))["grammar"] == "2.1.1"
    with pytest.raises(UserError, match="games of two grammars"):
        identity([*discover(old, "train"), *discover(layout, "train")])


def test_check_names_each_fault_in_one_line(layout):
    assert check(layout).ok
    cut, renamed, other, *_ = discover(layout, "train")
    cut.path.write_bytes(cut.path.read_bytes()[:-40])
    _edit(renamed.path.with_name("traj_data.json"), renamed.params["object_target"], "Teapot")
    content = json.loads(other.path.read_text())
    other.path.write_text(json.dumps({**content, "pddl_problem": None}))
    shutil.rmtree(layout / "valid_unseen")
    report = check(layout)
    assert not report.ok
    assert report.counts == {"train": 5, "valid_seen": 3, "valid_unseen": 0}
    assert len(report.problems) == 4
    assert all("\n" not in line for line in report.lines())
    text = "\n".join(report.problems)
    assert str(cut.path.parent) in text
    assert f"{renamed.path}: traj_data.json asks for Teapot" in text
    assert f"{other.path}: no pddl_problem" in text
    assert "no folder" in text
    assert "train: 5 games where the official data has 3553-3554" in report.differences


def test_where_the_data_are_looked_for(made, tmp_path, monkeypatch):
    layout = made / "json_2.1.1"
    monkeypatch.setattr(games, "DEFAULT_FOLDER", tmp_path / "default")
    assert resolve_root(None, {"ALFWORLD_DATA": str(made)}) == layout
    assert resolve_root(None, {"ALFWORLD_DATA": str(layout)}) == layout
    shared = tmp_path / "shared"
    (shared / "alfworld").mkdir(parents=True)
    (shared / "alfworld" / "json_2.1.1").symlink_to(layout)
    assert resolve_root(None, {"MACLA_DATA": str(shared)}) == shared / "alfworld" / "json_2.1.1"
    assert resolve_root(made, {"ALFWORLD_DATA": "/nowhere"}) == layout
    (tmp_path / "default").symlink_to(made)
    assert resolve_root(None, {}) == tmp_path / "default" / "json_2.1.1"
    with pytest.raises(UserError, match="ALFWORLD_DATA=/nowhere; type: macla data alfworld --download"):
        resolve_root(None, {"ALFWORLD_DATA": "/nowhere"})


def test_missing_data_name_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(games, "DEFAULT_FOLDER", tmp_path / "default")
    environment = {"ALFWORLD_DATA": str(tmp_path / "default"), "MACLA_DATA": str(tmp_path)}
    with pytest.raises(UserError, match="no official ALFWorld games found; type: macla data alfworld --download"):
        resolve_root(None, environment)
    with pytest.raises(UserError, match="no official ALFWorld games in"):
        resolve_root(tmp_path, {})


@pytest.mark.parametrize("version", ["0.4.2", "2.1.1"])
def test_official_games_are_found_and_sound(official_tree, version):
    root = official_tree(version)
    found = discover(root, "valid_seen")
    assert len(found) == 140
    assert identity(found)["grammar"] == version
    assert {game.task_type for game in found} == set(games.TASK_TYPES)
    report = check(root)
    assert [line for line in report.problems if "valid_seen" in line] == []
    assert not any(line.startswith("valid_seen") for line in report.differences)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
