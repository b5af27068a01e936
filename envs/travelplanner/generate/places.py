"""Hotels, restaurants and attractions of a city (``docs/spec/travelplanner.md §9.1``)."""

import random
from typing import TypeVar

from envs.travelplanner.database import Attraction, Hotel, Restaurant
from envs.travelplanner.generate.geography import City
from envs.travelplanner.generate.names import address, attraction_name, distinct, hotel_name, restaurant_name

T = TypeVar("T")

RULES = ("smoking", "parties", "children under 10", "visitors", "pets")
CUISINES = ("Chinese", "American", "Italian", "Mexican", "Indian", "Mediterranean", "French")
_OTHER_FOOD = ("Tea", "BBQ", "Seafood", "Cafe", "Desserts", "Pizza", "Fast Food", "Bakery")
_NIGHTS = {1: 0.244, 2: 0.248, 3: 0.158, 4: 0.08, 30: 0.075, 5: 0.054, 7: 0.046, 6: 0.035, 10: 0.03, 14: 0.02, 31: 0.01}
_REVIEWS = {1: 0.11, 2: 0.22, 3: 0.22, 4: 0.22, 5: 0.23}
_NO_RULES_GIVEN = 0.14
"""Share of raw hotel rows without house rules: they vanish when the table is read."""
_TWO_LINE_NAME = "Walk everywhere!\nQuiet Flat with Balcony"


def draw_hotels(rng: random.Random, city: City, *, with_two_line_name: bool) -> list[Hotel]:
    """Return 4-32 hotels (mean 12). Rows without house rules have the empty text there."""
    count = min(32, max(4, round(rng.gauss(12, 4))))
    names = distinct(rng, count, lambda: hotel_name(rng))
    if with_two_line_name:
        names[-1] = _TWO_LINE_NAME
    return [_hotel(rng, name, city.name) for name in names]


def _hotel(rng: random.Random, name: str, city: str) -> Hotel:
    price = rng.randint(50, 1200)
    room_type = _weighted(rng, {"Entire home/apt": 0.522, "Private room": 0.455, "Shared room": 0.023})
    occupancy = {"Shared room": 1, "Private room": rng.randint(1, 2)}.get(
        room_type, rng.randint(2, max(3, price // 100))
    )
    rules = "" if rng.random() < _NO_RULES_GIVEN else _rules(rng)
    nights, review = _weighted(rng, _NIGHTS), _weighted(rng, _REVIEWS)
    return Hotel(name, float(price), room_type, rules, float(nights), occupancy, float(review), city)


def _rules(rng: random.Random) -> str:
    count = _weighted(rng, {1: 0.50, 2: 0.33, 3: 0.17})
    return " & ".join(f"No {rule}" for rule in rng.sample(RULES, count))


def draw_restaurants(rng: random.Random, city: City) -> list[Restaurant]:
    """Return 16-65 restaurants (mean 30)."""
    count = min(65, max(16, round(rng.gauss(30, 5))))
    return [
        Restaurant(name, rng.randint(10, 100), _cuisines(rng), _rating(rng), city.name)
        for name in distinct(rng, count, lambda: restaurant_name(rng))
    ]


def _cuisines(rng: random.Random) -> str:
    foods = rng.sample(_OTHER_FOOD, rng.randint(2, 4)) + rng.sample(
        CUISINES, _weighted(rng, {0: 0.25, 1: 0.5, 2: 0.25})
    )
    rng.shuffle(foods)
    return ", ".join(foods)


def _rating(rng: random.Random) -> float:
    return 0.0 if rng.random() < 0.22 else round(min(4.9, max(1.8, rng.gauss(3.4, 0.45))), 1)


def draw_attractions(rng: random.Random, city: City) -> list[Attraction]:
    """Return 20 attractions, fewer (8-19) in a fifth of the cities."""
    count = 20 if rng.random() < 0.8 else rng.randint(8, 19)
    attractions = []
    for name in distinct(rng, count, lambda: attraction_name(rng)):
        latitude = round(30 + city.y / 111 + rng.gauss(0, 0.02), 7)
        longitude = round(-110 + city.x / 90 + rng.gauss(0, 0.02), 7)
        phone = f"({rng.randint(200, 989)}) {rng.randint(200, 999)}-{rng.randint(0, 9999):04d}"
        website = f"https://www.{name.lower().replace(' ', '').replace(chr(39), '')}.example/"
        where = address(rng, city.name, city.state)
        attractions.append(Attraction(name, latitude, longitude, where, phone, website, city.name))
    return attractions


def _weighted(rng: random.Random, weights: dict[T, float]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]
