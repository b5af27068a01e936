"""Gold plans turned into episodes: the calls that gather what the plan cites, then the plan, day by day.

Where a call that suggests itself leads nowhere (no road to a city, no flight that day), it is made first, as somebody
would who does not know the plan yet: what to do then can only be learned from episodes in which it happened.
The calls are played in the environment, so every observation is the environment's own.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from envs.travelplanner import tools
from envs.travelplanner.database import Database
from envs.travelplanner.env import SolePlanningEnv, TravelEnv
from envs.travelplanner.fields import (
    MEALS,
    flight_number,
    is_filled,
    leg_cities,
    name_and_city,
    pieces,
    transport_class,
    without_state,
)
from envs.travelplanner.oracle import flight_text
from envs.travelplanner.plan_text import Day, day_command
from envs.travelplanner.table_reading import one_line
from macla.benchmarks.trajectory import Outcome, Step, Trajectory

_NOTED = {"Flight": "Flights", "Self-driving": "Self-driving", "Taxi": "Taxi"}
PLANNER_CALL = "Planner[Write the plan from the notebook.]"
_SEARCHES = {
    "AccommodationSearch": "Accommodations",
    "RestaurantSearch": "Restaurants",
    "AttractionSearch": "Attractions",
}


def expert_trajectory(env: TravelEnv, gold: Sequence[Day], task_id: str) -> Trajectory:
    """Return the episode of a gold plan; its outcome is what the evaluator says of it."""
    first, info = env.reset()
    plan = [as_observed(day, env.database) for day in gold]
    calls: list[str] = []
    if not isinstance(env, SolePlanningEnv):
        calls = gathering_calls(env.query, plan, env.database, env.limits.steps)
    steps = []
    for action in [*calls, *map(day_command, plan)]:
        observation, reward, terminated, truncated, info = env.step(action)
        steps.append(Step(action=action, observation=observation, reward=reward))
        if terminated or truncated:
            break
    return Trajectory(
        task_id=task_id,
        task=info["task"],
        task_type=info["task_type"],
        first_observation=first,
        steps=tuple(steps),
        outcome=Outcome.SUCCESS if info["success"] else Outcome.FAILURE,
        score=info["score"],
    )


class _Leg(NamedTuple):
    """One journey of a plan."""

    kind: str
    """Flight, Self-driving or Taxi."""
    start: str
    end: str
    date: str


def gathering_calls(
    query: Mapping[str, Any], plan: Sequence[Day], database: Database, limit: int = sys.maxsize
) -> list[str]:
    """Return the tool calls for a plan: cities of the state, the means of each leg, each city's places, the planner.

    What was tried in vain is left out, from the end on, where there would be more than ``limit`` calls.
    """
    kinds = [(transport_class(day["transportation"]), day) for day in plan]
    legs = [
        _Leg(kind, *leg_cities(day["transportation"]), date)
        for (kind, day), date in zip(kinds, query["date"], strict=False)
        if kind is not None
    ]
    vain = _vain_calls(query, legs, database)
    calls = [*_needed_calls(query, plan, legs)]
    room = max(0, limit - len(calls))
    kept = dict(list(vain.items())[:room])
    return [call for needed in calls for call in (*(first for first, then in kept.items() if then == needed), needed)]


def _needed_calls(query: Mapping[str, Any], plan: Sequence[Day], legs: Sequence[_Leg]) -> Iterator[str]:
    if query["days"] > 3:
        yield f"CitySearch[{query['dest']}]"
    for leg in legs:
        yield _leg_call(leg)
        on = f" on {leg.date}" if leg.kind == "Flight" else ""
        yield f"NotebookWrite[{_NOTED[leg.kind]} from {leg.start} to {leg.end}{on}]"
    for search, city in _searches(plan):
        yield f"{search}[{city}]"
        yield f"NotebookWrite[{_SEARCHES[search]} in {city}]"
    yield PLANNER_CALL


def _leg_call(leg: _Leg) -> str:
    if leg.kind == "Flight":
        return f"FlightSearch[{leg.start}, {leg.end}, {leg.date}]"
    return f"GoogleDistanceMatrix[{leg.start}, {leg.end}, {leg.kind.lower()}]"


def _vain_calls(query: Mapping[str, Any], legs: Sequence[_Leg], database: Database) -> dict[str, str]:
    """Return {call that leads nowhere: needed call before which it is made}, in order.

    These are the own car where a leg has no road, the flight where there is none that day, and the city earlier in
    the list of the state to which no road leads.
    """
    vain: dict[str, str] = {}
    may_drive = query["local_constraint"].get("transportation") != "no self-driving"
    may_fly = query["local_constraint"].get("transportation") != "no flight"
    route = {leg.end for leg in legs}
    for leg in legs:
        if leg.kind != "Self-driving" and may_drive and not _has_road(database, leg.start, leg.end):
            vain[_leg_call(leg._replace(kind="Self-driving"))] = _leg_call(leg)
        if leg.kind == "Taxi" and may_fly and not database.flights.search(leg.start, leg.end, leg.date):
            vain[_leg_call(leg._replace(kind="Flight"))] = _leg_call(leg)
        listed = list(database.cities_in.get(query["dest"], ())) if query["days"] > 3 else []
        earlier = listed[: listed.index(leg.end)] if leg.end in listed and leg.kind != "Flight" else []
        blocked = [city for city in earlier if city not in route and not _has_road(database, leg.start, city)]
        if blocked:
            vain[_leg_call(leg._replace(end=blocked[0]))] = _leg_call(leg)
    return vain


def _has_road(database: Database, start: str, end: str) -> bool:
    return database.road_cost(start, end, "self-driving") is not None


def _searches(plan: Sequence[Day]) -> list[tuple[str, str]]:
    """Return (tool, city) of everything the plan cites, by city in the order of the trip."""
    cited: dict[str, set[str]] = {}
    for day in plan:
        texts = ([day["accommodation"]], [day[meal] for meal in MEALS], pieces(day["attraction"]))
        for search, places in zip(_SEARCHES, texts, strict=True):
            for place in places:
                if is_filled(place):
                    cited.setdefault(name_and_city(place)[1], set()).add(search)
    return [(search, city) for city, searches in cited.items() for search in _SEARCHES if search in searches]


def as_observed(day: Day, database: Database) -> Day:
    """Return a day spelt as the tools print things: no "(State)", whole names, roads and flights as in the tables."""
    current = day["current_city"]
    spelt: Day = {
        **day,
        "current_city": "from {} to {}".format(*leg_cities(current)) if "from" in current else without_state(current),
        "transportation": _transportation(day["transportation"], database),
    }
    for key in MEALS:
        spelt[key] = _place(day[key], database.restaurants.matching) if is_filled(day[key]) else "-"
    hotel, sights = day["accommodation"], day["attraction"]
    spelt["accommodation"] = _place(hotel, database.hotels.matching) if is_filled(hotel) else "-"
    if is_filled(sights):
        spelt["attraction"] = "".join(f"{_place(piece, database.attractions.matching)};" for piece in pieces(sights))
    return spelt


def _place(text: str, matching: Any) -> str:
    name, city = name_and_city(text)
    found = matching(name, city)
    return f"{one_line(found[0].name) if found else name}, {city}"


def _transportation(text: str, database: Database) -> str:
    kind = transport_class(text)
    if not is_filled(text) or kind is None:
        return text
    if kind == "Flight":
        flights = database.flights.numbered(flight_number(text), *leg_cities(text))
        return flight_text(flights[0]) if flights else text
    road = tools.distance_matrix(database, *leg_cities(text), kind.lower())
    return road[0].upper() + road[1:]
