"""A game file as integer tables: what never changes while it is played, and how it starts.

See ``docs/spec/alfworld.md §0-1``.

Objects, receptacles and locations are numbered in the order of their sorted lower-case ids, so that walking a
table in order yields the order in which the real engine lists things.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import orjson

from envs.alfworld.engine.goal import Goal, read_goal
from envs.alfworld.engine.grammar import Grammar, read_grammar, read_task
from macla.errors import UserError

Facts = dict[str, list[list[str]]]
"""Predicate → argument lists, all in lower case."""

_FACT = re.compile(r"\((\w+) ([^()]*)\)")
_OBJECT_PREDICATES = (
    "objecttype",
    "objectatlocation",
    "inreceptacle",
    "pickupable",
    "toggleable",
    "cleanable",
    "heatable",
    "coolable",
    "sliceable",
    "iscool",
    "isreceptacleobject",
    "inreceptacleobject",
)


@dataclass(frozen=True)
class World:
    """One game, read once; engines only read it. Sets and tuples hold or are indexed by the numbers of things."""

    grammar: Grammar
    task_line: str
    goal: Goal
    agent: str
    objects: tuple[str, ...]
    """Names such as ``mug 2``; so are ``receptacles`` and ``locations``."""
    object_types: tuple[str, ...]
    receptacles: tuple[str, ...]
    receptacle_types: tuple[str, ...]
    receptacle_location: tuple[int, ...]
    locations: tuple[str, ...]
    openable: frozenset[int]
    accepts: tuple[frozenset[int], ...]
    """Receptacle → objects that may be put there."""
    pickupable: frozenset[int]
    toggleable: frozenset[int]
    cleanable: frozenset[int]
    heatable: frozenset[int]
    coolable: frozenset[int]
    sliceable: frozenset[int]
    contents: dict[int, tuple[int, ...]]
    """Object that is itself a receptacle (a bowl, a pan …) → objects in it."""
    start: int
    inside: tuple[frozenset[int], ...]
    """Receptacle → objects in it at the start."""
    object_locations: tuple[frozenset[int], ...]
    """Object → locations at the start; none, one or several."""
    cool: frozenset[int]
    """Objects that are cool at the start."""

    @cached_property
    def receptacles_at(self) -> tuple[tuple[int, ...], ...]:
        """Location → receptacles that stand there; several may share one."""
        found: list[list[int]] = [[] for _ in self.locations]
        for receptacle, location in enumerate(self.receptacle_location):
            found[location].append(receptacle)
        return tuple(map(tuple, found))


def read_world(path: Path) -> World:
    """Return the game at ``path``; UserError when it is not an ALFWorld game."""
    try:
        game = orjson.loads(path.read_bytes())
        grammar, problem = game["grammar"], game["pddl_problem"].lower()
        start, goal = problem.index("(:init"), problem.rindex("(:goal")
        return _build(_read_facts(problem[start:goal]), problem[goal:], grammar)
    except (ValueError, LookupError, TypeError) as error:
        raise UserError(f"{path} is not an ALFWorld game: {error}; lay it out with macla data alfworld") from None


def _read_facts(init: str) -> Facts:
    facts: Facts = defaultdict(list)
    for predicate, arguments in _FACT.findall(init):
        facts[predicate].append(arguments.split())
    return facts


def _build(facts: Facts, goal: str, grammar: str) -> World:
    names = _demangle(facts)
    object_ids = sorted({arguments[0] for predicate in _OBJECT_PREDICATES for arguments in facts[predicate]})
    location_of = dict(facts["receptacleatlocation"])
    agent, start = facts["atlocation"][0]
    location_ids = sorted({start, *location_of.values(), *(place for _, place in facts["objectatlocation"])})
    receptacle_ids = sorted(location_of)
    numbers = {name: number for ids in (object_ids, receptacle_ids, location_ids) for number, name in enumerate(ids)}
    object_type = dict(facts["objecttype"])
    receptacle_type = dict(facts["receptacletype"])

    def having(predicate: str) -> frozenset[int]:
        return frozenset(numbers[arguments[0]] for arguments in facts[predicate])

    def grouped(ids: list[str], pairs: list[tuple[str, str]]) -> tuple[frozenset[int], ...]:
        groups: dict[str, set[int]] = {key: set() for key in ids}
        for key, member in pairs:
            groups[key].add(numbers[member])
        return tuple(map(frozenset, groups.values()))

    held_by = grouped(object_ids, [(outer, inner) for inner, outer in facts["inreceptacleobject"]])
    return World(
        grammar=read_grammar(grammar),
        task_line=read_task(grammar),
        goal=read_goal(goal, facts, numbers),
        agent=names[agent],
        objects=tuple(names[key] for key in object_ids),
        object_types=tuple(object_type.get(key, "") for key in object_ids),
        receptacles=tuple(names[key] for key in receptacle_ids),
        receptacle_types=tuple(receptacle_type.get(key, "") for key in receptacle_ids),
        receptacle_location=tuple(numbers[location_of[key]] for key in receptacle_ids),
        locations=tuple(names[key] for key in location_ids),
        openable=having("openable"),
        accepts=_accepts(facts, object_ids, receptacle_ids, object_type, receptacle_type),
        pickupable=having("pickupable"),
        toggleable=having("toggleable"),
        cleanable=having("cleanable"),
        heatable=having("heatable"),
        coolable=having("coolable"),
        sliceable=having("sliceable"),
        contents={thing: tuple(sorted(held_by[thing])) for thing in having("isreceptacleobject")},
        start=numbers[start],
        inside=grouped(receptacle_ids, [(receptacle, thing) for thing, receptacle in facts["inreceptacle"]]),
        object_locations=grouped(object_ids, [(thing, place) for thing, place in facts["objectatlocation"]]),
        cool=having("iscool"),
    )


def _accepts(
    facts: Facts,
    object_ids: list[str],
    receptacle_ids: list[str],
    object_type: dict[str, str],
    receptacle_type: dict[str, str],
) -> tuple[frozenset[int], ...]:
    of_type: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(object_ids):
        of_type[object_type.get(key, "")].append(number)
    by_type: dict[str, set[int]] = defaultdict(set)
    for container, content in facts["cancontain"]:
        by_type[container].update(of_type.get(content, ()))
    return tuple(frozenset(by_type[receptacle_type.get(key, "")]) for key in receptacle_ids)


def _demangle(facts: Facts) -> dict[str, str]:
    """Return id → name for every id in any fact, numbering downwards within a class as alfworld's Demangler does."""
    ids = sorted({argument for rows in facts.values() for arguments in rows for argument in arguments})
    classes = {key: _class_of(key) for key in ids if "_bar_" in key}
    left = Counter(classes.values())
    names = {}
    for key in ids:
        if key in classes:
            names[key] = f"{classes[key]} {left[classes[key]]}"
            left[classes[key]] -= 1
        else:
            names[key] = key
    return names


def _class_of(key: str) -> str:
    base = key.partition("_bar_")[0]
    return base + "basin" if "basin" in key else base
