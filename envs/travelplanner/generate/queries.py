"""Solvable queries with budgets and hidden oracle plans (``docs/spec/travelplanner.md §9.2``)."""

import datetime
import itertools
import math
import random
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

from envs.travelplanner.database import Database
from envs.travelplanner.generate.flights import DAYS, FIRST_DAY
from envs.travelplanner.generate.places import CUISINES, RULES
from envs.travelplanner.generate.wording import query_text
from envs.travelplanner.oracle import OraclePlan, cheapest_plan

LEVELS = ("easy", "medium", "hard")
CITIES_VISITED = {3: 1, 5: 2, 7: 3}
"""Days → number of cities."""
_MAX_ROUTES, _MIN_FEASIBLE = 40, 3
_HARD_WEIGHTS = {"house rule": 0.3, "cuisine": 0.1, "room type": 0.3, "transportation": 0.3}
_MAX_DRAWS = 2000


class SolvedQuery(NamedTuple):
    """A query record (``docs/spec/travelplanner.md §2``) and its hidden answer."""

    record: dict[str, Any]
    oracle: OraclePlan


def draw_queries(
    rng: random.Random, database: Database, states: Sequence[str], level: str, days: int, count: int
) -> list[SolvedQuery]:
    """Return ``count`` solvable queries whose origins and destinations all lie in ``states`` (at least two)."""
    drawn = (_draw_query(rng, database, states, level, days) for _ in range(_MAX_DRAWS * count))
    queries = list(itertools.islice((query for query in drawn if query is not None), count))
    if len(queries) < count:
        raise ValueError(f"only {len(queries)} of {count} solvable {level} queries of {days} days in this world")
    return queries


def _draw_query(
    rng: random.Random, database: Database, states: Sequence[str], level: str, days: int
) -> SolvedQuery | None:
    """Return one query, None when no legal plan (few enough routes for a trip through a state) exists."""
    home, state = rng.sample(list(states), 2)
    org = rng.choice(database.cities_in[home])
    first = rng.randint(0, DAYS - days)
    people = 1 if level == "easy" else rng.choice([2, rng.randint(3, 8)])
    dest = rng.choice(database.cities_in[state]) if days == 3 else state
    record: dict[str, Any] = {
        "org": org,
        "dest": dest,
        "days": days,
        "visiting_city_number": CITIES_VISITED[days],
        "date": [(FIRST_DAY + datetime.timedelta(first + day)).isoformat() for day in range(days)],
        "people_number": people,
        "local_constraint": _draw_wishes(rng, level, people),
    }
    if days == 3:
        routes: list[tuple[str, ...]] = [(dest,)]
    else:
        routes = list(itertools.permutations(database.cities_in[state], CITIES_VISITED[days]))
        routes = rng.sample(routes, min(_MAX_ROUTES, len(routes)))
    plans = [plan for route in routes if (plan := cheapest_plan(record, route, database)) is not None]
    if len(plans) < (1 if days == 3 else _MIN_FEASIBLE):
        return None
    best = min(plans, key=lambda plan: plan.cost)
    budget = max(1.05 * best.cost, statistics.median(p.cost for p in plans) * rng.triangular(1.05, 2.6, 1.6))
    record["budget"] = math.ceil(budget / 100) * 100
    return SolvedQuery(record | {"query": query_text(rng, record), "level": level}, best)


def _draw_wishes(rng: random.Random, level: str, people: int) -> dict[str, Any]:
    """Return the local constraints: none (easy), one but never transportation (medium), three of four (hard)."""
    kinds: list[str] = []
    if level == "medium":
        kinds = [rng.choice(("house rule", "cuisine", "room type"))]
    elif level == "hard":
        left = dict(_HARD_WEIGHTS)
        while len(kinds) < 3:
            kind = rng.choices(list(left), list(left.values()))[0]
            kinds.append(kind)
            del left[kind]
    rooms = ["private room", "entire room"] + (["shared room", "not shared room"] if people <= 2 else [])
    values = {
        "house rule": rng.choice(RULES),
        "cuisine": rng.sample(CUISINES, 2 if level == "medium" else 4),
        "room type": rng.choice(rooms),
        "transportation": rng.choice(("no flight", "no self-driving")),
    }
    return {kind: value if kind in kinds else None for kind, value in values.items()}
