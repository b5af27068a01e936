"""The cheapest legal plan of a route, in the style of the gold plans (``docs/spec/travelplanner.md §9.2``).

Used to generate solvable queries with a budget, and as the hidden answer. The agent never sees it.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from envs.travelplanner import tools
from envs.travelplanner.database import Attraction, Database, Flight, Hotel, Restaurant
from envs.travelplanner.evaluate.hard import PEOPLE_A_CAR, PEOPLE_A_TAXI, room_fits
from envs.travelplanner.plan_text import Day
from envs.travelplanner.record import local_constraint

NIGHTS = 2
"""Nights in each city: moves are on days 1, 3, 5 and 7."""
MEALS_A_CITY = 5
"""Dinner on arrival, three meals on the day between, breakfast on the day of leaving."""
_SIGHTS_ON_STAY, _SIGHTS_ON_MOVE = 2, 1


class OraclePlan(NamedTuple):
    """A legal plan and its dollars for everyone."""

    plan: list[Day]
    cost: float


class _Ride(NamedTuple):
    text: str
    cost: float


def cheapest_plan(query: Mapping[str, Any], route: Sequence[str], database: Database) -> OraclePlan | None:
    """Return the cheapest legal plan that visits the cities of ``route`` in order; None when there is none."""
    wishes, people = local_constraint(query), query["people_number"]
    rides = _rides(query, [query["org"], *route, query["org"]], database, wishes.get("transportation"), people)
    hotels = [_hotel(database.hotels.get(city, ()), wishes, people) for city in route]
    meals = _meals([database.restaurants.get(city, ()) for city in route], wishes.get("cuisine") or [])
    sights = [database.attractions.get(city, ()) for city in route]
    if rides is None or meals is None or any(len(s) < _SIGHTS_ON_STAY + _SIGHTS_ON_MOVE for s in sights):
        return None
    stays = [hotel for hotel in hotels if hotel is not None]
    if len(stays) < len(route):
        return None
    cost = sum(ride.cost for ride in rides) + sum(NIGHTS * _night(hotel, people) for hotel in stays)
    cost += people * sum(restaurant.cost for city_meals in meals for restaurant in city_meals)
    return OraclePlan(_days([query["org"], *route, query["org"]], rides, stays, meals, sights), cost)


def _night(hotel: Hotel, people: int) -> float:
    return hotel.price * math.ceil(people / hotel.maximum_occupancy)


def _hotel(hotels: Sequence[Hotel], wishes: Mapping[str, Any], people: int) -> Hotel | None:
    rule, room = wishes.get("house rule"), wishes.get("room type")
    legal = [
        hotel
        for hotel in hotels
        if hotel.minimum_nights <= NIGHTS
        and "\n" not in hotel.name  # a name on two lines cannot be written in a plan
        and (rule is None or f"No {rule}" not in hotel.house_rules)
        and (room is None or room_fits(room, hotel.room_type))
    ]
    return min(legal, key=lambda hotel: _night(hotel, people), default=None)


def _rides(
    query: Mapping[str, Any], stops: Sequence[str], database: Database, wish: str | None, people: int
) -> list[_Ride] | None:
    """Return the cheaper of: own car on every leg; on each leg a flight or a taxi."""
    legs = list(itertools.pairwise(stops))
    dates = [query["date"][NIGHTS * index] for index in range(len(legs))]
    choices = []
    if wish != "no self-driving":
        choices.append([_road(database, *leg, "self-driving", people, PEOPLE_A_CAR) for leg in legs])
    choices.append([_hired(database, *leg, date, people, wish) for leg, date in zip(legs, dates, strict=True)])
    possible = [[ride for ride in rides if ride is not None] for rides in choices if None not in rides]
    return min(possible, key=lambda rides: sum(ride.cost for ride in rides), default=None)


def _road(database: Database, start: str, end: str, mode: str, people: int, seats: int) -> _Ride | None:
    cost = database.road_cost(start, end, mode)
    if cost is None:
        return None
    text = tools.distance_matrix(database, start, end, mode)
    return _Ride(text[0].upper() + text[1:], cost * math.ceil(people / seats))


def _hired(database: Database, start: str, end: str, date: str, people: int, wish: str | None) -> _Ride | None:
    rides = [_road(database, start, end, "taxi", people, PEOPLE_A_TAXI)]
    flights = [] if wish == "no flight" else database.flights.search(start, end, date)
    if flights:
        flight = min(flights, key=lambda flight: flight.price)
        rides.append(_Ride(flight_text(flight), flight.price * people))
    return min((ride for ride in rides if ride is not None), key=lambda ride: ride.cost, default=None)


def flight_text(flight: Flight) -> str:
    """Return a flight as plans write it (``docs/spec/travelplanner.md §5``)."""
    return (
        f"Flight Number: {flight.number}, from {flight.origin} to {flight.destination},"
        f" Departure Time: {flight.departure}, Arrival Time: {flight.arrival}"
    )


def _meals(cities: Sequence[Sequence[Restaurant]], wanted: Sequence[str]) -> list[list[Restaurant]] | None:
    """Return five restaurants a city that serve every wanted cuisine: greedy cover first, then the cheapest."""
    chosen: list[list[Restaurant]] = [[] for _ in cities]
    missing = set(wanted)
    while missing:
        offers = [
            (restaurant.cost / len(served), index, restaurant)
            for index, restaurants in enumerate(cities)
            if len(chosen[index]) < MEALS_A_CITY
            for restaurant in restaurants
            if (served := {cuisine for cuisine in missing if cuisine in restaurant.cuisines})
        ]
        if not offers:
            return None
        _, index, restaurant = min(offers)
        chosen[index].append(restaurant)
        missing -= {cuisine for cuisine in missing if cuisine in restaurant.cuisines}
    for restaurants, picked in zip(cities, chosen, strict=True):
        rest = sorted((r for r in restaurants if r not in picked), key=lambda r: r.cost)
        picked += rest[: MEALS_A_CITY - len(picked)]
    return chosen if all(len(picked) == MEALS_A_CITY for picked in chosen) else None


def _days(
    stops: Sequence[str],
    rides: Sequence[_Ride],
    hotels: Sequence[Hotel],
    meals: Sequence[Sequence[Restaurant]],
    sights: Sequence[Sequence[Attraction]],
) -> list[Day]:
    """Return the day objects: a travel day, then a stay day, for each city, and the way home."""
    days: list[Day] = []
    last_breakfast = "-"
    for index, city in enumerate(stops[1:-1]):
        arrival, breakfast, lunch, dinner, leaving = map(_place, meals[index])
        hotel = _place(hotels[index])
        on_arrival = sights[index][_SIGHTS_ON_STAY:][:_SIGHTS_ON_MOVE] if index > 0 else ()
        travel = _travel_day(stops, index, rides) | {
            "breakfast": last_breakfast,
            "attraction": _sights(on_arrival) or "-",
            "dinner": arrival,
            "accommodation": hotel,
        }
        stay = {
            "current_city": city,
            "transportation": "-",
            "breakfast": breakfast,
            "attraction": _sights(sights[index][:_SIGHTS_ON_STAY]),
            "lunch": lunch,
            "dinner": dinner,
            "accommodation": hotel,
        }
        last_breakfast = leaving
        days += [travel, stay]
    days.append(_travel_day(stops, len(stops) - 2, rides) | {"breakfast": last_breakfast})
    return [{"days": number, **day} for number, day in enumerate(days, 1)]


def _travel_day(stops: Sequence[str], index: int, rides: Sequence[_Ride]) -> Day:
    return {
        "current_city": f"from {stops[index]} to {stops[index + 1]}",
        "transportation": rides[index].text,
        **dict.fromkeys(("breakfast", "attraction", "lunch", "dinner", "accommodation"), "-"),
    }


def _place(place: Hotel | Restaurant) -> str:
    return f"{place.name.strip()}, {place.city}"


def _sights(sights: Sequence[Attraction]) -> str:
    return "".join(f"{sight.name}, {sight.city};" for sight in sights)
