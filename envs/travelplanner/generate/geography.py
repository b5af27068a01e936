"""States, cities and roads (``docs/spec/travelplanner.md §9.1``)."""

import math
import random
from typing import NamedTuple

from envs.travelplanner.database import Road
from envs.travelplanner.generate.names import STATES, city_names

ROAD_PER_EUCLID = 1.22
"""Roads are longer than the straight line."""
MILES_PER_KM = 0.62
_SPEEDS = ((100, 79), (300, 96), (700, 103), (1500, 107), (math.inf, 109))
"""Up to so many kilometres, so many km/h."""


class City(NamedTuple):
    """A city on the plane; coordinates in kilometres."""

    name: str
    state: str
    x: float
    y: float


def draw_cities(rng: random.Random) -> list[City]:
    """Return 12 states of 4-7 cities, scattered around the centres of a 700 × 600 km grid."""
    sizes = [rng.randint(4, 7) for _ in STATES]
    names = iter(city_names(rng, sum(sizes)))
    cities = []
    for index, (state, size) in enumerate(zip(STATES, sizes, strict=True)):
        centre_x = 700 * (index % 4) + rng.uniform(-80, 80)
        centre_y = 600 * (index // 4) + rng.uniform(-80, 80)
        for _ in range(size):
            x, y = centre_x + rng.gauss(0, 130), centre_y + rng.gauss(0, 130)
            cities.append(City(next(names), state, round(x, 1), round(y, 1)))
    return cities


def kilometres(start: City, end: City) -> float:
    """Return the road distance before the noise of the road table."""
    return math.hypot(start.x - end.x, start.y - end.y) * ROAD_PER_EUCLID


def draw_roads(rng: random.Random, cities: list[City]) -> dict[tuple[str, str], Road]:
    """Return the road of every ordered pair; 9 % say nothing, 2 % of the pairs inside a state are missing."""
    roads = {}
    for start in cities:
        for end in cities:
            if start is end or (start.state == end.state and rng.random() < 0.02):
                continue
            km = max(kilometres(start, end) * rng.uniform(0.99, 1.01), 1.0)
            known = rng.random() >= 0.09
            roads[start.name, end.name] = Road(_duration(km), _distance(km)) if known else Road(None, None)
    return roads


def _distance(km: float) -> str:
    return f"{km:.1f} km" if km < 100 else f"{km:,.0f} km"


def _duration(km: float) -> str:
    speed = next(speed for limit, speed in _SPEEDS if km < limit)
    minutes = max(1, round(60 * km / speed))
    hours, minutes = divmod(minutes, 60)
    days, rest = divmod(hours, 24)
    if days:
        return f"{_count(days, 'day')} {_count(rest, 'hour')}" if rest else _count(days, "day")
    if hours:
        return f"{_count(hours, 'hour')} {_count(minutes, 'min')}" if minutes else _count(hours, "hour")
    return _count(minutes, "min")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
