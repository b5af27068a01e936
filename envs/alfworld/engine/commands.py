"""Which commands do something in a situation: the table of ``docs/spec/alfworld.md §3``, left and middle column."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from envs.alfworld.engine.situation import Situation
from envs.alfworld.engine.world import World

Verb = Literal[
    "go", "open", "close", "take", "place", "heat", "cool", "clean", "use", "slice", "examine", "inspect",
    "inventory", "look", "help",
]  # fmt: skip
"""``examine`` looks at a receptacle, ``inspect`` at the held object; both are typed ``examine``."""


class Action(NamedTuple):
    """A command taken apart: the numbers of what it names; -1 where it names no such thing."""

    verb: Verb
    thing: int = -1
    receptacle: int = -1
    knife: int = -1


class CommandTable:
    """Maps the admissible commands of any situation in one world to actions."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_location: dict[int, dict[str, Action]] = {}

    def admissible(self, situation: Situation) -> dict[str, Action]:
        """Return command → action for every admissible command."""
        location = situation.location
        if location not in self._by_location:
            self._by_location[location] = dict(sorted(self._always(location)))
        commands = self._by_location[location].copy()
        if situation.held is None:
            commands.update(self._with_empty_hands(situation))
        else:
            commands.update(self._with_held(situation, situation.held))
        commands.update(self._either_way(situation))
        return commands

    def _always(self, location: int) -> Iterator[tuple[str, Action]]:
        """Yield what is admissible at ``location`` in every situation; most of the list, so kept."""
        yield "inventory", Action("inventory")
        yield "look", Action("look")
        if self._world.grammar.help is not None:
            yield "help", Action("help")
        for receptacle, name in enumerate(self._world.receptacles):
            if self._world.receptacle_location[receptacle] == location:
                yield f"examine {name}", Action("examine", receptacle=receptacle)
            else:
                yield f"go to {name}", Action("go", receptacle=receptacle)

    def _either_way(self, situation: Situation) -> Iterator[tuple[str, Action]]:
        world = self._world
        for receptacle in situation.receptacles_here:
            if receptacle in world.openable:
                verb: Verb = "close" if receptacle in situation.opened else "open"
                yield f"{verb} {world.receptacles[receptacle]}", Action(verb, receptacle=receptacle)
            for thing in world.toggleable & situation.inside[receptacle]:
                yield f"use {world.objects[thing]}", Action("use", thing)

    def _with_empty_hands(self, situation: Situation) -> Iterator[tuple[str, Action]]:
        world = self._world
        for receptacle in situation.receptacles_here:
            if situation.accessible(receptacle):
                name = world.receptacles[receptacle]
                for thing in world.pickupable & situation.inside[receptacle]:
                    yield f"take {world.objects[thing]} from {name}", Action("take", thing, receptacle)

    def _with_held(self, situation: Situation, held: int) -> Iterator[tuple[str, Action]]:
        world = self._world
        name = world.objects[held]
        yield f"examine {name}", Action("inspect", held)
        for receptacle in situation.receptacles_here:
            where, kind = world.receptacles[receptacle], world.receptacle_types[receptacle]
            if held in world.accepts[receptacle] and situation.accessible(receptacle):
                yield world.grammar.place.format(name, where), Action("place", held, receptacle)
            if kind == "microwavetype" and held in world.heatable:
                yield f"heat {name} with {where}", Action("heat", held, receptacle)
            if kind == "fridgetype" and held in world.coolable:
                yield f"cool {name} with {where}", Action("cool", held, receptacle)
            if kind == "sinkbasintype" and held in world.cleanable:
                yield f"clean {name} with {where}", Action("clean", held, receptacle)
        if world.object_types[held] in ("knifetype", "butterknifetype"):
            for thing in world.sliceable:
                if situation.location in situation.object_locations[thing]:
                    yield f"slice {world.objects[thing]} with {name}", Action("slice", thing, knife=held)
