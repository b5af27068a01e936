"""The eight commonsense constraints (``docs/spec/travelplanner.md §6``). Each check returns why it fails, or None.

The comments mark the quirks: they are the official behaviour, kept on purpose. ``strict.py`` repairs them.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.fields import (
    MEALS,
    NO_MORE_DAYS,
    filled,
    flight_number,
    is_filled,
    leg,
    leg_cities,
    looked_at,
    name_and_city,
    pieces,
    transport_class,
    without_state,
)

Query = Mapping[str, Any]
Check = Callable[[Query, Any, Database], str | None]


def reasonable_visiting_city(query: Query, plan: Any, database: Database) -> str | None:
    """Check that the trip is a circle of known cities in the wanted state, each stayed in once."""
    cities: list[str] = []
    for index, day in enumerate(looked_at(query, plan)):
        current = day["current_city"]
        if "from" not in current:  # without "from" on day 1 the origin is not checked
            cities.append(without_state(current))
            continue
        start, end = leg_cities(current)
        if index == 0 and start != query["org"]:
            return f"day 1 does not start in {query['org']}"
        cities += [start, end]
    if cities[0] != cities[-1]:
        return "the trip does not end where it starts"
    if not _is_city_sequence(cities):
        return "a city is visited twice or only passed through"
    for index, city in enumerate(cities):
        if city not in database.state_of:
            return f"{city} is not a known city"
        interior = index not in (0, len(cities) - 1)
        if interior and query["days"] > 3 and database.state_of[city] != query["dest"]:  # 3 days: never checked
            return f"{city} is not in {query['dest']}"
    return None


def _is_city_sequence(cities: list[str]) -> bool:
    """Return whether each city is one run; a seen city may only start at either end, an inner run needs length 2."""
    if len(cities) < 3:
        return False
    seen: set[str] = set()
    start = 0
    last = len(cities) - 1
    for city, run in groupby(cities):
        length = len(list(run))
        if city in seen and start not in (0, last):
            return False
        if length == 1 and 0 < start < last:
            return False
        seen.add(city)
        start += length
    return True


def valid_restaurants(query: Query, plan: Any, database: Database) -> str | None:
    """Check that no meal text repeats. Quirk: texts are compared raw, "X, Houston" ≠ "X, Houston(Texas)"."""
    seen: list[str] = []
    for number, day in enumerate(looked_at(query, plan), 1):
        for meal in MEALS:
            text = filled(day, meal)
            if text is not None:
                if text in seen:
                    return f"the {meal} of day {number} repeats {text}"
                seen.append(text)
    return None


def valid_attractions(query: Query, plan: Any, database: Database) -> str | None:
    """Check that no attraction text repeats."""
    seen: set[str] = set()
    for number, day in enumerate(looked_at(query, plan), 1):
        text = filled(day, "attraction")
        for piece in pieces(text) if text is not None else ():
            if piece in seen:
                return f"the attractions of day {number} repeat {piece}"
            seen.add(piece)
    return None


def valid_accommodation(query: Query, plan: Any, database: Database) -> str | None:
    """Check the minimum nights of each unbroken stay. Quirk: only names that match exactly one hotel count."""
    stays = []
    for number, day in enumerate(looked_at(query, plan), 1):
        if "accommodation" not in day:
            return f"day {number} has no accommodation field"
        stays.append(day["accommodation"])
    for hotel, run in groupby(stays):
        nights = len(list(run))
        if hotel in ("-", ""):
            continue
        found = database.hotels.matching(*name_and_city(hotel))
        if len(found) == 1 and nights < found[0].minimum_nights:
            return f"{hotel} wants at least {found[0].minimum_nights:g} nights"
    return None


def valid_transportation(query: Query, plan: Any, database: Database) -> str | None:
    """Check that day 1 travels and that an own car is not mixed with flights or taxis."""
    first = plan[0]["transportation"]
    if not is_filled(first):
        return "day 1 has no transportation"
    kinds = {transport_class(first)}
    for day in looked_at(query, plan):
        text = filled(day, "transportation")
        if text is not None:
            kinds.add(transport_class(text))
    if "Self-driving" in kinds and kinds & {"Flight", "Taxi"}:
        return "self-driving is mixed with flights or taxis"
    return None


def information_in_current_city(query: Query, plan: Any, database: Database) -> str | None:
    """Check that what a day names lies in the day's cities.

    Quirk: on a day without "from" the official loop runs over the *characters* of the city's name.
    """
    for number, day in enumerate(looked_at(query, plan), 1):
        current = day["current_city"]
        cities = leg_cities(current) if "from" in current else tuple(without_state(current))
        named = dict.fromkeys(cities)
        transportation = filled(day, "transportation")
        if transportation is not None and not all(city in transportation for city in named):
            return f"the transportation of day {number} is not between the day's cities"
        for meal in MEALS:
            text = filled(day, meal)
            if text is not None and not any(city in text for city in named):
                return f"the {meal} of day {number} is in another city"
        attraction = filled(day, "attraction")
        for piece in pieces(attraction) if attraction is not None else ():
            if not any(city in piece for city in named):
                return f"an attraction of day {number} is in another city: {piece}"
        hotel = filled(day, "accommodation")
        if hotel is not None and cities[-1] not in hotel:
            return f"the accommodation of day {number} is in another city"
    return None


def information_in_sandbox(query: Query, plan: Any, database: Database) -> str | None:
    """Check that everything the plan names exists in the tables."""
    for number, day in enumerate(looked_at(query, plan), 1):
        if is_filled(day["transportation"]) and not _transportation_exists(day, database):
            return f"the transportation of day {number} is not in the tables"
        for meal in MEALS:
            text = filled(day, meal)
            if text is not None and not database.restaurants.matching(*name_and_city(text)):
                return f"the {meal} of day {number} is not in the tables: {text}"
        attraction = filled(day, "attraction")
        for piece in pieces(attraction) if attraction is not None else ():
            if not database.attractions.matching(*name_and_city(piece)):
                return f"an attraction of day {number} is not in the tables: {piece}"
        hotel = filled(day, "accommodation")
        if hotel is not None and not database.hotels.matching(*name_and_city(hotel)):
            return f"the accommodation of day {number} is not in the tables: {hotel}"
    return None


def _transportation_exists(day: Mapping[str, Any], database: Database) -> bool:
    """Return whether flight or road is in the tables. Quirks: dates are not looked at; other means pass unseen."""
    text = day["transportation"]
    start, end = leg(text)
    if start is None or end is None:
        start, end = leg(day["current_city"])
    lower = text.lower()
    if "flight number" in lower:
        if start is None or end is None:
            raise TypeError("no cities for the flight")
        between = (without_state(start), without_state(end))
        return any(
            (f.origin, f.destination) == between for f in database.flights.numbered(flight_number(text), *between)
        )
    for mode in ("self-driving", "taxi"):
        if mode in lower:
            if start is None or end is None:
                return False
            return database.road_cost(without_state(start), without_state(end), mode) is not None
    return True


def not_absent(query: Query, plan: Any, database: Database) -> str | None:
    """Check that days, cities and fields are all there and at least half of them filled."""
    days = looked_at(query, plan)
    if sum(day != {} and day["current_city"] != NO_MORE_DAYS for day in days) != query["days"]:
        return f"the plan does not have {query['days']} days"
    if reason := _visiting_city_number(query, days):
        return reason
    valid = 0
    for number, day in enumerate(days, 1):
        if reason := _absent_on_day(day, is_last=number == query["days"]):
            return f"day {number} {reason}"
        valid += sum(bool(day[key]) and day[key] != "-" for key in day)  # counts "days" and "current_city" too
    return "less than half of the fields are filled" if valid / (6 * query["days"]) < 0.5 else None


def _visiting_city_number(query: Query, days: list[Any]) -> str | None:
    cities: set[str] = set()
    for index, day in enumerate(days):
        current = day["current_city"]
        if "from" not in current:
            cities.add(without_state(current))
            continue
        start, end = leg_cities(current)
        if index == 0 and start != query["org"]:
            return f"day 1 does not start in {query['org']}"
        cities |= {start, end}
    cities.discard(query["org"])
    wanted = query["visiting_city_number"]
    return None if len(cities) == wanted else f"the plan does not visit {wanted} cities"


def _absent_on_day(day: Mapping[str, Any], *, is_last: bool) -> str | None:
    """Return what a day lacks. Quirk: None passes as filled here, only "" and "-" do not."""
    for key in ("transportation", "breakfast", "lunch", "dinner", "attraction", "accommodation"):
        if key not in day:
            return f"has no {key} field"
    current = day["current_city"]
    leaves = "from " in current
    if (leaves or "to " in current) and day["transportation"] in ("", "-"):
        return "has no transportation"
    if not leaves and " to " not in current and day["attraction"] in ("", "-"):
        return "has no attraction"
    if not is_last and day["accommodation"] in ("", "-"):
        return "has no accommodation"
    if not leaves and any(day[meal] in ("", "-") for meal in MEALS):
        return "lacks a meal"
    return None


COMMONSENSE: Mapping[str, Check] = {
    "is_reasonable_visiting_city": reasonable_visiting_city,
    "is_valid_restaurants": valid_restaurants,
    "is_valid_attractions": valid_attractions,
    "is_valid_accommodation": valid_accommodation,
    "is_valid_transportation": valid_transportation,
    "is_valid_information_in_current_city": information_in_current_city,
    "is_valid_information_in_sandbox": information_in_sandbox,
    "is_not_absent": not_absent,
}
"""Official names, in the official order."""
