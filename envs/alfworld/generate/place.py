"""Fill a scene with things: how many of each kind, and where each of them starts (``docs/spec/alfworld.md §A``)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from envs.alfworld.generate import furnishing, package
from envs.alfworld.generate.world import Receptacle, Scene, Thing, location_id, object_id

NEIGHBOURS = frozenset({"StoveBurner", "CoffeeMachine"})
"""Types on which official things are sometimes listed in a second receptacle at the same location."""


@dataclass(frozen=True)
class Demand:
    """What the task asks of the kind it names."""

    kind: str
    instances: int
    avoid: frozenset[str] = frozenset()
    """No instance may start in a receptacle of these types, but for the one of ``one_in``."""
    one_in: str = ""
    """One instance must start in a receptacle of this type."""


@cache
def may_hold(receptacle: str, kind: str) -> bool:
    """Whether a thing of ``kind`` may start in a receptacle of this type."""
    allowed = package.constants().VAL_RECEPTACLE_OBJECTS
    if receptacle == "TVStand" and kind in allowed["SideTable"]:
        return True
    return kind in allowed.get(receptacle, ()) or receptacle in furnishing.ALSO_IN.get(kind, ())


def attraction(scene: Scene, kind: str, target: bool = False) -> dict[str, float]:
    """Return the relative chance of each receptacle (by id) to hold an instance of ``kind`` at the start.

    In a scene whose things have ``moved`` a type of receptacle attracts by the reciprocal of what it did.
    """
    general = furnishing.ATTRACTION[scene.room]
    special = furnishing.KIND_ATTRACTION[scene.room].get(kind, {})
    weights = {}
    for receptacle in scene.receptacles:
        weight = general.get(receptacle.type, 0.0) * special.get(receptacle.type, 1.0)
        if weight and may_hold(receptacle.type, kind):
            factor = furnishing.TARGET_CLOSED_IN[receptacle.type] if target and receptacle.openable else 1.0
            weights[receptacle.id] = (1 / weight if scene.moved else weight) * receptacle.pull * factor
    return weights


def populate(scene: Scene, demand: Demand, rng: Random) -> tuple[Thing, ...] | None:
    """Return everything in the scene at the start, fixtures included; None when the demand cannot be met here."""
    filler = _Filler(scene, rng)
    targets = attraction(scene, demand.kind, target=True)
    types = {receptacle.id: receptacle.type for receptacle in scene.receptacles}
    elsewhere = {place: weight for place, weight in targets.items() if types[place] not in demand.avoid}
    for index in range(demand.instances):
        weights = elsewhere
        if index == 0 and demand.one_in:
            weights = {place: weight for place, weight in targets.items() if types[place] == demand.one_in}
        if not filler.put(demand.kind, weights, loose=furnishing.LOOSE_ELSEWHERE):
            return None
    for kind in scene.kinds:
        if kind == demand.kind:
            continue
        weights = attraction(scene, kind)
        loose = (
            1.0
            if kind in furnishing.ALWAYS_LOOSE
            else furnishing.LOOSE[scene.room].get(kind, furnishing.LOOSE_ELSEWHERE)
        )
        for _ in range(rng.choices((1, 2, 3), furnishing.FEWER_INSTANCES.get(kind, furnishing.INSTANCES))[0]):
            filler.put(kind, weights, loose)
    return (*filler.things, *scene.fixtures)


class _Filler:
    """Puts things into one scene, one at a time, minding capacities."""

    def __init__(self, scene: Scene, rng: Random) -> None:
        self.things: list[Thing] = []
        self._scene = scene
        self._rng = rng
        self._receptacles = {receptacle.id: receptacle for receptacle in scene.receptacles}
        self._load: Counter[str] = Counter()
        self._ids = {fixture.id for fixture in scene.fixtures}

    def put(self, kind: str, weights: Mapping[str, float], loose: float) -> bool:
        """Add one instance, loose with the given chance; False when no receptacle is left for it."""
        if self._rng.random() < loose:
            self._add(kind, None)
            return True
        free = [place for place in weights if self._has_room(self._receptacles[place])]
        if not free:
            self._add(kind, None)
            return False
        self._add(kind, self._receptacles[self._rng.choices(free, [weights[place] for place in free])[0]])
        return True

    def _has_room(self, receptacle: Receptacle) -> bool:
        return self._load[receptacle.id] < furnishing.CAPACITY.get(receptacle.type, 99)

    def _add(self, kind: str, receptacle: Receptacle | None) -> None:
        rng = self._rng
        if receptacle is None:
            x, z = rng.choice(self._scene.points)
            place = location_id(x, z, rng.randrange(4), 60)
            inside: tuple[str, ...] = ()
        else:
            x, z = _position(receptacle.id)
            place = receptacle.location
            inside = (receptacle.id, *self._neighbour(kind, receptacle))
        self._load.update(inside)
        cool = (
            receptacle is not None
            and receptacle.type == "Fridge"
            and kind in package.constants().VAL_ACTION_OBJECTS["Coolable"]
            and rng.random() < furnishing.COOL_IN_FRIDGE
        )
        self.things.append(Thing(self._new_id(kind, x, z), kind, True, place, inside, cool))

    def _new_id(self, kind: str, x: float, z: float) -> str:
        rng = self._rng
        while True:
            identifier = object_id(kind, x + rng.uniform(-0.5, 0.5), rng.uniform(0, 2), z + rng.uniform(-0.5, 0.5))
            if identifier not in self._ids:
                self._ids.add(identifier)
                return identifier

    def _neighbour(self, kind: str, receptacle: Receptacle) -> Sequence[str]:
        """Return now and then a second receptacle, at the same location, that the thing also counts as being in."""
        if receptacle.type not in NEIGHBOURS or self._rng.random() >= furnishing.ALSO_IN_NEIGHBOUR:
            return ()
        for other in self._scene.receptacles:
            same_place = other.location == receptacle.location and other.id != receptacle.id
            if same_place and may_hold(other.type, kind) and self._has_room(other):
                return (other.id,)
        return ()


def _position(identifier: str) -> tuple[float, float]:
    """Return x and z (metres) of a simulator-style id."""
    _, x, _, z, *_ = identifier.split("|")
    return float(x), float(z)
