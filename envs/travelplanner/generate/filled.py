"""The official world's flights: recorded ones, and drawn ones on every other leg (``docs/spec/travelplanner.md §9.3``).

The flight table of the release may not be handed on. What the reference information of the training queries records are
the legs of gold plans alone, so in a world of recorded flights a flight tells the plan. Here every pair of cities has
flights as recorded legs of like length have them: as often, as many, as dear, at such times, with such numbers.
"""

import datetime
import math
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from envs.travelplanner.database import Database, Flight, FlightFile
from envs.travelplanner.generate.flights import DAYS, FIRST_DAY, clock, duration
from envs.travelplanner.generate.geodesy import Geodesy
from envs.travelplanner.queries import load_problems
from envs.travelplanner.reference import route_legs
from macla.seeding import python_rng

Leg = tuple[str, str, str]
"""Origin, destination, date."""
SEED = 2022
"""Of the drawn flights: one world, whatever the run's seed."""
FILLED = f"recorded on the legs of the training queries' gold plans, drawn on all others (seed {SEED})"
"""What a result's manifest says of them."""
_LIKE = 10
"""So many recorded legs, the nearest in length, may be the model of a route."""
_DAY_TO_DAY = 0.25
"""A day has up to this share more or fewer flights than the model (recorded pairs out, back: 16, 21; 13, 15; 3, 1)."""
_MILES_SPREAD = 0.015
"""Of recorded distances around the great circle between the centres, relative."""
_MINUTES_MOVED = 20
_MINUTES_SPREAD = 3.0
_NUMBERS_MOVED = 3000
"""A drawn flight leaves so much earlier or later than its model, takes longer or shorter, has a number so near."""
_SHORTEST_MINUTES = 25
_CENTS_A_MILE = (0.20, 0.50)
"""Recorded fares are uniform between (0.198 to 0.497; Kolmogorov-Smirnov p = 0.13)."""
_MINUTES_A_DAY = 24 * 60


class _Pattern(NamedTuple):
    """What a recorded flight lends to those drawn after it."""

    number: int
    departure: int
    late: float
    """Minutes in the air beyond what the fitted law says."""
    detour: float
    """Miles beyond the leg's median: other airports of the same cities."""


class _Model(NamedTuple):
    """A recorded leg that routes of like length follow."""

    miles: float
    flights: tuple[_Pattern, ...]
    """None: the reference information says that there is no flight."""


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
        self._minutes = _fit_minutes(flights)
        self._models: dict[frozenset[str], list[_Model]] = defaultdict(list)
        for leg in sorted(self._legs):
            if (model := self._model(leg)) is not None:
                self._models[frozenset(leg[:2])].append(model)
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
        model = self._route_model(origin, destination, miles)
        if miles is None or model is None or not model.flights:
            return {}
        rng = python_rng(SEED, "flights", origin, destination)
        dates = [(FIRST_DAY + datetime.timedelta(day)).isoformat() for day in range(DAYS)]
        taken = {int(f.number[1:]) for date in dates for f in self._recorded.search(origin, destination, date)}
        return {
            date: tuple(self._draw_day(rng, (origin, destination, date), miles, model, taken))
            for date in dates
            if (origin, destination, date) not in self._legs
        }

    def _draw_day(self, rng: random.Random, leg: Leg, miles: float, model: _Model, taken: set[int]) -> list[Flight]:
        count = max(1, round(len(model.flights) * rng.uniform(1 - _DAY_TO_DAY, 1 + _DAY_TO_DAY)))
        fewer = min(count, len(model.flights))
        patterns = [*rng.sample(model.flights, fewer), *rng.choices(model.flights, k=count - fewer)]
        moved = rng.randint(-_NUMBERS_MOVED, _NUMBERS_MOVED)
        ahead = self._geodesy.minutes_ahead(leg[0], leg[1], datetime.date.fromisoformat(leg[2]))
        flights = []
        for pattern in sorted(patterns):
            number = pattern.number + moved
            while number in taken:
                number += 1
            taken.add(number)
            flights.append(self._draw_flight(rng, leg, number, round(miles + pattern.detour), ahead, pattern))
        return sorted(flights)

    def _draw_flight(
        self, rng: random.Random, leg: Leg, number: int, miles: int, ahead: int, pattern: _Pattern
    ) -> Flight:
        expected = self._minutes(miles, ahead) + pattern.late
        minutes = max(_SHORTEST_MINUTES, round(expected + rng.gauss(0, _MINUTES_SPREAD)))
        departure = (pattern.departure + rng.randint(-_MINUTES_MOVED, _MINUTES_MOVED)) % _MINUTES_A_DAY
        return Flight(
            f"F{number:07d}",
            round(miles * rng.uniform(*_CENTS_A_MILE)),
            clock(departure),
            clock(departure + minutes + ahead),
            duration(minutes),
            leg[2],
            leg[0],
            leg[1],
            float(miles),
        )

    def _route_model(self, origin: str, destination: str, miles: float | None) -> _Model | None:
        """Return what both directions follow on all days: the route's own record, else one of like length."""
        own = self._models.get(frozenset((origin, destination)))
        rng = python_rng(SEED, "route", *sorted((origin, destination)))
        if own:
            return rng.choice([model for model in own if model.flights] or own)
        if miles is None or miles < self._shortest:
            return None
        models = [model for route in self._models.values() for model in route]
        return rng.choice(sorted(models, key=lambda model: abs(math.log(model.miles / miles)))[:_LIKE])

    def _miles(self, origin: str, destination: str) -> float | None:
        """Return the miles that most flights of a route show."""
        for model in self._models.get(frozenset((origin, destination)), ()):
            if model.flights:
                return model.miles
        miles = self._geodesy.miles(*sorted((origin, destination)))
        rng = python_rng(SEED, "miles", *sorted((origin, destination)))
        return None if miles is None else miles * (1 + rng.gauss(0, _MILES_SPREAD))

    def _model(self, leg: Leg) -> _Model | None:
        flights = self._recorded.search(*leg)
        if not flights:
            miles = self._geodesy.miles(*leg[:2])
            return None if miles is None else _Model(miles, ())
        miles = median(flight.distance for flight in flights)
        return _Model(miles, tuple(self._pattern(flight, miles) for flight in flights))

    def _pattern(self, flight: Flight, miles: float) -> _Pattern:
        late = minutes_in_the_air(flight) - self._minutes(flight.distance, _ahead(flight))
        return _Pattern(int(flight.number[1:]), _minutes(flight.departure), late, flight.distance - miles)


class _MinutesLaw(NamedTuple):
    """Minutes in the air; westward is against the wind, and time zones tell where west is."""

    fixed: float
    a_mile: float
    a_minute_ahead: float

    def __call__(self, miles: float, ahead: int) -> float:
        return self.fixed + self.a_mile * miles + self.a_minute_ahead * ahead


def _fit_minutes(flights: Sequence[Flight]) -> _MinutesLaw:
    """Return the least squares fit (all zero without flights, where nothing is drawn)."""
    causes = np.array([(1.0, flight.distance, _ahead(flight)) for flight in flights]).reshape(-1, 3)
    minutes = np.array([minutes_in_the_air(flight) for flight in flights])
    return _MinutesLaw(*np.linalg.lstsq(causes, minutes, rcond=None)[0].tolist())


def minutes_in_the_air(flight: Flight) -> int:
    """Return the minutes of "2 hours 24 minutes"."""
    hours, _, minutes, _ = flight.elapsed.split()
    return 60 * int(hours) + int(minutes)


def _ahead(flight: Flight) -> int:
    """Return the minutes by which the clock of the destination is ahead, as the flight's own times tell."""
    half = _MINUTES_A_DAY // 2
    shown = _minutes(flight.arrival) - _minutes(flight.departure) - minutes_in_the_air(flight)
    return (shown + half) % _MINUTES_A_DAY - half


def _minutes(time: str) -> int:
    return 60 * int(time[:2]) + int(time[3:])
