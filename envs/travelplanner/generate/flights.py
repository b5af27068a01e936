"""Flights drawn when they are asked for, so that the world stays small (``docs/spec/travelplanner.md §9.1``).

A flight number holds pair, day and rank, so the evaluator finds a flight by its number without a table.
"""

import datetime
import json
import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from envs.travelplanner.database import Flight
from envs.travelplanner.generate.geography import MILES_PER_KM, City, kilometres
from macla.seeding import python_rng

FIRST_DAY = datetime.date(2022, 3, 1)
DAYS = 31
_RANKS = 33
"""At most so many flights on one day between two cities."""
_SHARE_OF_DAYS_WITH_FLIGHTS = 0.45
_SHORTEST_MILES = 100


class DrawnFlights:
    """The law of flights of one world: a function of the seed, the two cities and the day."""

    def __init__(self, seed: int, cities: Sequence[City]) -> None:
        self.seed = seed
        self.cities = tuple(cities)
        self._index = {city.name: index for index, city in enumerate(self.cities)}
        self._drawn = lru_cache(maxsize=1 << 16)(self._draw)

    @classmethod
    def read(cls, path: Path) -> "DrawnFlights":
        """Return the law written in ``path``; KeyError or ValueError when it is not one."""
        record = json.loads(path.read_text(encoding="utf-8"))
        return cls(record["seed"], [City(**city) for city in record["cities"]])

    def write(self, path: Path) -> None:
        """Write the law to ``path``."""
        record = {"seed": self.seed, "cities": [city._asdict() for city in self.cities]}
        path.write_text(json.dumps(record, ensure_ascii=False, indent=0), encoding="utf-8")

    def search(self, origin: str, destination: str, date: str) -> Sequence[Flight]:
        """Return the flights of one pair and day, by number."""
        start, end, day = self._index.get(origin), self._index.get(destination), _day_index(date)
        if start is None or end is None or day is None or start == end:
            return ()
        return self._drawn(start, end, day)

    def numbered(self, number: str, origin: str | None, destination: str | None) -> Sequence[Flight]:
        """Return the one flight with this number, or none, whatever its cities."""
        if len(number) != 8 or number[0] != "F" or not (number[1:].isascii() and number[1:].isdigit()):
            return ()
        rest, rank = divmod(int(number[1:]), _RANKS)
        pair, day = divmod(rest, DAYS)
        start, end = divmod(pair, len(self.cities))
        if start >= len(self.cities) or start == end:
            return ()
        return self._drawn(start, end, day)[rank : rank + 1]

    def _draw(self, start: int, end: int, day: int) -> tuple[Flight, ...]:
        origin, destination = self.cities[start], self.cities[end]
        miles = round(kilometres(origin, destination) * MILES_PER_KM)
        rng = python_rng(self.seed, "flights", origin.name, destination.name, day)
        if miles < _SHORTEST_MILES or rng.random() >= _SHARE_OF_DAYS_WITH_FLIGHTS:
            return ()
        count = min(_RANKS, 1 + int(rng.expovariate(1 / 4.1)))
        first = ((start * len(self.cities) + end) * DAYS + day) * _RANKS
        date = (FIRST_DAY + datetime.timedelta(day)).isoformat()
        return tuple(_flight(rng, f"F{first + rank:07d}", date, origin, destination, miles) for rank in range(count))


def _flight(rng: random.Random, number: str, date: str, origin: City, destination: City, miles: int) -> Flight:
    minutes = max(30, round(0.118 * miles + 39 + rng.gauss(0, 6)))
    departure = rng.randint(5 * 60, 22 * 60 + 30)
    return Flight(
        number,
        round(miles * rng.uniform(0.20, 0.50)),
        clock(departure),
        clock(departure + minutes),
        duration(minutes),
        date,
        origin.name,
        destination.name,
        float(miles),
    )


def clock(minutes: int) -> str:
    """Return minutes after midnight as "09:05", past midnight on the next day."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def duration(minutes: int) -> str:
    """Return "2 hours 24 minutes" as the table has it: no singular."""
    return f"{minutes // 60} hours {minutes % 60} minutes"


def _day_index(date: str) -> int | None:
    try:
        day = (datetime.date.fromisoformat(date) - FIRST_DAY).days
    except ValueError:
        return None
    return day if 0 <= day < DAYS else None
