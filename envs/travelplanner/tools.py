"""The six search tools: arguments in, the text that the official tool prints out.

See ``docs/spec/travelplanner.md §3``.
"""

from collections.abc import Sequence
from typing import NamedTuple

from envs.travelplanner.database import Database
from envs.travelplanner.fields import without_state
from envs.travelplanner.table_text import table_text


def flight_search(database: Database, origin: str, destination: str, date: str) -> str:
    """Return the table of flights of one pair and day, or the sentence that there is none."""
    flights = database.flights.search(origin, destination, date)
    return table_text(flights) if flights else f"There is no flight from {origin} to {destination} on {date}."


def attraction_search(database: Database, city: str) -> str:
    """Return the table of a city's attractions, or the sentence that there is none."""
    return _city_table(database.attractions.get(city, ()), "attraction")


def accommodation_search(database: Database, city: str) -> str:
    """Return the table of a city's hotels; without any, the official sentence speaks of attractions."""
    return _city_table(database.hotels.get(city, ()), "attraction")


def restaurant_search(database: Database, city: str) -> str:
    """Return the table of a city's restaurants, or the sentence that there is none."""
    return _city_table(database.restaurants.get(city, ()), "restaurant")


def _city_table(rows: Sequence[NamedTuple], kind: str) -> str:
    return table_text(rows) if rows else f"There is no {kind} in this city."


def city_search(database: Database, state: str) -> str:
    """Return the list of a state's cities in file order, or "Invalid State"."""
    cities = database.cities_in.get(state)
    return str(list(cities)) if cities else "Invalid State"


def distance_matrix(database: Database, origin: str, destination: str, mode: str) -> str:
    """Return the road between two cities with the cost of ``mode``; ValueError when its distance is unreadable."""
    origin, destination = without_state(origin), without_state(destination)
    road = database.roads.get((origin, destination))
    if road is None:
        return f"{mode}, from {origin} to {destination}, no valid information."
    if not road.known:
        return "No valid information."
    cost = road.cost(mode)
    if "day" in (road.duration or ""):
        return "No valid information."
    return f"{mode}, from {origin} to {destination}, duration: {road.duration}, distance: {road.distance}, cost: {cost}"
