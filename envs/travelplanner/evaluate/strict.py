"""The opt-in strict reading (``env.strict=true``): the official checks, and then the loopholes closed.

A constraint holds strictly when it holds officially *and* the rule below holds. Each rule says which quirk of
``docs/spec/travelplanner.md §6`` it repairs. Strict verdicts are reported beside the official ones, never instead of
them.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.commonsense import Check, Query
from envs.travelplanner.evaluate.verdict import Evaluation, evaluate
from envs.travelplanner.fields import (
    MEALS,
    filled,
    flight_number,
    leg_cities,
    name_and_city,
    transport_class,
    without_state,
)

_NUMBER = re.compile(r"flight number:\s*(\w+)", re.IGNORECASE)


def evaluate_strictly(query: Query, plan: Any, database: Database) -> Evaluation:
    """Return the strict verdicts on a plan."""
    official = evaluate(query, plan, database)
    if not official.delivered:
        return official
    reasons = dict(official.reasons)
    commonsense = _tightened(official.commonsense, _COMMONSENSE_RULES, query, plan, database, reasons)
    hard = official.hard
    if hard is not None:
        gate = commonsense["is_not_absent"] and commonsense["is_valid_information_in_sandbox"]
        hard = _tightened(hard, _HARD_RULES, query, plan, database, reasons) if gate else None
    return dataclasses.replace(official, commonsense=commonsense, hard=hard, reasons=reasons)


def _tightened(
    verdicts: Mapping[str, bool | None],
    rules: Mapping[str, Check],
    query: Query,
    plan: Any,
    database: Database,
    reasons: dict[str, str],
) -> dict[str, bool | None]:
    result = dict(verdicts)
    for name, rule in rules.items():
        if result[name]:
            try:
                reason = rule(query, plan, database)
            except Exception as error:  # as in the official reading: what cannot be read does not hold
                reason = f"cannot be read: {error!r}"
            if reason is not None:
                result[name] = False
                reasons[name] = f"strictly, {reason}"
    return result


def _cities(day: Mapping[str, Any]) -> tuple[str, ...]:
    current = day["current_city"]
    return leg_cities(current) if "from" in current else (without_state(current),)


def _meals(plan: Any) -> Iterator[tuple[int, tuple[str, str]]]:
    for number, day in enumerate(plan, 1):
        for meal in MEALS:
            if text := filled(day, meal):
                yield number, name_and_city(text)


def _sights(day: Mapping[str, Any]) -> list[str]:
    """Return the attractions of a day, also the one that no ";" ends."""
    return [piece.strip() for piece in (filled(day, "attraction") or "").split(";") if piece.strip()]


def _route(query: Query, plan: Any, database: Database) -> str | None:
    """Day 1 leaves the origin also without "from"; a trip of 3 days goes to its destination."""
    stops = [city for day in plan for city in _cities(day)]
    if stops[0] != query["org"]:
        return f"the trip does not start in {query['org']}"
    if query["days"] == 3 and any(city != query["dest"] for city in stops[1:-1]):
        return f"the trip does not go to {query['dest']}"
    return None


def _restaurants(query: Query, plan: Any, database: Database) -> str | None:
    """A restaurant spelt in two ways is still one restaurant."""
    meals = [place for _, place in _meals(plan)]
    return "a restaurant repeats under another spelling" if len(set(meals)) < len(meals) else None


def _attractions(query: Query, plan: Any, database: Database) -> str | None:
    """An attraction spelt in two ways is still one, and the last one counts without ";"."""
    sights = [name_and_city(piece) for day in plan for piece in _sights(day)]
    return "an attraction repeats under another spelling" if len(set(sights)) < len(sights) else None


def _nights(query: Query, plan: Any, database: Database) -> str | None:
    """The minimum nights also count where several hotels match: those of the first exact name."""
    stays = [name_and_city(text) if (text := filled(day, "accommodation")) else None for day in plan]
    for place, run in groupby(stays):
        nights = len(list(run))
        if place is not None:
            found = database.hotels.matching(*place)
            exact = [hotel for hotel in found if hotel.name.strip() == place[0]] or list(found)
            if exact and nights < exact[0].minimum_nights:
                return f"{place[0]} wants at least {exact[0].minimum_nights:g} nights"
    return None


def _transportation(query: Query, plan: Any, database: Database) -> str | None:
    """Every move needs a known means of transport, and days without a move none."""
    for number, day in enumerate(plan, 1):
        text = filled(day, "transportation")
        if (text is not None) != ("from" in day["current_city"]):
            return f"transportation and cities of day {number} do not agree"
        if text is not None and transport_class(text) is None:
            return f"the transportation of day {number} is of no known kind"
    return None


def _in_city(query: Query, plan: Any, database: Database) -> str | None:
    """What a day names lies in one of its cities by name, not by a shared letter."""
    for number, day in enumerate(plan, 1):
        cities = _cities(day)
        places = [text for meal in MEALS if (text := filled(day, meal))] + _sights(day)
        if any(name_and_city(text)[1] not in cities for text in places):
            return f"day {number} names something in another city"
        hotel = filled(day, "accommodation")
        if hotel is not None and name_and_city(hotel)[1] != cities[-1]:
            return f"the accommodation of day {number} is in another city"
    return None


def _in_sandbox(query: Query, plan: Any, database: Database) -> str | None:
    """Names are matched whole, flights on their day with their times, and only listed means of transport count."""
    for number, (day, date) in enumerate(zip(plan, query["date"], strict=False), 1):
        text = filled(day, "transportation")
        if text is not None and transport_class(text) == "Flight":
            if _NUMBER.search(text) is None:
                return f"the flight of day {number} has no number"
            between = leg_cities(text)
            flights = database.flights.numbered(flight_number(text), *between)
            if not any((f.origin, f.destination) == between and f.date == date for f in flights):
                return f"the flight of day {number} does not fly on {date}"
        if any(not database.attractions.matching(*name_and_city(piece)) for piece in _sights(day)):
            return f"an attraction of day {number} is not in the tables"
    for number, (name, city) in _meals(plan):
        if not any(row.name.strip() == name for row in database.restaurants.matching(name, city)):
            return f"no restaurant of day {number} is called exactly {name}"
    return None


def _complete(query: Query, plan: Any, database: Database) -> str | None:
    """The plan has exactly the days asked for, and no field is null."""
    if len(plan) != query["days"]:
        return f"the plan has {len(plan)} days"
    if any(value is None for day in plan for value in day.values()):
        return "a field is null"
    return None


def _no_unwanted_transport(query: Query, plan: Any, database: Database) -> str | None:
    """Unwanted means are found in any case of letters."""
    unwanted = {"no flight": "Flight", "no self-driving": "Self-driving"}[query["local_constraint"]["transportation"]]
    kinds = [transport_class(text) for day in plan if (text := filled(day, "transportation"))]
    return f"the plan uses {unwanted}" if unwanted in kinds else None


_COMMONSENSE_RULES: Mapping[str, Check] = {
    "is_reasonable_visiting_city": _route,
    "is_valid_restaurants": _restaurants,
    "is_valid_attractions": _attractions,
    "is_valid_accommodation": _nights,
    "is_valid_transportation": _transportation,
    "is_valid_information_in_current_city": _in_city,
    "is_valid_information_in_sandbox": _in_sandbox,
    "is_not_absent": _complete,
}
_HARD_RULES: Mapping[str, Check] = {"valid_transportation": _no_unwanted_transport}
