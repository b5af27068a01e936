"""Choose what a game asks for: task type, room, kinds and wording (``docs/spec/alfworld.md §A``)."""

from collections.abc import Iterator, Mapping
from random import Random

from envs.alfworld.generate import furnishing, package
from envs.alfworld.generate.place import Demand, attraction
from envs.alfworld.generate.world import Goal, Scene

SHARES: Mapping[str, float] = {
    "pick_and_place_simple": 0.222,
    "look_at_obj_in_light": 0.087,
    "pick_clean_then_place_in_recep": 0.183,
    "pick_heat_then_place_in_recep": 0.129,
    "pick_cool_then_place_in_recep": 0.150,
    "pick_two_obj_and_place": 0.229,
}
"""Shares of the six task types among the official training games."""

ROOM_SHARES: Mapping[str, Mapping[str, float]] = {
    "pick_and_place_simple": {"bathroom": 0.34, "bedroom": 0.29, "living": 0.27, "kitchen": 0.10},
    "pick_two_obj_and_place": {"bathroom": 0.30, "bedroom": 0.29, "living": 0.27, "kitchen": 0.14},
    "look_at_obj_in_light": {"bedroom": 0.84, "living": 0.16},
    "pick_clean_then_place_in_recep": {"kitchen": 0.75, "bathroom": 0.25},
    "pick_heat_then_place_in_recep": {"kitchen": 1.0},
    "pick_cool_then_place_in_recep": {"kitchen": 1.0},
}

TREATMENT: Mapping[str, tuple[str, str]] = {
    "pick_clean_then_place_in_recep": ("Cleanable", "SinkBasin"),
    "pick_heat_then_place_in_recep": ("Heatable", "Microwave"),
    "pick_cool_then_place_in_recep": ("Coolable", "Fridge"),
}
"""Per treating task: the property the object needs and the receptacle that does it."""

NEVER_TARGET = frozenset(
    {"SinkBasin", "BathtubBasin", "HandTowelHolder", "TowelHolder", "Toaster", "TVStand", "LaundryHamper"}
)
INSTANCES = (0.35, 0.29, 0.22, 0.14)
"""Chance of 1, 2, 3, 4 instances of the kind asked for."""
INSTANCES_FOR_TWO = (0.0, 0.46, 0.32, 0.22)
ALREADY_THERE = 0.45
"""Chance, in treating tasks, that an untreated instance starts in the target type."""


def task_types(count: int) -> Iterator[str]:
    """Yield the task types of games 0 … count-1: every prefix follows ``SHARES`` as closely as it can."""
    credit = dict.fromkeys(SHARES, 0.0)
    for _ in range(count):
        for name, share in SHARES.items():
            credit[name] += share
        name = max(credit, key=lambda task_type: credit[task_type])
        credit[name] -= 1.0
        yield name


def choose_room(task_type: str, rng: Random) -> str:
    """Return the room in which a game of this type is set."""
    shares = ROOM_SHARES[task_type]
    return rng.choices(list(shares), list(shares.values()))[0]


def choose_goal(task_type: str, scene: Scene, rng: Random) -> Goal | None:
    """Return a goal that makes sense in the scene; None when the task type has none here."""
    if task_type == "look_at_obj_in_light":
        return _look_goal(scene, rng)
    options: dict[str, list[str]] = {}
    for kind in _candidates(task_type, scene):
        starts = {r.type for r in scene.receptacles if r.id in attraction(scene, kind)}
        for place in sorted(scene.receptacle_types() - NEVER_TARGET):
            fits = kind in package.constants().VAL_RECEPTACLE_OBJECTS.get(place, ())
            avoided = _avoided(task_type, place)
            if fits and place != TREATMENT.get(task_type, ("", ""))[1] and starts - avoided:
                options.setdefault(place, []).append(kind)
    if not options:
        return None
    place = rng.choice(list(options))
    return _goal(task_type, rng.choice(options[place]), place, "", rng)


def demand(goal: Goal, rng: Random) -> Demand:
    """Return how many instances of the goal's kind there are and which of them start in the target type."""
    two = goal.task_type == "pick_two_obj_and_place"
    instances = rng.choices((1, 2, 3, 4), INSTANCES_FOR_TWO if two else INSTANCES)[0]
    there = goal.task_type in TREATMENT and rng.random() < ALREADY_THERE
    avoid = _avoided(goal.task_type, goal.receptacle)
    return Demand(goal.object, instances, avoid, one_in=goal.receptacle if there else "")


def _avoided(task_type: str, receptacle: str) -> frozenset[str]:
    """Return where no instance starts: the target type, and what treats it, as in every official game."""
    return frozenset({receptacle, *TREATMENT.get(task_type, ("", ""))[1:]})


def _candidates(task_type: str, scene: Scene) -> list[str]:
    """Return the kinds the task may name: with a usual place, not always loose, with the property it needs."""
    loose = {kind for kind, chance in furnishing.LOOSE[scene.room].items() if chance > 0.5} | furnishing.ALWAYS_LOOSE
    known = frozenset().union(*package.constants().VAL_RECEPTACLE_OBJECTS.values())
    kinds = [kind for kind in scene.kinds if kind in known - loose]
    if task_type not in TREATMENT:
        return kinds
    needed, place = TREATMENT[task_type]
    able = package.constants().VAL_ACTION_OBJECTS[needed]
    return [kind for kind in kinds if kind in able] if place in scene.receptacle_types() else []


def _look_goal(scene: Scene, rng: Random) -> Goal | None:
    """Only desk lamps stand in receptacles, so only they can be used (``docs/spec/alfworld.md §7``)."""
    if not any(fixture.type == "DeskLamp" and fixture.receptacles for fixture in scene.fixtures):
        return None
    kinds = [kind for kind in _candidates("look_at_obj_in_light", scene) if attraction(scene, kind)]
    return _goal("look_at_obj_in_light", rng.choice(kinds), "", "DeskLamp", rng) if kinds else None


def _goal(task_type: str, kind: str, receptacle: str, lamp: str, rng: Random) -> Goal:
    template = rng.choice(package.goals()[task_type]["templates"])
    sentence = template.format(obj=kind.lower(), recep=receptacle.lower(), toggle=lamp.lower())
    return Goal(task_type, kind, receptacle, lamp, sentence)
