"""The five hard constraints (``docs/spec/travelplanner.md §6``). Each check returns why it fails, or None."""

import math
from collections.abc import Mapping
from typing import Any

from envs.travelplanner.database import Database, Hotel
from envs.travelplanner.evaluate.commonsense import Check, Query
from envs.travelplanner.fields import MEALS, flight_number, is_filled, leg, looked_at, name_and_city, without_state

ROOM_TYPES = {"shared room": "Shared room", "private room": "Private room", "entire room": "Entire home/apt"}
"""What a query calls a room, and what the table calls it."""
PEOPLE_A_CAR, PEOPLE_A_TAXI = 5, 4


def total_cost(query: Query, plan: Any, database: Database) -> float:
    """Return the dollars of the plan for everyone; what is not found costs nothing.

    Raises where the official code raises (a missing field, a road without a cost).
    """
    people = query["people_number"]
    total = 0.0
    for day in looked_at(query, plan):
        if is_filled(day["transportation"]):
            total += _transport_cost(day, people, database)
        for meal in MEALS:
            if is_filled(day[meal]):
                found = database.restaurants.matching(*name_and_city(day[meal]))
                total += found[0].cost * people if found else 0
        if hotel := _hotel(day, database):
            total += hotel.price * math.ceil(people / hotel.maximum_occupancy)
    return total


def _transport_cost(day: Mapping[str, Any], people: int, database: Database) -> float:
    text = day["transportation"]
    start, end = leg(text)
    if start is None or end is None:
        start, end = leg(day["current_city"])
    if start is None or end is None:
        return 0
    lower = text.lower()
    if "flight number" in lower:
        # by number alone in a table, whatever the cities
        flights = database.flights.numbered(flight_number(text), without_state(start), without_state(end))
        return flights[0].price * people if flights else 0
    for mode, seats in (("self-driving", PEOPLE_A_CAR), ("taxi", PEOPLE_A_TAXI)):
        if mode in lower:
            return road_cost(database, start, end, mode) * math.ceil(people / seats)
    return 0


def road_cost(database: Database, start: str, end: str, mode: str) -> int:
    """Return the dollars of one car between two cities; TypeError when the tables do not know them."""
    cost = database.road_cost(without_state(start), without_state(end), mode)
    if cost is None:
        raise TypeError(f"no {mode} from {start} to {end}")
    return cost


def _hotel(day: Mapping[str, Any], database: Database) -> Hotel | None:
    """Return the first hotel that a day's accommodation matches."""
    if not is_filled(day["accommodation"]):
        return None
    found = database.hotels.matching(*name_and_city(day["accommodation"]))
    return found[0] if found else None


def over_budget(query: Query, cost: float) -> str | None:
    """Return why a plan of ``cost`` dollars fails ``valid_cost``, None when it costs no more than the budget."""
    return None if cost <= query["budget"] else f"the plan costs {cost:g} of {query['budget']} dollars"


def valid_cuisine(query: Query, plan: Any, database: Database) -> str | None:
    """Check that every wanted cuisine is served once. Quirk: a meal at home skips the rest of the day's meals."""
    wanted = query["local_constraint"]["cuisine"]
    served: set[str] = set()
    for day in looked_at(query, plan):
        for meal in MEALS:
            if not is_filled(day[meal]):
                continue
            name, city = name_and_city(day[meal])
            if city == query["org"]:
                break
            found = database.restaurants.matching(name, city)
            served.update(cuisine for cuisine in wanted if found and cuisine in found[0].cuisines)
    missing = [cuisine for cuisine in wanted if cuisine not in served]
    return f"no meal serves {missing[0]} food" if missing else None


def valid_room_rule(query: Query, plan: Any, database: Database) -> str | None:
    """Check that every hotel allows what the query needs."""
    wanted = query["local_constraint"]["house rule"]
    for number, day in enumerate(looked_at(query, plan), 1):
        hotel = _hotel(day, database)
        if hotel and f"No {wanted}" in hotel.house_rules:
            return f"the accommodation of day {number} does not allow {wanted}"
    return None


def valid_room_type(query: Query, plan: Any, database: Database) -> str | None:
    """Check that every hotel room is of the wanted type."""
    wanted = query["local_constraint"]["room type"]
    for number, day in enumerate(looked_at(query, plan), 1):
        hotel = _hotel(day, database)
        if hotel and not room_fits(wanted, hotel.room_type):
            return f"the accommodation of day {number} is not a {wanted}"
    return None


def room_fits(wanted: str, room_type: str) -> bool:
    """Return whether the table's room type is what the query calls ``wanted`` (unknown wishes always fit)."""
    if wanted == "not shared room":
        return room_type != "Shared room"
    return ROOM_TYPES.get(wanted, room_type) == room_type


def valid_transportation(query: Query, plan: Any, database: Database) -> str | None:
    """Check that an unwanted means of transport is not used. Quirk: case-sensitive."""
    wanted = query["local_constraint"]["transportation"]
    unwanted = {"no flight": "Flight", "no self-driving": "Self-driving"}.get(wanted)
    for number, day in enumerate(looked_at(query, plan), 1):
        text = day["transportation"]
        if is_filled(text) and unwanted is not None and unwanted in text:
            return f"day {number} is not {wanted}"
    return None


COST = "valid_cost"
"""The hard constraint that every query has: the budget."""
LOCAL: Mapping[str, tuple[Check, str]] = {
    "valid_room_rule": (valid_room_rule, "house rule"),
    "valid_cuisine": (valid_cuisine, "cuisine"),
    "valid_room_type": (valid_room_type, "room type"),
    "valid_transportation": (valid_transportation, "transportation"),
}
"""Official name → check, and the local constraint of the query without which it does not apply."""
