"""Games for the ALFWorld tests: a hand-made tiny one with every oddity of the official files, and official ones."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.alfworld_games import COUNTS, SEED

from envs.alfworld.generate import generate

GRAMMARS = ("0.4.2", "2.1.1")

GOALS = {
    "pick_and_place_simple": "put a apple in drawer.",
    "pick_clean_then_place_in_recep": "put a clean apple in fridge.",
    "pick_heat_then_place_in_recep": "put a hot apple in fridge.",
    "pick_cool_then_place_in_recep": "put a cool apple in microwave.",
    "pick_two_obj_and_place": "put two apple in drawer.",
    "look_at_obj_in_light": "look at apple under the desklamp.",
}
PARAMS = {
    "pick_and_place_simple": {"object_target": "Apple", "parent_target": "Drawer", "toggle_target": ""},
    "pick_clean_then_place_in_recep": {"object_target": "Apple", "parent_target": "Fridge", "toggle_target": ""},
    "pick_heat_then_place_in_recep": {"object_target": "Apple", "parent_target": "Fridge", "toggle_target": ""},
    "pick_cool_then_place_in_recep": {"object_target": "Apple", "parent_target": "Microwave", "toggle_target": ""},
    "pick_two_obj_and_place": {"object_target": "Apple", "parent_target": "Drawer", "toggle_target": ""},
    "look_at_obj_in_light": {"object_target": "Apple", "parent_target": "", "toggle_target": "DeskLamp"},
}

# Receptacle id → (location, openable). Two cabinets share a place, and so do the burners; one drawer does not open.
RECEPTACLES = {
    "Cabinet_bar_1": ("loc_bar_1", True),
    "Cabinet_bar_2": ("loc_bar_1", True),
    "CounterTop_bar_1": ("loc_bar_2", False),
    "CoffeeMachine_bar_1": ("loc_bar_2", False),
    "Drawer_bar_1": ("loc_bar_3", True),
    "Drawer_bar_2": ("loc_bar_4", False),
    "Fridge_bar_1": ("loc_bar_5", True),
    "Microwave_bar_1": ("loc_bar_6", True),
    "Sink_bar_1_bar_SinkBasin": ("loc_bar_7", False),
    "StoveBurner_bar_1": ("loc_bar_8", False),
    "StoveBurner_bar_2": ("loc_bar_8", False),
    "SideTable_bar_1": ("loc_bar_9", False),
}
# Object id → (receptacles it is in, locations it is at): none, one or several of each, and not always agreeing.
OBJECTS = {
    "Apple_bar_1": (["CounterTop_bar_1"], ["loc_bar_2"]),
    "Apple_bar_2": (["Cabinet_bar_1"], ["loc_bar_1"]),
    "Apple_bar_3": (["Fridge_bar_1"], ["loc_bar_5", "loc_bar_2"]),
    "Bread_bar_1": (["CounterTop_bar_1"], ["loc_bar_2"]),
    "Mug_bar_1": (["CounterTop_bar_1", "CoffeeMachine_bar_1"], ["loc_bar_7"]),
    "Pan_bar_1": (["StoveBurner_bar_1", "StoveBurner_bar_2"], ["loc_bar_8"]),
    "Knife_bar_1": (["Cabinet_bar_2"], ["loc_bar_1"]),
    "ButterKnife_bar_1": (["Drawer_bar_2"], []),
    "DeskLamp_bar_1": (["SideTable_bar_1"], ["loc_bar_9"]),
    "SoapBottle_bar_1": ([], ["loc_bar_9"]),
    "SoapBottle_bar_2": (["SideTable_bar_1"], ["loc_bar_9"]),
    "HousePlant_bar_1": (["CounterTop_bar_1"], ["loc_bar_2"]),
    "Sink_bar_1": (["Sink_bar_1_bar_SinkBasin"], ["loc_bar_7"]),
}
FIXED = ("DeskLamp", "HousePlant", "Sink")
FOOD = ("Apple", "Bread")
CONTAINS = {"CounterTop", "Cabinet", "Drawer", "Fridge", "Microwave", "SinkBasin", "SideTable", "StoveBurner"}


def _type(key: str) -> str:
    return ("SinkBasin" if key.endswith("SinkBasin") else key.partition("_bar_")[0]) + "Type"


def _init() -> list[str]:
    facts = ["atLocation agent1 loc_bar_0"]
    for key, (place, openable) in RECEPTACLES.items():
        facts += [f"receptacleType {key} {_type(key)}", f"receptacleAtLocation {key} {place}"]
        facts += [f"openable {key}"] * openable
    for key, (receptacles, places) in OBJECTS.items():
        base = key.partition("_bar_")[0]
        facts.append(f"objectType {key} {_type(key)}")
        facts += [f"inReceptacle {key} {receptacle}" for receptacle in receptacles]
        facts += [f"objectAtLocation {key} {place}" for place in places]
        facts += [f"pickupable {key}"] * (base not in FIXED)
        facts += [f"toggleable {key}"] * (base == "DeskLamp")
        facts += [f"{able} {key}" for able in ("heatable", "coolable", "sliceable") if base in FOOD]
        facts += [f"cleanable {key}"] * (base in (*FOOD, "Mug", "Pan", "Knife"))
        facts += [f"isReceptacleObject {key}"] * (base in ("Mug", "Pan"))
    things = {_type(key) for key in OBJECTS}
    facts += [f"canContain {place}Type {thing}" for place in sorted(CONTAINS) for thing in sorted(things)]
    return [
        *facts,
        "canContain CoffeeMachineType MugType",
        "inReceptacleObject Bread_bar_1 Pan_bar_1",
        "isCool Apple_bar_3",
    ]


def _goal(task_type: str) -> str:
    if task_type == "look_at_obj_in_light":
        return """(and (exists (?ot - object ?r - receptacle ?a - agent ?l - location)
            (and (objectType ?ot DeskLampType) (toggleable ?ot) (isToggled ?ot) (receptacleAtLocation ?r ?l)
                 (atLocation ?a ?l) (inReceptacle ?ot ?r)))
            (exists (?o - object ?a - agent) (and (objectType ?o AppleType) (holds ?a ?o))))"""
    place = PARAMS[task_type]["parent_target"] + "Type"
    if task_type == "pick_two_obj_and_place":
        return f"""(and (exists (?r - receptacle) (exists (?o1 - object) (and (objectType ?o1 AppleType)
            (receptacleType ?r {place}) (inReceptacle ?o1 ?r) (exists (?o2 - object) (and (not (= ?o1 ?o2))
            (objectType ?o2 AppleType) (receptacleType ?r {place}) (inReceptacle ?o2 ?r)))))))"""
    treated = {
        "pick_clean_then_place_in_recep": "(cleanable ?o) (isClean ?o)",
        "pick_heat_then_place_in_recep": "(heatable ?o) (isHot ?o)",
        "pick_cool_then_place_in_recep": "(coolable ?o) (isCool ?o)",
    }.get(task_type, "")
    return f"""(and (exists (?r - receptacle) (exists (?o - object) (and (objectType ?o AppleType)
        (receptacleType ?r {place}) {treated} (inReceptacle ?o ?r)))))"""


def _problem(task_type: str) -> str:
    types = {_type(key) for key in OBJECTS} | {"KnifeType", "ButterKnifeType"}
    declared = ["agent1 - agent", *(f"loc_bar_{number} - location" for number in range(10))]
    declared += [f"{kind} - otype" for kind in sorted(types)]
    declared += [f"{kind} - rtype" for kind in sorted({_type(key) for key in RECEPTACLES})]
    declared += [f"{key} - receptacle" for key in RECEPTACLES] + [f"{key} - object" for key in OBJECTS]
    init = "\n".join(f"({fact})" for fact in _init())
    objects = "\n".join(declared)
    goal = _goal(task_type)
    return f"(define (problem tiny)\n(:domain alfred)\n(:objects\n{objects})\n(:init\n{init}\n)\n(:goal {goal}))"


def _package_text(name: str) -> str:
    folder = importlib.util.find_spec("alfworld").submodule_search_locations[0]
    return (Path(folder) / "data" / name).read_text(encoding="utf-8")


def _logic(version: str) -> tuple[str, str]:
    """Return the domain and the grammar that the installed package ships, turned back for the old one."""
    domain, grammar = _package_text("alfred.pddl"), _package_text("alfred.twl2")
    if version == "2.1.1":
        domain = domain[: domain.index("(:action help")] + ")"
        grammar = grammar[: grammar.index("action help {")]
        grammar = grammar.replace("You arrive at {r.name}.", "You arrive at {lend.name}.")
        grammar = grammar.replace("move {o} to {r}", "put {o} in/on {r}")
        grammar = grammar.replace("You move the {o.name} to the {r.name}.", "You put the {o.name} in/on the {r.name}.")
    return domain, grammar


@pytest.fixture(scope="session")
def tiny_game(tmp_path_factory) -> Callable[..., Path]:
    """Return a function (task type, grammar) → path of the tiny game, beside its ``traj_data.json``."""
    root = tmp_path_factory.mktemp("tiny")

    def write(task_type: str = "pick_and_place_simple", grammar: str = "0.4.2") -> Path:
        folder = root / grammar / task_type / "trial"
        folder.mkdir(parents=True, exist_ok=True)
        domain, text = _logic(grammar)
        game = {
            "pddl_domain": domain,
            "grammar": text.replace("UNKNOWN GOAL.", GOALS[task_type]),
            "pddl_problem": _problem(task_type),
            "solvable": True,
        }
        (folder / "game.tw-pddl").write_text(json.dumps(game))
        traj = {"task_type": task_type, "pddl_params": PARAMS[task_type]}
        (folder / "traj_data.json").write_text(json.dumps(traj))
        return folder / "game.tw-pddl"

    return write


@pytest.fixture(scope="session")
def official_tree(tmp_path_factory) -> Callable[[str], Path]:
    """Return a function grammar → folder ``json_2.1.1`` with the official valid_seen games; skip when not there."""
    tool = Path(os.environ.get("MACLA_DATA", "missing")).parent / "tools" / "alfworld_tree.py"
    laid_out: dict[str, Path] = {}

    def lay_out(grammar: str = "0.4.2") -> Path:
        if not tool.is_file():
            pytest.skip("official ALFWorld games need MACLA_DATA and the tool that lays them out")
        if grammar not in laid_out:
            out = tmp_path_factory.mktemp(f"official-{grammar}")
            options = ["--split", "valid_seen", "--grammar", grammar]
            subprocess.run([sys.executable, str(tool), str(out), *options], check=True)
            laid_out[grammar] = out / "json_2.1.1"
        return laid_out[grammar]

    return lay_out


@pytest.fixture(scope="session")
def official_games(official_tree) -> Callable[[str], list[Path]]:
    """Return a function grammar → one official valid_seen game of each of the six task types."""

    def games(grammar: str = "0.4.2") -> list[Path]:
        by_type = {path.parts[-3].partition("-")[0]: path for path in sorted(official_tree(grammar).rglob("*.tw-pddl"))}
        return list(by_type.values())

    return games


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of generated games, enough of them to count."""
    return Path(generate(tmp_path_factory.mktemp("games"), COUNTS, SEED)["root"])
