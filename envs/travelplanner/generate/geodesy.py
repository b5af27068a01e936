"""Air miles and clocks of the official cities, from the official tables (``docs/spec/travelplanner.md §9.3``)."""

import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median

from envs.travelplanner.database import Attraction, Database

EARTH_RADIUS_MILES = 3958.8
_MILES_PER_KM = 0.6214
AIR_PER_ROAD = 0.85
"""Median of recorded air miles over road miles (quartiles 0.81 and 0.90 over 59 pairs)."""
_PLAUSIBLE_DETOURS = (0.95, 2.0)
"""Road over straight line outside this band: one of the two means another town of that name."""

_STANDARD_HOURS: Mapping[str, int] = {
    **dict.fromkeys(("Alabama", "Arkansas", "Illinois", "Iowa", "Kansas", "Louisiana", "Minnesota", "Mississippi"), 1),
    **dict.fromkeys(("Missouri", "Nebraska", "North Dakota", "Oklahoma", "South Dakota", "Tennessee", "Texas"), 1),
    "Wisconsin": 1,
    **dict.fromkeys(("Arizona", "Colorado", "Idaho", "Montana", "New Mexico", "Utah", "Wyoming"), 2),
    **dict.fromkeys(("California", "Nevada", "Oregon", "Washington"), 3),
    "Alaska": 4,
    "Hawaii": 5,
    **dict.fromkeys(("Aguadilla", "Ponce", "San Juan", "St. Croix", "St. Thomas"), -1),
    "Eastern District": 6,
    "Saipan": -15,
}
"""State, as the tables call it → hours behind Eastern Standard Time; other states keep it."""
_STANDARD_HOURS_OF_CITIES: Mapping[str, int] = {
    **dict.fromkeys(("Bristol", "Chattanooga", "Knoxville"), 0),
    **dict.fromkeys(("Aberdeen", "Alexandria", "Birmingham", "Fayetteville", "Victoria", "Waterloo"), 1),
    **dict.fromkeys(
        ("Evansville", "Iron Mountain", "Owensboro", "Paducah", "Panama City", "Pensacola", "Valparaiso"), 1
    ),
    **dict.fromkeys(("El Paso", "Rapid City", "Scottsbluff"), 2),
    **dict.fromkeys(("Lewiston", "Ontario"), 3),
}
"""Cities on another clock than their state, or that the tables put in a state of the same name abroad."""
_ALWAYS_STANDARD = frozenset(
    {"Arizona", "Hawaii", "Aguadilla", "Ponce", "San Juan", "St. Croix", "St. Thomas", "Eastern District", "Saipan"}
)
_SUMMER_TIME = datetime.date(2022, 3, 13)


class Geodesy:
    """How far apart the cities of a database lie, and what their clocks say."""

    def __init__(self, database: Database) -> None:
        self._roads = database.roads
        self._state_of = database.state_of
        self._centres = _centres(database)

    def miles(self, origin: str, destination: str) -> float | None:
        """Return the air miles between two cities; None where the tables say too little.

        The great circle between the medians of their attractions; by road where that contradicts the distance table.
        """
        straight = self._great_circle(origin, destination)
        road = self._road_miles(origin, destination) or self._road_miles(destination, origin)
        if road is None:
            return straight
        low, high = _PLAUSIBLE_DETOURS
        return straight if straight and low <= road / straight <= high else road * AIR_PER_ROAD

    def minutes_ahead(self, origin: str, destination: str, date: datetime.date) -> int:
        """Return how many minutes the clock of ``destination`` is ahead of that of ``origin``."""
        return 60 * (self._hours_behind(origin, date) - self._hours_behind(destination, date))

    def _hours_behind(self, city: str, date: datetime.date) -> int:
        state = self._state_of.get(city, "")
        hours = _STANDARD_HOURS_OF_CITIES.get(city, _STANDARD_HOURS.get(state, 0))
        return hours + (state in _ALWAYS_STANDARD and date >= _SUMMER_TIME)

    def _road_miles(self, origin: str, destination: str) -> float | None:
        road = self._roads.get((origin, destination))
        try:
            return None if road is None else road.kilometres() * _MILES_PER_KM or None
        except ValueError:  # nothing said, or metres: one town
            return None

    def _great_circle(self, origin: str, destination: str) -> float | None:
        if origin not in self._centres or destination not in self._centres:
            return None
        (north, east), (other_north, other_east) = self._centres[origin], self._centres[destination]
        half = [math.sin(math.radians(b - a) / 2) ** 2 for a, b in ((north, other_north), (east, other_east))]
        chord = half[0] + math.cos(math.radians(north)) * math.cos(math.radians(other_north)) * half[1]
        return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(min(1.0, chord)))


def _centres(database: Database) -> dict[str, tuple[float, float]]:
    """Return city → (latitude, longitude): the median of its attractions, else of those of its state."""
    by_state: dict[str, list[Attraction]] = defaultdict(list)
    for city, rows in database.attractions.items():
        by_state[database.state_of.get(city, "")] += rows
    places = {city: database.attractions.get(city) or by_state[state] for city, state in database.state_of.items()}
    return {city: _middle(rows) for city, rows in places.items() if rows}


def _middle(rows: Iterable[Attraction]) -> tuple[float, float]:
    rows = list(rows)
    return median(row.latitude for row in rows), median(row.longitude for row in rows)
