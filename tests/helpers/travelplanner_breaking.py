"""Ways to break a good plan: for each constraint, variants that should fail it (and, the best of them, only it)."""

import copy
from collections.abc import Iterator
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.hard import room_fits, total_cost
from envs.travelplanner.fields import MEALS, is_filled, leg_cities, name_and_city, without_state

Query = dict[str, Any]
Plan = list[dict[str, Any]]
Variant = tuple[Query, Plan]


def changed(plan: Plan, *changes: tuple[int, str, Any]) -> Plan:
    plan = copy.deepcopy(plan)
    for index, key, value in changes:
        plan[index][key] = value
    return plan


def meals(plan: Plan) -> list[tuple[int, str]]:
    return [(index, meal) for index, day in enumerate(plan) for meal in MEALS if is_filled(day[meal])]


def stays(plan: Plan) -> list[int]:
    return [index for index, day in enumerate(plan) if "from" not in day["current_city"]]


def other_hotels(plan: Plan, database: Database) -> Iterator[tuple[Plan, Any]]:
    """Yield the plan with each hotel of a city in place of the chosen one, for each chosen one."""
    for chosen in dict.fromkeys(day["accommodation"] for day in plan if is_filled(day["accommodation"])):
        city = name_and_city(chosen)[1]
        suffix = chosen.rpartition(",")[2].strip()
        for hotel in database.hotels[city]:
            text = f"{hotel.name.strip()}, {suffix}"
            if "\n" not in hotel.name and database.hotels.matching(*name_and_city(text))[:1] == [hotel]:
                places = [(i, "accommodation", text) for i, day in enumerate(plan) if day["accommodation"] == chosen]
                yield changed(plan, *places), hotel


def visiting_city(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    start, end = leg_cities(plan[-1]["current_city"])
    yield query, changed(plan, (len(plan) - 1, "current_city", f"from {end} to {start}"))
    if query["days"] > 3:
        yield {**query, "dest": "Atlantis"}, plan


def restaurants(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for index, meal in meals(plan):
        for other, other_meal in meals(plan):
            if (index, meal) != (other, other_meal):
                yield query, changed(plan, (other, other_meal, plan[index][meal]))


def attractions(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for index, day in enumerate(plan):
        if is_filled(day["attraction"]):
            yield query, changed(plan, (index, "attraction", day["attraction"] + day["attraction"].split(";")[0] + ";"))


def minimum_nights(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for variant, hotel in other_hotels(plan, database):
        if hotel.minimum_nights > query["days"] and len(database.hotels.matching(hotel.name, hotel.city)) == 1:
            yield query, variant


def mixed_transport(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for index, day in enumerate(plan):
        if is_filled(day["transportation"]):
            start, end = leg_cities(day["transportation"])
            for kind in ("Taxi", "Self-driving"):
                others = [
                    d["transportation"] for i, d in enumerate(plan) if i != index and is_filled(d["transportation"])
                ]
                conflict = any(("Self-driving" in other) != (kind == "Self-driving") for other in others)
                if conflict and database.road_cost(start, end, kind.lower()) is not None:
                    yield query, changed(plan, (index, "transportation", f"{kind}, from {day['current_city'][5:]}"))


def other_city(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    days = [index for index, day in enumerate(plan) if "from" in day["current_city"]]
    used = {without_state(name) for day in plan for name in (day["current_city"],)}
    for index, meal in meals(plan):
        if index in days:
            here = leg_cities(plan[index]["current_city"])
            for city in list(database.restaurants)[:12]:
                for restaurant in database.restaurants[city][:6]:
                    text = f"{restaurant.name.strip()}, {city}"
                    if city not in used and not any(place in text for place in here):
                        yield query, changed(plan, (index, meal, text))


def sandbox(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for index, meal in meals(plan):
        city = plan[index][meal].rpartition(",")[2].strip()
        yield query, changed(plan, (index, meal, f"Nowhere to be found, {city}"))
    for index, day in enumerate(plan):
        if day["transportation"].startswith("Flight"):
            text = (
                "Flight Number: F0000000"
                + day["transportation"].partition(",")[1]
                + day["transportation"].partition(",")[2]
            )
            yield query, changed(plan, (index, "transportation", text))


def absent(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for index in stays(plan):
        for key in ("lunch", "accommodation"):
            yield query, changed(plan, (index, key, "-"))


def cost(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    yield {**query, "budget": total_cost(query, plan, database) - 1}, plan


def cuisine(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    for wanted in query["local_constraint"]["cuisine"] or ():
        taken = {plan[index][meal] for index, meal in meals(plan)}
        variant, done = copy.deepcopy(plan), True
        for index, meal in meals(plan):
            name, city = name_and_city(plan[index][meal])
            if wanted in database.restaurants.matching(name, city)[0].cuisines:
                suffix = plan[index][meal].rpartition(",")[2].strip()
                free = [
                    f"{restaurant.name.strip()}, {suffix}"
                    for restaurant in database.restaurants[city]
                    if wanted not in restaurant.cuisines and f"{restaurant.name.strip()}, {suffix}" not in taken
                ]
                done = done and bool(free)
                if free:
                    variant[index][meal] = free[0]
                    taken.add(free[0])
        if done:
            yield query, variant


def room_rule(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    if wish := query["local_constraint"]["house rule"]:
        yield from ((query, v) for v, hotel in other_hotels(plan, database) if f"No {wish}" in hotel.house_rules)


def room_type(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    if wish := query["local_constraint"]["room type"]:
        yield from ((query, v) for v, hotel in other_hotels(plan, database) if not room_fits(wish, hotel.room_type))


def unwanted_transport(query: Query, plan: Plan, database: Database) -> Iterator[Variant]:
    """Name the unwanted means beside the real one: the official check looks for the word.

    See ``docs/spec/travelplanner.md §6``.
    """
    unwanted = {"no flight": "Flight", "no self-driving": "Self-driving"}.get(
        query["local_constraint"]["transportation"]
    )
    for index, day in enumerate(plan):
        if unwanted and is_filled(day["transportation"]) and "Flight Number" not in day["transportation"]:
            yield query, changed(plan, (index, "transportation", f"{day['transportation']}, no {unwanted}"))


BREAKERS = {
    "is_reasonable_visiting_city": visiting_city,
    "is_valid_restaurants": restaurants,
    "is_valid_attractions": attractions,
    "is_valid_accommodation": minimum_nights,
    "is_valid_transportation": mixed_transport,
    "is_valid_information_in_current_city": other_city,
    "is_valid_information_in_sandbox": sandbox,
    "is_not_absent": absent,
    "valid_cost": cost,
    "valid_room_rule": room_rule,
    "valid_cuisine": cuisine,
    "valid_room_type": room_type,
    "valid_transportation": unwanted_transport,
}
