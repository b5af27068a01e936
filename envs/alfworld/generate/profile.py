"""Figures of a set of game files, room by room, to hold generated games against official ones.

See ``docs/spec/alfworld.md §A``.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

_FACT = re.compile(r"\((\w+) ([^()]*)\)")


def profile(files: Iterable[Path]) -> dict[str, dict[str, float]]:
    """Return per room the means over the games of:

    ``receptacles``; ``takeable`` (takeable things in receptacles) and their ``kinds``; ``closed_in`` (share of them in
    openables); ``empty`` (share of receptacles with nothing in them); ``targets`` (instances of the kind asked for),
    ``targets_closed_in``, ``already_there`` (some instance in the target type), ``shared_location`` (receptacles that
    share theirs), ``in_several`` (things in two or more receptacles); and ``games``, their number.
    """
    rows: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    for file in files:
        problem = json.loads(file.read_bytes())["pddl_problem"]
        params = json.loads(file.with_name("traj_data.json").read_bytes())
        rows[_room(int(params["scene"]["scene_num"]))].append(_figures(problem, params["pddl_params"]))
    return {room: _means(games) for room, games in sorted(rows.items())}


def placements(files: Iterable[Path]) -> dict[tuple[str, str], Counter[str]]:
    """Return how often each (room, kind of takeable thing) starts in each type of receptacle."""
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for file in files:
        facts = _facts(json.loads(file.read_bytes())["pddl_problem"])
        room = _room(int(file.parent.parent.name.rsplit("-", 1)[-1]))
        places, kinds = _types(facts["receptacleType"]), _types(facts["objectType"])
        takeable = {thing for thing, *_ in facts["pickupable"]}
        for thing, place in {pair[0]: pair[1] for pair in facts["inReceptacle"]}.items():
            if thing in takeable and place in places and thing in kinds:
                found[room, kinds[thing]][places[place]] += 1
    return dict(found)


def _figures(problem: str, params: Mapping[str, str]) -> dict[str, float]:
    facts = _facts(problem)
    places, kinds = _types(facts["receptacleType"]), _types(facts["objectType"])
    openable = {place for place, *_ in facts["openable"]}
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for thing, place in facts["inReceptacle"]:
        inside[thing].add(place)
    takeable = [thing for thing, *_ in facts["pickupable"] if thing in inside and thing in kinds]
    targets = [thing for thing, kind in kinds.items() if kind == params["object_target"]]
    locations = Counter(location for _, location in facts["receptacleAtLocation"])
    occupied = {place for held in inside.values() for place in held} & places.keys()
    goal_types = [{places.get(place) for place in inside[thing]} for thing in targets]
    return {
        "games": 1,
        "receptacles": len(places),
        "takeable": len(takeable),
        "kinds": len({kinds[thing] for thing in takeable}),
        "closed_in": _share(bool(inside[thing] & openable) for thing in takeable),
        "empty": 1 - len(occupied) / len(places),
        "targets": len(targets),
        "targets_closed_in": _share(bool(inside[thing] & openable) for thing in targets),
        "already_there": float(any(params["parent_target"] in types for types in goal_types)),
        "shared_location": _share(locations[location] > 1 for _, location in facts["receptacleAtLocation"]),
        "in_several": _share(len(inside[thing]) > 1 for thing in takeable),
    }


def _facts(problem: str) -> defaultdict[str, list[list[str]]]:
    start = problem.index("(:init")
    facts: defaultdict[str, list[list[str]]] = defaultdict(list)
    for name, arguments in _FACT.findall(problem[start : problem.index("(:goal", start)]):
        facts[name].append(arguments.split())
    return facts


def _types(facts: Iterable[list[str]]) -> dict[str, str]:
    return {identifier: kind.removesuffix("Type") for identifier, kind in facts}


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    means = {key: sum(row[key] for row in rows) / len(rows) for key in rows[0]}
    return {**means, "games": float(len(rows))}


def _room(number: int) -> str:
    return ("kitchen", "", "living", "bedroom", "bathroom")[number // 100]
