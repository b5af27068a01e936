"""Floor plans as scenes: what the package lists, completed with the receptacles its lists lack.

See ``docs/spec/alfworld.md §A``.
"""

from collections.abc import Sequence
from functools import cache
from random import Random

from envs.alfworld.generate import furnishing, package
from envs.alfworld.generate.world import OPENABLE_TYPES, Receptacle, Scene, Thing, location_id, object_id
from macla.seeding import python_rng

ROOMS = {"Kitchen": "kitchen", "LivingRoom": "living", "Bedroom": "bedroom", "Bathroom": "bathroom"}

EXTRA: dict[tuple[str, str], tuple[int, ...]] = {
    ("kitchen", "Cabinet"): (0, 0, 0, 1, 3, 4, 5, 8),
    ("kitchen", "Drawer"): (0, 0, 0, 1, 1, 4),
    ("bedroom", "Drawer"): (0, 0, 0, 1, 2, 2),
    ("bedroom", "Shelf"): (0, 0, 0, 0, 1, 2),
    ("bathroom", "Drawer"): (0, 0, 0, 1, 1, 2),
    ("bathroom", "Shelf"): (0, 1, 1),
    ("living", "Shelf"): (0, 0, 0, 1),
    ("living", "Drawer"): (0, 0, 0, 0, 1, 2),
}
"""How many of a type official games have beyond the openable list; one is drawn per floor plan."""

WHEN_UNLISTED: dict[str, tuple[int, ...]] = {
    "StoveBurner": (4,),
    "HandTowelHolder": (1, 1, 2),
    "TowelHolder": (1, 1, 1, 2),
}
"""How many stand in a floor plan whose object list names the type while its openable list has none; else one."""

FIXTURE_COUNTS: dict[str, tuple[int, ...]] = {
    "StoveKnob": (4,),
    "Window": (1, 1, 2),
    "Chair": (1, 1, 2, 4),
    "Painting": (1, 2),
    "Blinds": (1, 2),
    "Curtains": (1, 2),
}
LOOKING_DOWN = (45, 60, 60)
ALSO_TAKEABLE = frozenset({"Boots", "Footstool", "PaperTowelRoll", "ScrubBrush", "TeddyBear"})
"""Takeable in official games although no receptacle lists them."""
SHARES_COUNTER = 0.25
"""Chance that a toaster or coffee machine is reached from where a counter top is."""


def scene_numbers(unseen: bool) -> dict[str, list[int]]:
    """Return floor plan numbers per room: the package's training plans, or its test plans, which never train."""
    constants = package.constants()
    chosen = set(constants.TEST_SCENE_NUMBERS if unseen else constants.TRAIN_SCENE_NUMBERS)
    return {ROOMS[name]: sorted(chosen & set(numbers)) for name, numbers in constants.SCENE_TYPE.items()}


@cache
def load_scene(number: int) -> Scene:
    """Return a floor plan as a scene; the same in every game, whatever the run's seed."""
    rng = python_rng(0, "alfworld floor plan", number)
    kinds = set(package.layout(number, "objects")) & set(package.constants().OBJECTS)
    points = package.reachable_points(number)
    room = next(ROOMS[name] for name, numbers in package.constants().SCENE_TYPE.items() if number in numbers)
    receptacles = _listed(number, rng)
    receptacles += _unlisted(room, kinds, receptacles, points, rng)
    receptacles = [_with_pull(receptacle, rng) for receptacle in sorted(receptacles, key=lambda r: r.id)]
    takeable = sorted(kind for kind in kinds if kind in _takeable_kinds())
    fixtures = _fixtures(room, sorted(kinds - set(takeable) - _receptacle_types()), receptacles, points, rng)
    return Scene(number, room, tuple(takeable), tuple(receptacles), tuple(fixtures), tuple(points))


@cache
def _receptacle_types() -> frozenset[str]:
    constants = package.constants()
    return frozenset(constants.RECEPTACLES) - frozenset(constants.MOVABLE_RECEPTACLES_SET)


@cache
def _takeable_kinds() -> frozenset[str]:
    allowed = package.constants().VAL_RECEPTACLE_OBJECTS.values()
    return frozenset(kind for kinds in allowed for kind in kinds) | ALSO_TAKEABLE


def _listed(number: int, rng: Random) -> list[Receptacle]:
    """Return the receptacles of the openable list, each at the pose from which it was opened."""
    found = []
    for identifier, (x, z, rotation, horizon) in package.layout(number, "openable").items():
        parts = identifier.split("|")
        kind = parts[-1] if parts[-1].isalpha() else parts[0]
        if horizon == 30:  # official games look further down; those that differ do not share a location
            horizon = rng.choice(LOOKING_DOWN)
        place = location_id(x, z, int(rotation) // 90, int(horizon))
        found.append(Receptacle(identifier, kind, place, kind in OPENABLE_TYPES))
    return found


def _unlisted(
    room: str, kinds: set[str], listed: Sequence[Receptacle], points: Sequence[tuple[float, float]], rng: Random
) -> list[Receptacle]:
    """Return receptacles that the object list implies and the openable list lacks; none of them opens."""
    have = {receptacle.type for receptacle in listed}
    added: list[Receptacle] = []
    for kind in sorted(kinds & _receptacle_types()):
        counts = EXTRA.get((room, kind), (0,)) if kind in have else WHEN_UNLISTED.get(kind, (1,))
        for index in range(rng.choice(counts)):
            x, z = rng.choice(points)
            place = location_id(x, z, rng.randrange(4), 45)
            if kind == "StoveBurner" and index % 2:
                place = added[-1].location  # burners are reached in pairs
            elif kind in ("CoffeeMachine", "Toaster") and rng.random() < SHARES_COUNTER:
                place = rng.choice([r.location for r in listed if r.type == "CounterTop"] or [place])
            part = {"SinkBasin": "Sink", "BathtubBasin": "Bathtub"}.get(kind)
            identifier = object_id(part or kind, x + rng.uniform(-1, 1), rng.uniform(0, 2), z + rng.uniform(-1, 1))
            added.append(Receptacle(f"{identifier}|{kind}" if part else identifier, kind, place, openable=False))
    return added


def _with_pull(receptacle: Receptacle, rng: Random) -> Receptacle:
    shape = furnishing.PULL_SHAPE.get(receptacle.type)
    pull = rng.gammavariate(shape, 1 / shape) if shape else 1.0
    return Receptacle(receptacle.id, receptacle.type, receptacle.location, receptacle.openable, pull)


def _fixtures(
    room: str,
    kinds: Sequence[str],
    receptacles: Sequence[Receptacle],
    points: Sequence[tuple[float, float]],
    rng: Random,
) -> list[Thing]:
    """Return lamps, sinks, plants, windows …: seen (some of them in receptacles), never taken, never moved."""
    fixtures = []
    for kind in kinds:
        for _ in range(rng.choice(FIXTURE_COUNTS.get(kind, (1,)))):
            x, z = rng.choice(points)
            shares = furnishing.FIXTURES[room].get(kind, {"": 1.0})
            options = [("", shares.get("", 0.0))] if "" in shares else []
            options += [(r.id, shares[r.type]) for r in receptacles if r.type in shares]
            place = rng.choices([o for o, _ in options], [w for _, w in options])[0] if options else ""
            where = next((r.location for r in receptacles if r.id == place), location_id(x, z, rng.randrange(4), 30))
            identifier = object_id(kind, x, rng.uniform(0, 2), z + rng.uniform(-1, 1))
            fixtures.append(Thing(identifier, kind, False, where, (place,) if place else ()))
    return fixtures
