"""Write a world as the PDDL problem of a game file (``docs/spec/alfworld.md §0``)."""

from collections.abc import Iterable, Iterator

from envs.alfworld.generate import package
from envs.alfworld.generate.world import Receptacle, Thing, World

_ESCAPES = str.maketrans({"-": "_minus_", "|": "_bar_", "+": "_plus_", ".": "_dot_", ",": "_comma_"})
_PROPERTIES = {"cleanable": "Cleanable", "heatable": "Heatable", "coolable": "Coolable", "sliceable": "Sliceable",
               "toggleable": "Toggleable"}  # fmt: skip


def pddl_name(identifier: str) -> str:
    """Return an id as PDDL spells it, e.g. ``Apple_bar__plus_00_dot_12_bar_…``."""
    return identifier.translate(_ESCAPES)


def problem_text(world: World, name: str) -> str:
    """Return the whole ``(define (problem …))``, with the package's own goal for the task type."""
    lines = [f"(define (problem plan_{name})", "(:domain alfred)", "(:objects"]
    lines += _indented(_declarations(world))
    lines += [")", "(:init"]
    lines += _indented(_facts(world))
    lines += [")"]
    return "\n" + "\n".join(lines) + "\n" + _goal(world)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"        {line}" for line in lines)


def _goal(world: World) -> str:
    """Return the goal; its text closes the define as well."""
    goal = world.goal
    text: str = package.goals()[goal.task_type]["pddl"]
    return text.format(obj=goal.object, recep=goal.receptacle, toggle=goal.lamp).replace("#", "-")


def _declarations(world: World) -> Iterator[str]:
    constants = package.constants()
    places = set(constants.RECEPTACLES) - constants.MOVABLE_RECEPTACLES_SET
    yield "agent1 - agent"
    yield from (f"{kind}Type - otype" for kind in sorted(constants.OBJECTS_SET - places))
    yield from (f"{kind}Type - rtype" for kind in sorted(places))
    yield from (f"{pddl_name(thing.id)} - object" for thing in sorted(world.things, key=lambda t: t.id))
    yield from (f"{pddl_name(receptacle.id)} - receptacle" for receptacle in world.scene.receptacles)
    locations = {receptacle.location for receptacle in world.scene.receptacles}
    locations |= {thing.location for thing in world.things} | {world.start}
    yield from (f"{pddl_name(location)} - location" for location in sorted(locations))


def _facts(world: World) -> Iterator[str]:
    things = sorted(world.things, key=lambda t: t.id)
    yield from _receptacle_facts(world.scene.receptacles)
    kinds = sorted({thing.type for thing in things})
    for place in sorted(world.scene.receptacle_types()):
        allowed = package.constants().VAL_RECEPTACLE_OBJECTS.get(place, ())
        yield from (f"(canContain {place}Type {kind}Type)" for kind in kinds if kind in allowed)
    yield f"(atLocation agent1 {pddl_name(world.start)})"
    for thing in things:
        yield from _thing_facts(thing)


def _receptacle_facts(receptacles: Iterable[Receptacle]) -> Iterator[str]:
    for receptacle in receptacles:
        name = pddl_name(receptacle.id)
        yield f"(receptacleType {name} {receptacle.type}Type)"
        yield f"(receptacleAtLocation {name} {pddl_name(receptacle.location)})"
        if receptacle.openable:
            yield f"(openable {name})"


def _thing_facts(thing: Thing) -> Iterator[str]:
    constants = package.constants()
    name = pddl_name(thing.id)
    yield f"(objectType {name} {thing.type}Type)"
    yield f"(objectAtLocation {name} {pddl_name(thing.location)})"
    yield from (f"(inReceptacle {name} {pddl_name(place)})" for place in thing.receptacles)
    if thing.takeable:
        yield f"(pickupable {name})"
    if thing.type in constants.MOVABLE_RECEPTACLES_SET:
        yield f"(isReceptacleObject {name})"
    if thing.cool:
        yield f"(isCool {name})"
    for fact, actions in _PROPERTIES.items():
        if thing.type in constants.VAL_ACTION_OBJECTS[actions]:
            yield f"({fact} {name})"
