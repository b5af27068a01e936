"""What sole-planning mode hands out instead of tools: the tables of a route (``docs/spec/travelplanner.md §4``)."""

from collections.abc import Mapping, Sequence
from typing import Any

from envs.travelplanner import tools
from envs.travelplanner.database import Database
from envs.travelplanner.fields import is_filled, leg_cities
from envs.travelplanner.plan_text import Day


def route_legs(query: Mapping[str, Any], gold: Sequence[Day]) -> list[tuple[str, str, str]]:
    """Return (origin, destination, date) of the journeys of a gold plan."""
    return [
        (*leg_cities(day["transportation"]), date)
        for day, date in zip(gold, query["date"], strict=False)
        if is_filled(day["transportation"])
    ]


def reference_information(query: Mapping[str, Any], gold: Sequence[Day], database: Database) -> list[dict[str, str]]:
    """Return the entries of the route that the gold plan takes: places of each city, then means of each leg.

    As in the release, the route is given and the choice within it is open.
    """
    legs = route_legs(query, gold)
    entries = []
    for _, city, _ in legs[:-1]:
        entries.append((f"Attractions in {city}", tools.attraction_search(database, city)))
        entries.append((f"Restaurants in {city}", tools.restaurant_search(database, city)))
        entries.append((f"Accommodations in {city}", tools.accommodation_search(database, city)))
    for start, end, date in legs:
        entries.append((f"Flight from {start} to {end} on {date}", tools.flight_search(database, start, end, date)))
        for mode in ("Self-driving", "Taxi"):
            road = tools.distance_matrix(database, start, end, mode.lower())
            entries.append((f"{mode} from {start} to {end}", road))
    return [{"Description": description, "Content": content} for description, content in entries]
