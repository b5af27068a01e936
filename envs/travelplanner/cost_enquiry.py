"""``CostEnquiry[…]``: what a one-day plan costs, names matched exactly (``docs/spec/travelplanner.md §4``)."""

import ast
import math
from collections.abc import Mapping
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.hard import PEOPLE_A_CAR, PEOPLE_A_TAXI, road_cost
from envs.travelplanner.fields import MEALS, filled, flight_number, leg, name_and_city, without_state

UNREADABLE = "The sub plan can not be parsed into json format, please check."
NOT_A_DAY = f"{UNREADABLE} Only one day plan is supported."
# The spelling of the official replies, mistakes included.
BAD_FLIGHT = "The filght information is not valid"
BAD_ROAD = "The transporation information is not valid, please check."
NO_CITIES = f"{BAD_ROAD} You have to make sure there are two cities (from A to B) in your transportation plan."
BAD_MEAL = {"breakfast": "breakfase", "lunch": "lunch", "dinner": "dinner"}


def cost_enquiry(database: Database, argument: str) -> str:
    """Return the observation for a one-day plan written as a dictionary with ``people_number``."""
    try:
        day = ast.literal_eval(argument)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return UNREADABLE
    if not isinstance(day, dict):
        return NOT_A_DAY
    try:
        return f"Cost: {_reply(database, day)}"
    except (KeyError, TypeError, AttributeError):  # no people_number, or fields that are not text
        return UNREADABLE


def _reply(database: Database, day: Mapping[str, Any]) -> str:
    people = day["people_number"]
    problems: list[str] = []
    total = _transport(database, day, people, problems)
    for meal in MEALS:
        if text := filled(day, meal):
            name, city = name_and_city(text)
            restaurants = [row for row in database.restaurants.get(city, ()) if row.name == name]
            if restaurants:
                total += restaurants[0].cost * people
            elif "-" not in (name, city):  # what cannot be parsed is skipped silently
                problems.append(f"The {BAD_MEAL[meal]} information is not valid, please check.")
    if text := filled(day, "accommodation"):
        name, city = name_and_city(text)
        hotels = [row for row in database.hotels.get(city, ()) if row.name == name]
        if hotels:
            total += hotels[0].price * math.ceil(people / hotels[0].maximum_occupancy)
        elif "-" not in (name, city):
            problems.append("The accommodation information is not valid, please check.")
    if not problems:
        return f"The cost of your plan is {total} dollars."
    reasons = "".join(f"{number}. {problem} \t" for number, problem in enumerate(problems, 1))
    return f"Sorry, the cost of your plan is not available because of the following reasons:{reasons}"


def _transport(database: Database, day: Mapping[str, Any], people: int, problems: list[str]) -> float:
    text = filled(day, "transportation")
    if text is None:
        return 0
    start, end = leg(text)
    if start is None or end is None:
        start, end = leg(day["current_city"])
    lower = text.lower()
    if "flight number" in lower:
        try:
            between = [None if city is None else without_state(city) for city in (start, end)]
            return database.flights.numbered(flight_number(text), *between)[0].price * people
        except IndexError:
            problems.append(BAD_FLIGHT)
            return 0
    for mode, seats in (("self-driving", PEOPLE_A_CAR), ("taxi", PEOPLE_A_TAXI)):
        if mode in lower:
            if start is None or end is None:
                problems.append(NO_CITIES)
                return 0
            try:
                return road_cost(database, start, end, mode) * math.ceil(people / seats)
            except TypeError:
                problems.append(BAD_ROAD)
                return 0
    return 0
