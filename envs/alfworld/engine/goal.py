"""The six goals of ALFWorld as sets of objects and receptacles (``docs/spec/alfworld.md §6``)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_OBJECT = re.compile(r"\(objecttype (\?\w+) (\w+)\s*\)")
_RECEPTACLE = re.compile(r"\(receptacletype \?\w+ (\w+)\s*\)")
_TOGGLED = re.compile(r"\(istoggled (\?\w+)\s*\)")
_DIFFERENT = re.compile(r"\(not\s*\(= ")
_TREATMENT = re.compile(r"\(is(clean|hot|cool) ")
_ABILITY = {"clean": "cleanable", "hot": "heatable", "cool": "coolable"}


@dataclass(frozen=True)
class Goal:
    """What wins a game. Placing goals have ``receptacles``; the look goal has ``lamps``."""

    objects: frozenset[int]
    """Objects of the wanted type (and treatable as wanted), any of which will do."""
    receptacles: frozenset[int]
    """Receptacles of the wanted type; empty in a look goal."""
    count: int
    """How many different objects must lie in the same receptacle: 1 or 2."""
    treatment: str
    """``clean``, ``hot``, ``cool`` or empty: what the placed object must also be."""
    lamps: frozenset[int]
    """Lamps of the wanted type; empty in a placing goal."""


def read_goal(goal: str, facts: Mapping[str, list[list[str]]], numbers: Mapping[str, int]) -> Goal:
    """Return the goal of a lower-case ``(:goal …)``; ValueError when it is none of the six.

    ``facts`` are the game's lower-case initial facts, ``numbers`` maps ids to table positions.
    """
    object_types = dict(_OBJECT.findall(goal))
    toggled = _TOGGLED.search(goal)
    lamp_type = object_types.pop(toggled[1], None) if toggled else None
    receptacle = _RECEPTACLE.search(goal)
    if len(set(object_types.values())) != 1 or (receptacle is None) == (lamp_type is None):
        raise ValueError("its goal is none of the six ALFWorld goals")
    treatment = _TREATMENT.search(goal)

    def of_type(kind: str | None, predicate: str) -> frozenset[int]:
        return frozenset(numbers[key] for key, found in facts.get(predicate, ()) if found == kind)

    objects = of_type(next(iter(object_types.values())), "objecttype")
    if treatment:
        objects &= {numbers[key] for (key,) in facts.get(_ABILITY[treatment[1]], ())}
    return Goal(
        objects=objects,
        receptacles=of_type(receptacle[1] if receptacle else None, "receptacletype"),
        count=2 if _DIFFERENT.search(goal) else 1,
        treatment=treatment[1] if treatment else "",
        lamps=of_type(lamp_type, "objecttype"),
    )
