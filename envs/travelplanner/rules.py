"""Fixed rules for TravelPlanner: two nights a city in the order listed, by car or else by air, and the cheapest rows.

They read request and tables through the lexicon (``rules_reading.py``); after a search they plan from the notebook.
"""

from collections.abc import Generator, Iterator, Sequence
from itertools import pairwise

from envs.travelplanner.lexicon import TravelLexicon
from envs.travelplanner.plan_text import LABELS, Day, day_command
from envs.travelplanner.rules_reading import Row, Trip, rows
from macla.benchmarks.supplied import Script

_NIGHTS, _MEALS = 2, 4
"""Of a stay: a dinner on arrival and all meals of the day after."""
_NOTHING = dict.fromkeys(LABELS.values(), "-")
_SEARCHES = ("AccommodationSearch", "RestaurantSearch", "AttractionSearch")


def script(lexicon: TravelLexicon, task: str, observation: str) -> Script:
    """Search what the request needs, unless its tables are given, and write the plan day by day."""
    trip = Trip(lexicon.mentions(task))
    if not rows(lexicon.mentions(observation)):
        yield from _gather(lexicon, trip)
        observation = yield "Planner[Write the plan from the notebook.]"
    for day in _plan(trip, rows(lexicon.mentions(observation))):
        yield day_command(day)


def _gather(lexicon: TravelLexicon, trip: Trip) -> Generator[str, str, None]:
    """Note the journeys of a round trip and the places of its cities."""
    cities = trip.cities
    if trip.state:
        listed = yield f"CitySearch[{trip.state}]"
        cities = [mention.name for mention in lexicon.mentions(listed)]
    route: list[str] = []
    for way in trip.ways:
        route = route or (yield from _round_trip(lexicon, trip, way, cities))
    for city in route:
        for search in _SEARCHES:
            yield f"{search}[{city}]"
            yield f"NotebookWrite[{search.removesuffix('Search')} in {city}]"


def _round_trip(
    lexicon: TravelLexicon, trip: Trip, way: Sequence[str], cities: Sequence[str]
) -> Generator[str, str, list[str]]:
    """Return the first cities that lead on to one another, and the last of them home; none where no such are."""
    route, dates = [trip.origin], trip.dates[::_NIGHTS]
    for city in cities:
        nearest = way if len(route) == 1 else way[::-1]  # between cities of one state rather by road
        if (yield from _journey(lexicon, nearest, route[-1], city, dates[len(route) - 1])):
            route.append(city)
            if len(route) == len(dates):
                if (yield from _journey(lexicon, way, city, trip.origin, dates[-1])):
                    return route[1:]
                route.pop()
    return []


def _journey(lexicon: TravelLexicon, way: Sequence[str], start: str, end: str, date: str) -> Generator[str, str, bool]:
    """Ask for the means of a way in turn and note the first that there is; return whether there is one."""
    for means in way:
        flight, road = f"FlightSearch[{start}, {end}, {date}]", f"GoogleDistanceMatrix[{start}, {end}, {means}]"
        said = yield flight if means == "flight" else road
        if not lexicon.rejected(said):
            yield f"NotebookWrite[{means} from {start} to {end}]"
            return True
    return False


def _plan(trip: Trip, found: Sequence[Row]) -> Iterator[Day]:
    """Yield the days: one of travel, with a sight and a dinner where it leads, and one in the place, by turns."""
    cities = list(dict.fromkeys(row.said("city")[0] for row in found if row.type != "journey"))
    legs = list(pairwise([trip.origin, *cities, trip.origin]))
    wanted = set(trip.cuisines)
    for (start, city), journey in zip(legs, _journeys(trip, found, legs), strict=True):
        travel = {**_NOTHING, "current_city": f"from {start} to {city}", "transportation": journey}
        if city == trip.origin:
            yield travel
            return
        hotels, restaurants, sights = (
            sorted((row for row in found if row.type == kind and row.said("city")[0] == city), key=trip.price)
            for kind in ("hotel", "restaurant", "attraction")
        )
        suiting = [hotel for hotel in hotels if trip.suits(hotel, _NIGHTS)]
        hotel = next((row.name for row in suiting or hotels), "-")
        meals = [*_meals(trip, restaurants, wanted), *["-"] * _MEALS]
        sight, other = [*(row.name for row in sights), "-", "-"][:2]
        yield {**travel, "attraction": sight, "dinner": meals[0], "accommodation": hotel}
        stay = dict(zip(("breakfast", "lunch", "dinner"), meals[1:], strict=False))
        yield {**_NOTHING, "current_city": city, **stay, "attraction": other, "accommodation": hotel}


def _journeys(trip: Trip, found: Sequence[Row], legs: Sequence[tuple[str, str]]) -> list[str]:
    """Return the cheapest journey of each leg by the first way that has all of them; "-" where there is none."""
    by_way = []
    for way in trip.ways:
        chosen = []
        for leg in legs:
            offered = [row for row in found if row.type == "journey" and tuple(row.said("city")) == leg]
            usable = (row for means in way for row in sorted(offered, key=trip.price) if means in row.said("transport"))
            chosen.append(next((row.name for row in usable), "-"))
        by_way.append(chosen)
    return min(by_way, key=lambda chosen: chosen.count("-"))


def _meals(trip: Trip, restaurants: Sequence[Row], wanted: set[str]) -> list[str]:
    """Return the restaurants of a stay: most of the cuisines still ``wanted`` first, then the cheapest."""
    left, chosen = list(restaurants), list[str]()
    while left and len(chosen) < _MEALS:
        best = min(left, key=lambda row: (-len(wanted & set(row.said("cuisine"))), trip.price(row)))
        wanted.difference_update(best.said("cuisine"))
        left.remove(best)
        chosen.append(best.name)
    return list(dict.fromkeys(chosen))
