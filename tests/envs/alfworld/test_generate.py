"""The generator: layout, determinism, resumption, solvability, and goals as official games have them."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from helpers.alfworld_games import COUNTS, SEED, layout

from envs.alfworld.engine.compiled import CompiledEngine
from envs.alfworld.games import discover
from envs.alfworld.generate import dataset, generate, package
from envs.alfworld.generate.game import make_world
from envs.alfworld.generate.profile import profile
from envs.alfworld.generate.scene import scene_numbers
from envs.alfworld.generate.task import SHARES, task_types
from envs.alfworld.oracle import names, solve
from macla.benchmarks.drift import changed
from macla.errors import UserError


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_counts_and_officiallayout(root):
    for split, count in COUNTS.items():
        games = discover(layout(root), split)
        assert len(games) == count
        for game in games[:5]:
            content = json.loads(game.path.read_text())
            assert sorted(content) == ["grammar", "pddl_domain", "pddl_problem", "solvable", "walkthrough"]
            assert content["walkthrough"] is None
            described = json.loads(game.path.with_name("traj_data.json").read_text())
            assert described["task_type"] == game.task_type
            assert {**described["pddl_params"], "object_sliced": None} == {**game.params, "object_sliced": None}
            assert described["scene"]["scene_num"] == game.scene


def test_files_depend_on_nothing_but_seed_split_and_index(root, tmp_path):
    fewer = Path(generate(tmp_path, {"valid_unseen": 6, "train": 5}, SEED)["root"])
    ours = {name: data for name, data in _contents(fewer).items() if name != "manifest.json"}
    assert len(ours) == 2 * 11
    theirs = _contents(root)
    assert all(theirs[name] == data for name, data in ours.items())
    other = Path(generate(tmp_path, {"valid_unseen": 6, "train": 5}, SEED + 1)["root"])
    assert other != fewer
    assert not set(_contents(other).values()) & set(ours.values())


def test_killed_runs_are_completed(tmp_path, monkeypatch):
    whole = _contents(Path(generate(tmp_path / "whole", {"train": 8}, SEED)["root"]))
    calls = iter(range(100))

    def dies(*arguments):
        if next(calls) == 5:
            raise KeyboardInterrupt
        return make_world(*arguments)

    monkeypatch.setattr(dataset, "make_world", dies)
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "cut", {"train": 8}, SEED)
    monkeypatch.undo()
    (games,) = (tmp_path / "cut").glob("*/json_2.1.1")
    leftover = games / ".partial-of-a-kill"
    leftover.mkdir()
    os.utime(leftover, (0, 0))
    done: list[tuple[int, int]] = []
    report = generate(tmp_path / "cut", {"train": 8}, SEED, progress=lambda *state: done.append(state))
    assert report["written"] == 3
    assert done == [(index, 8) for index in range(1, 9)]
    assert _contents(Path(report["root"])) == whole
    assert not leftover.exists()
    assert generate(tmp_path / "cut", {"train": 8}, SEED)["written"] == 0


def test_other_parameters_get_a_folder_of_their_own(tmp_path):
    parameters = [(1, 1, "0.4.2"), (2, 1, "0.4.2"), (1, 2, "0.4.2"), (1, 1, "2.1.1")]
    roots = {generate(tmp_path, {"train": count}, seed, grammar)["root"] for count, seed, grammar in parameters}
    assert len(roots) == 4


def test_a_damaged_manifest_is_no_manifest(tmp_path):
    report = generate(tmp_path, {"train": 2}, SEED)
    manifest = Path(report["root"]) / "manifest.json"
    sound = manifest.read_bytes()
    manifest.write_bytes(sound[:20])
    assert generate(tmp_path, {"train": 2}, SEED)["written"] == 0
    assert manifest.read_bytes() == sound


@pytest.mark.parametrize(
    ("counts", "grammar", "message"),
    [
        ({"trian": 1}, "0.4.2", "unknown split 'trian'"),
        ({"train": 1}, "3", "unknown grammar '3'"),
        ({"train": -1}, "0.4.2", "below zero"),
    ],
)
def test_mistakes_are_named(tmp_path, counts, grammar, message):
    with pytest.raises(UserError, match=message):
        generate(tmp_path, counts, SEED, grammar)
    assert not list(tmp_path.iterdir())


def test_unseen_floor_plans_never_train_and_no_game_is_shared(root):
    scenes, problems = {}, {}
    for split in COUNTS:
        games = discover(layout(root), split)
        scenes[split] = {game.scene for game in games}
        bodies = [json.loads(game.path.read_text())["pddl_problem"] for game in games]
        problems[split] = {body.split("(:objects", 1)[1] for body in bodies}
        assert len(problems[split]) == len(games)
    assert not scenes["valid_unseen"] & (scenes["train"] | scenes["valid_seen"])
    assert scenes["valid_seen"] <= set().union(*scene_numbers(unseen=False).values())
    assert not problems["train"] & problems["valid_seen"]
    assert all(len(numbers) >= 5 for numbers in scene_numbers(unseen=True).values())


def test_the_oracle_wins_every_game(root):
    """Every command is admissible and the game is won at the end; sooner only when a thing is in two places.

    See ``docs/spec/alfworld.md §6``.
    """
    for split in ("valid_seen", "valid_unseen"):
        types = list(task_types(COUNTS[split]))
        for game in discover(layout(root), split):
            index = int(game.path.parent.name.rsplit("_", 1)[1])
            world = make_world(SEED, split, index, types[index], moved=False)
            engine = CompiledEngine(game.path)
            state = engine.reset()
            assert not state.won
            for command in solve(world):
                assert not state.won or any(len(thing.receptacles) > 1 for thing in world.things), game.id
                assert command in state.admissible, (game.id, command)
                state = engine.step(command)
            assert state.won, game.id


@pytest.mark.slow
@pytest.mark.parametrize(("grammar", "count"), [("0.4.2", 2), ("2.1.1", 1)])
def test_the_real_engine_plays_them(tmp_path, grammar, count):
    """TextWorld loads a game as alfworld's own environment does, and the oracle's commands win it."""
    import textworld
    from alfworld.agents.environment.alfred_tw_env import AlfredDemangler
    from textworld.envs import PddlEnv

    report = generate(tmp_path, {"valid_unseen": count}, SEED, grammar)
    for index, task_type in enumerate(task_types(count)):
        world = make_world(SEED, "valid_unseen", index, task_type, moved=False)
        (file,) = Path(report["root"]).glob(f"json_2.1.1/valid_unseen/*/*_{index:05d}/game.tw-pddl")
        env = AlfredDemangler(PddlEnv(textworld.EnvInfos(won=True, admissible_commands=True)), shuffle=False)
        env.load(str(file))
        state = env.reset()
        assert f"Your task is to: {world.goal.sentence}." in state.feedback
        for command in solve(world, grammar):
            assert command in state.admissible_commands
            state, _, _ = env.step(command)
        assert state.won
        env.close()


def test_names_count_down_within_a_class():
    world = make_world(SEED, "train", 0, "pick_heat_then_place_in_recep", moved=False)
    found = names(world)
    assert len(set(found.values())) == len(found) == len(world.scene.receptacles) + len(world.things)
    burners = sorted(receptacle.id for receptacle in world.scene.receptacles if receptacle.type == "StoveBurner")
    spelled = {identifier: identifier.replace("-", "_minus_").replace("+", "_plus_") for identifier in burners}
    in_order = [found[identifier] for identifier in sorted(burners, key=spelled.__getitem__)]
    assert in_order == [f"stoveburner {number}" for number in range(len(burners), 0, -1)]
    assert any(name.startswith("sinkbasin ") for name in found.values())


def test_task_types_follow_the_official_shares_at_every_prefix():
    drawn = list(task_types(500))
    for length in (60, 100, 233, 500):
        counts = Counter(drawn[:length])
        assert all(abs(counts[name] - share * length) <= 1 for name, share in SHARES.items())


def test_goals_start_as_official_ones_do():
    """Phrasings about 50/50; at least two instances for two; none in the target type unless the task treats it."""
    phrasings, already, instances = Counter(), [], Counter()
    types = list(task_types(400))
    for index, task_type in enumerate(types):
        world = make_world(SEED, "train", index, task_type, moved=False)
        goal = world.goal
        templates = package.goals()[task_type]["templates"]
        words = {"obj": goal.object.lower(), "recep": goal.receptacle.lower(), "toggle": goal.lamp.lower()}
        filled = [template.format(**words) for template in templates]
        phrasings[filled.index(goal.sentence)] += 1
        kinds = {receptacle.id: receptacle.type for receptacle in world.scene.receptacles}
        wanted = [thing for thing in world.things if thing.type == goal.object]
        there = [thing for thing in wanted if goal.receptacle in {kinds[place] for place in thing.receptacles}]
        treats = {"clean": "SinkBasin", "heat": "Microwave", "cool": "Fridge"}.get(task_type.split("_")[1])
        assert not any(kinds[place] == treats for thing in wanted for place in thing.receptacles)
        if task_type in ("pick_and_place_simple", "pick_two_obj_and_place"):
            assert not there
        elif task_type != "look_at_obj_in_light":
            already.append(bool(there))
        assert task_type != "pick_two_obj_and_place" or len(wanted) >= 2
        assert goal.lamp == ("DeskLamp" if task_type == "look_at_obj_in_light" else "")
        instances[len(wanted)] += task_type != "pick_two_obj_and_place"
    assert 0.42 < phrasings[0] / 400 < 0.58
    assert 0.36 < sum(already) / len(already) < 0.54
    shares = [instances[n] / sum(instances.values()) for n in (1, 2, 3, 4)]
    assert shares == pytest.approx([0.35, 0.29, 0.22, 0.14], abs=0.07)


def test_with_drift_a_share_of_the_evaluated_games_has_its_things_moved_and_all_else_is_the_same(root, tmp_path):
    counts = {"train": 6, "valid_unseen": 40}
    drifting = layout(Path(generate(tmp_path, counts, SEED, drift=0.5)["root"]))
    same, moved = [], []
    for split in counts:
        for game in discover(drifting, split):
            usual = layout(root) / split / game.id / "game.tw-pddl"
            (same if usual.is_file() and usual.read_bytes() == game.path.read_bytes() else moved).append(game)
    for game in (*same, *moved):
        assert (game in moved) is changed(game.split, game.path.parent.name, 0.5)
    assert len(moved) == pytest.approx(20, abs=9)
    before, after = (_closed_in_kitchens(games) for games in (same, moved))
    assert after > before + 0.1


def _closed_in_kitchens(games):
    """Return the share of takeable things in kitchens that start in something that opens."""
    return profile([game.path for game in games])["kitchen"]["closed_in"]
