"""The official world's flights: recorded ones, and drawn ones on every other leg (``docs/spec/travelplanner.md §9.3``).

The flight table of the release may not be handed on. What the reference information of the training queries records are
the legs of gold plans alone, so in a world of recorded flights a flight tells the plan. Here every pair of cities has
flights as recorded legs have them: as often, as many, as dear, at such times, with such numbers.
"""

import datetime
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

from envs.travelplanner.database import Database, Flight, FlightFile
from envs.travelplanner.generate.flight_law import FlightLaw, Leg, Route
from envs.travelplanner.generate.flights import DAYS, FIRST_DAY
from envs.travelplanner.generate.geodesy import Geodesy
from envs.travelplanner.queries import load_problems
from envs.travelplanner.reference import route_legs
from macla.seeding import python_rng

SEED = 2022
"""Of the drawn flights: one world, whatever the run's seed."""
FILLED = f"recorded on the legs of the training queries' gold plans, drawn on all others (seed {SEED})"
"""What a result's manifest says of them."""
_LIKE = 10
"""Of so many recorded legs, the nearest in length, one tells whether a route has flights."""
_MILES_SPREAD = 0.015
"""Of recorded distances around the great circle between the centres, relative."""


class _Record(NamedTuple):
    """A leg that the reference information tells of."""

    miles: float
    flights: tuple[Flight, ...]
    """None: it says that there is no flight."""


def fill_flights(database: Database, queries: Path) -> Database:
    """Return ``database`` with flights on all legs; its own are those recorded for the gold plans in ``queries``."""
    legs = [
        leg
        for problem in load_problems(queries, "train")
        if problem.gold is not None
        for leg in route_legs(problem.record, problem.gold)
    ]
    recorded = [flight for leg in dict.fromkeys(legs) for flight in database.flights.search(*leg)]
    return replace(database, flights=FilledFlights(recorded, legs, database))


class FilledFlights:
    """Recorded flights as they are; on every other leg of the 31 days a law of (origin, destination, date)."""

    def __init__(self, recorded: Iterable[Flight], legs: Collection[Leg], database: Database) -> None:
        """Fit the law; ``legs`` are those whose flights are recorded, some of which have none."""
        flights = list(recorded)
        self._recorded = FlightFile(flights)
        self._geodesy = Geodesy(database)
        self._cities = frozenset(database.state_of)
        self._legs = frozenset(legs) | {(f.origin, f.destination, f.date) for f in flights}
        self._records: dict[frozenset[str], list[_Record]] = defaultdict(list)
        for leg in sorted(self._legs):
            if (record := self._record(leg)) is not None:
                self._records[frozenset(leg[:2])].append(record)
        flown = [record.flights for route in self._records.values() for record in route if record.flights]
        self._law = FlightLaw(flown) if flown else None
        self._shortest = min((flight.distance for flight in flights), default=math.inf)
        self._month = lru_cache(maxsize=1 << 14)(self._draw_month)

    def search(self, origin: str, destination: str, date: str) -> Sequence[Flight]:
        """Return the flights of one pair and day, by number."""
        if (origin, destination, date) in self._legs:
            return self._recorded.search(origin, destination, date)
        if origin == destination or not {origin, destination} <= self._cities:
            return ()
        return self._month(origin, destination).get(date, ())

    def numbered(self, number: str, origin: str | None, destination: str | None) -> Sequence[Flight]:
        """Return the flights of this number between two cities; the same number flies elsewhere, too."""
        found = [f for f in self._recorded.numbered(number, origin, destination)
                 if (f.origin, f.destination) == (origin, destination)]  # fmt: skip
        if origin is None or destination is None or origin == destination or not {origin, destination} <= self._cities:
            return found
        return [*found, *(f for day in self._month(origin, destination).values() for f in day if f.number == number)]

    def _draw_month(self, origin: str, destination: str) -> Mapping[str, tuple[Flight, ...]]:
        """Return date → flights drawn between two cities; no number twice, nor one recorded there."""
        miles = self._miles(origin, destination)
        if self._law is None or miles is None or (route := self._draw_route(origin, destination, miles)) is None:
            return {}
        rng = python_rng(SEED, "flights", origin, destination)
        days = [FIRST_DAY + datetime.timedelta(day) for day in range(DAYS)]
        legs = [(origin, destination, day.isoformat()) for day in days]
        taken = {int(flight.number[1:]) for leg in legs for flight in self._recorded.search(*leg)}
        return {
            leg[2]: self._law.draw_day(
                rng, leg, miles, self._geodesy.minutes_ahead(origin, destination, day), route, taken
            )
            for leg, day in zip(legs, days, strict=True)
            if leg not in self._legs
        }

    def _draw_route(self, origin: str, destination: str, miles: float) -> Route | None:
        """Return what both directions follow on all days, None where nothing flies; recorded pairs as recorded."""
        assert self._law is not None
        rng = python_rng(SEED, "route", *sorted((origin, destination)))
        if own := self._records.get(frozenset((origin, destination))):
            flown = [record.flights for record in own if record.flights]
            return self._law.draw_route(rng, rng.choice(flown)) if flown else None
        if miles < self._shortest:
            return None
        records = [record for route in self._records.values() for record in route]
        like = sorted(records, key=lambda record: abs(math.log(record.miles / miles)))[:_LIKE]
        return self._law.draw_route(rng) if rng.choice(like).flights else None

    def _miles(self, origin: str, destination: str) -> float | None:
        """Return the miles that most flights of a route show."""
        for record in self._records.get(frozenset((origin, destination)), ()):
            if record.flights:
                return record.miles
        miles = self._geodesy.miles(*sorted((origin, destination)))
        rng = python_rng(SEED, "miles", *sorted((origin, destination)))
        return None if miles is None else miles * (1 + rng.gauss(0, _MILES_SPREAD))

    def _record(self, leg: Leg) -> _Record | None:
        flights = tuple(self._recorded.search(*leg))
        if flights:
            return _Record(median(flight.distance for flight in flights), flights)
        miles = self._geodesy.miles(*leg[:2])
        return None if miles is None else _Record(miles, ())
