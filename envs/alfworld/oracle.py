"""Solve a generated game knowing everything, only to prove that it can be solved. Never an agent.

See ``docs/spec/alfworld.md §C``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

from envs.alfworld.generate import package
from envs.alfworld.generate.problem import pddl_name
from envs.alfworld.generate.task import TREATMENT
from envs.alfworld.generate.world import Receptacle, Thing, World

VERBS = {"SinkBasin": "clean", "Microwave": "heat", "Fridge": "cool"}
"""What the player types to treat a thing with a receptacle of this type."""


def names(world: World) -> Mapping[str, str]:
    """Return the player's name of each receptacle and thing by id, e.g. ``cabinet 3`` (``docs/spec/alfworld.md §1``).

    Numbers run per class: the first id in sorted order gets the highest.
    """
    ids = [receptacle.id for receptacle in world.scene.receptacles] + [thing.id for thing in world.things]
    original = {pddl_name(identifier).lower(): identifier for identifier in ids}
    bases = {name: _base(name) for name in original}
    left = Counter(bases.values())
    found = {}
    for name in sorted(original):
        found[original[name]] = f"{bases[name]} {left[bases[name]]}"
        left[bases[name]] -= 1
    return found


def _base(name: str) -> str:
    base = name.split("_bar_", 1)[0]
    return base + "basin" if "basin" in name and "basin" not in base else base


def solve(world: World, grammar: str = "0.4.2") -> list[str] | None:
    """Return commands that win the game, in the given grammar; None when it cannot be won or is won at the start."""
    solver = _Solver(world, grammar)
    goal = world.goal
    instances = [t for t in world.things if t.type == goal.object and t.takeable and t.receptacles]
    if goal.task_type == "look_at_obj_in_light":
        return solver.look(instances)
    needed = 2 if goal.task_type == "pick_two_obj_and_place" else 1
    if len(instances) < needed or solver.won_at_start(instances, needed):
        return None
    for target in solver.places(goal.receptacle):
        chosen = [thing for thing in instances if target.id not in thing.receptacles] or instances
        if len(chosen) >= needed and solver.can_hold(target, goal.object):
            return solver.deliver(chosen[:needed], target)
    return None


class _Solver:
    """Writes down the commands of one solution and keeps track of where the agent is and what is open."""

    def __init__(self, world: World, grammar: str) -> None:
        self._world = world
        self._put = "move {} to {}" if grammar == "0.4.2" else "put {} in/on {}"
        self._names = names(world)
        self._by_id = {receptacle.id: receptacle for receptacle in world.scene.receptacles}
        self._by_type: defaultdict[str, list[Receptacle]] = defaultdict(list)
        for receptacle in world.scene.receptacles:
            self._by_type[receptacle.type].append(receptacle)
        self._here = world.start
        self._open: set[str] = set()
        self.commands: list[str] = []

    def places(self, kind: str) -> list[Receptacle]:
        """Return the receptacles of a type."""
        return self._by_type[kind]

    def can_hold(self, receptacle: Receptacle, kind: str) -> bool:
        """Whether the game lets things of ``kind`` be put into the receptacle."""
        return kind in package.constants().VAL_RECEPTACLE_OBJECTS.get(receptacle.type, ())

    def won_at_start(self, instances: list[Thing], needed: int) -> bool:
        """Whether nothing is left to do: enough instances in one target, treated already if need be."""
        goal = self._world.goal
        if goal.task_type in TREATMENT:
            ready = goal.task_type == "pick_cool_then_place_in_recep"
            instances = [thing for thing in instances if ready and thing.cool]
        load = Counter(place for thing in instances for place in thing.receptacles)
        return any(load[target.id] >= needed for target in self.places(goal.receptacle))

    def deliver(self, things: list[Thing], target: Receptacle) -> list[str] | None:
        """Fetch the things one by one, treat each as the task asks, and put it into the target."""
        treatment = TREATMENT.get(self._world.goal.task_type)
        for thing in things:
            self._take(thing)
            if treatment:
                if not self.places(treatment[1]):
                    return None
                self._treat(thing, self.places(treatment[1])[0])
            self._go(target)
            self._open_up(target)
            self.commands.append(self._put.format(self._names[thing.id], self._names[target.id]))
        return self.commands

    def look(self, instances: list[Thing]) -> list[str] | None:
        """Take the thing to a lamp and turn the lamp on."""
        lamps = [t for t in self._world.things if t.type == self._world.goal.lamp and t.receptacles]
        if not instances or not lamps:
            return None
        self._take(instances[0])
        self._go(self._by_id[lamps[0].receptacles[0]])
        self.commands.append(f"use {self._names[lamps[0].id]}")
        return self.commands

    def _take(self, thing: Thing) -> None:
        place = self._by_id[thing.receptacles[0]]
        self._go(place)
        self._open_up(place)
        self.commands.append(f"take {self._names[thing.id]} from {self._names[place.id]}")

    def _treat(self, thing: Thing, place: Receptacle) -> None:
        self._go(place)
        self.commands.append(f"{VERBS[place.type]} {self._names[thing.id]} with {self._names[place.id]}")

    def _go(self, receptacle: Receptacle) -> None:
        if receptacle.location != self._here:
            self.commands.append(f"go to {self._names[receptacle.id]}")
            self._here = receptacle.location

    def _open_up(self, receptacle: Receptacle) -> None:
        if receptacle.openable and receptacle.id not in self._open:
            self.commands.append(f"open {self._names[receptacle.id]}")
            self._open.add(receptacle.id)
