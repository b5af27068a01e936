"""What recorded flights are like, one attribute at a time (``docs/spec/travelplanner.md §9.3``).

A flight drawn after one recorded flight stands beside it, and a classifier that knows the drawn ones finds the recorded
one in their midst. Here no recorded leg lends more than one attribute, and each attribute has a density of few numbers.
"""

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median, pvariance
from typing import NamedTuple

import numpy as np

from envs.travelplanner.database import Flight
from envs.travelplanner.generate.flights import clock, duration

Leg = tuple[str, str, str]
"""Origin, destination, date."""
_KNOTS = 21
"""Quantiles that a density keeps of the recorded values (61 legs, 313 flights)."""
_KNOTS_OF_DELAYS = 33
"""Of delays it keeps more: a few in a hundred are far out (-47 to 53 minutes)."""
_KNOTS_OF_NUMBERS = 31
"""Of numbers, too: they lie in blocks, an airline's each."""
_DAY_TO_DAY = 0.25
"""A day has up to this share more or fewer flights than the route (recorded pairs out, back: 16, 21; 13, 15; 3, 1)."""
_LIKE = 5
"""So many recorded legs, the nearest in the number of flights, may tell which airports a route uses."""
_PARTS_OF_A_DAY = 6
"""A day's flights are spread over so many parts, as full as each other (recorded ones lie apart)."""
_NUMBERS_APART = 3.0
"""The flight after k others has a number near one of theirs with probability k / (k + apart) …"""
_NUMBERS_NEAR = 700
"""… that is, within so many (23 % of recorded pairs of flights, 57 % of neighbours where there are more than six)."""
_SHORTEST_MINUTES = 25
_CENTS_A_MILE = (0.20, 0.50)
"""Recorded fares are uniform between (0.198 to 0.497; Kolmogorov-Smirnov p = 0.13)."""
_MINUTES_A_DAY = 24 * 60
_FIRST_MINUTE = 3 * 60
"""Days of flying begin in the dead of night: the last recorded departure is at 01:39, the first at 04:58."""


class Route(NamedTuple):
    """What all days and both directions of a pair of cities have in common."""

    flights: float
    """A day, about."""
    detours: Sequence[float]
    """Miles beyond the median, one for each flight of some leg: other airports of the same cities."""


class FlightLaw:
    """How many flights a leg has, and what each is like."""

    def __init__(self, legs: Sequence[Sequence[Flight]]) -> None:
        """Fit the law to the flights of recorded legs, at least one leg, none without a flight."""
        flights = [flight for leg in legs for flight in leg]
        self._minutes = _fit_minutes(flights)
        self._counts = Density((len(leg) for leg in legs), _KNOTS)
        self._numbers = Density((int(flight.number[1:]) for flight in flights), _KNOTS_OF_NUMBERS)
        self._gaps = Density([gap for leg in legs for gap in _gaps(leg) if gap <= _NUMBERS_NEAR] or [1], _KNOTS)
        self._departures = Density(((minutes(f.departure) - _FIRST_MINUTE) % _MINUTES_A_DAY for f in flights), _KNOTS)
        late = [[minutes_in_the_air(f) - self._minutes(f.distance, minutes_ahead(f)) for f in leg] for leg in legs]
        alone, self._late_together = _spreads(late)
        self._late = Density(alone, _KNOTS_OF_DELAYS)
        self._detours = [_detours(leg) for leg in legs]

    def draw_route(self, rng: random.Random, recorded: Sequence[Flight] = ()) -> Route:
        """Return a route, of which ``recorded`` may be the flights of one day."""
        if recorded:
            return Route(len(recorded) / rng.uniform(1 - _DAY_TO_DAY, 1 + _DAY_TO_DAY), _detours(recorded))
        flights = self._counts.draw(rng)
        like = sorted(self._detours, key=lambda detours: abs(math.log(len(detours) / flights)))[:_LIKE]
        return Route(flights, rng.choice(like))

    def draw_day(
        self, rng: random.Random, leg: Leg, miles: float, ahead: int, route: Route, taken: set[int]
    ) -> tuple[Flight, ...]:
        """Return the flights of a day, by number; ``taken`` are numbers of the route, to which those drawn are added.

        ``miles`` is the leg's median; the clock of the destination is ``ahead`` so many minutes.
        """
        count = max(1, round(route.flights * rng.uniform(1 - _DAY_TO_DAY, 1 + _DAY_TO_DAY)))
        together = rng.gauss(0, self._late_together)
        flights = []
        for number, departure in zip(
            self._draw_numbers(rng, count, taken), self._draw_departures(rng, count), strict=True
        ):
            distance = round(miles + rng.choice(route.detours))
            air = round(self._minutes(distance, ahead) + together + self._late.draw(rng))
            flights.append(_flight(rng, leg, number, distance, departure, max(_SHORTEST_MINUTES, air), ahead))
        return tuple(sorted(flights))

    def _draw_numbers(self, rng: random.Random, count: int, taken: set[int]) -> Iterator[int]:
        drawn: list[int] = []
        for others in range(count):
            if rng.random() < others / (others + _NUMBERS_APART):
                number = rng.choice(drawn) + round(self._gaps.draw(rng))
            else:
                number = round(self._numbers.draw(rng))
            while number in taken:
                number += 1
            taken.add(number)
            drawn.append(number)
        return iter(drawn)

    def _draw_departures(self, rng: random.Random, count: int) -> list[int]:
        parts = min(count, _PARTS_OF_A_DAY)
        shares = [(place % parts + rng.random()) / parts for place in range(count)]
        rng.shuffle(shares)
        return [(_FIRST_MINUTE + round(self._departures.at(share))) % _MINUTES_A_DAY for share in shares]


class Density:
    """A density of few numbers: uniform between neighbouring quantiles of the values it is fitted to."""

    def __init__(self, values: Iterable[float], knots: int) -> None:
        self._shares = np.linspace(0, 1, knots)
        self._quantiles = np.quantile(list(values), self._shares)

    def at(self, share: float) -> float:
        """Return the value below which ``share`` of all lie."""
        return float(np.interp(share, self._shares, self._quantiles))

    def draw(self, rng: random.Random) -> float:
        """Return a value drawn by it."""
        return self.at(rng.random())


class _MinutesLaw(NamedTuple):
    """Minutes in the air; westward is against the wind, and time zones tell where west is."""

    fixed: float
    a_mile: float
    a_minute_ahead: float

    def __call__(self, miles: float, ahead: int) -> float:
        return self.fixed + self.a_mile * miles + self.a_minute_ahead * ahead


def _fit_minutes(flights: Sequence[Flight]) -> _MinutesLaw:
    """Return the least squares fit."""
    causes = np.array([(1.0, flight.distance, minutes_ahead(flight)) for flight in flights])
    return _MinutesLaw(*np.linalg.lstsq(causes, np.array([*map(minutes_in_the_air, flights)]), rcond=None)[0].tolist())


def _spreads(legs: Sequence[Sequence[float]]) -> tuple[list[float], float]:
    """Return the deviations of flights from the mean of their leg, and the standard deviation of legs themselves.

    Deviations of n values from their own mean are too small by √(1 − 1/n); the means spread more than the legs do, by
    the variance of a mean.
    """
    alone = [(x - fmean(leg)) / math.sqrt(1 - 1 / len(leg)) for leg in legs if len(leg) > 1 for x in leg] or [0.0]
    of_means = fmean(pvariance(alone) / len(leg) for leg in legs)
    return alone, math.sqrt(max(0.0, pvariance([fmean(leg) for leg in legs]) - of_means))


def _gaps(leg: Sequence[Flight]) -> list[int]:
    numbers = sorted(int(flight.number[1:]) for flight in leg)
    return [after - before for before, after in itertools.pairwise(numbers)]


def _detours(leg: Sequence[Flight]) -> list[float]:
    middle = median(flight.distance for flight in leg)
    return [flight.distance - middle for flight in leg]


def _flight(rng: random.Random, leg: Leg, number: int, distance: int, departure: int, air: int, ahead: int) -> Flight:
    origin, destination, date = leg
    price = round(distance * rng.uniform(*_CENTS_A_MILE))
    arrival = clock(departure + air + ahead)
    return Flight(
        f"F{number:07d}", price, clock(departure), arrival, duration(air), date, origin, destination, float(distance)
    )


def minutes_in_the_air(flight: Flight) -> int:
    """Return the minutes of "2 hours 24 minutes"."""
    hours, _, rest, _ = flight.elapsed.split()
    return 60 * int(hours) + int(rest)


def minutes_ahead(flight: Flight) -> int:
    """Return the minutes by which the clock of the destination is ahead, as the flight's own times tell."""
    half = _MINUTES_A_DAY // 2
    shown = minutes(flight.arrival) - minutes(flight.departure) - minutes_in_the_air(flight)
    return (shown + half) % _MINUTES_A_DAY - half


def minutes(time: str) -> int:
    """Return the minutes after midnight of "09:05"."""
    return 60 * int(time[:2]) + int(time[3:])
