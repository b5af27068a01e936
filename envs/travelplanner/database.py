"""The tables in memory, indexed once by city, pair and number (``docs/spec/travelplanner.md §1``). No pandas."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar


class Flight(NamedTuple):
    """A row of the flight table, in the order it is printed. Price in dollars, distance in miles."""

    number: str
    price: int
    departure: str
    arrival: str
    elapsed: str
    date: str
    origin: str
    destination: str
    distance: float


class Hotel(NamedTuple):
    """A row of the accommodation table, in the order it is printed. Price in dollars a room and night."""

    name: str
    price: float
    room_type: str
    house_rules: str
    minimum_nights: float
    maximum_occupancy: int
    review: float
    city: str


class Restaurant(NamedTuple):
    """A row of the restaurant table, in the order it is printed. Cost in dollars a person."""

    name: str
    cost: int
    cuisines: str
    rating: float
    city: str


class Attraction(NamedTuple):
    """A row of the attraction table, in the order it is printed."""

    name: str
    latitude: float
    longitude: float
    address: str
    phone: str
    website: str
    city: str


class Road(NamedTuple):
    """A row of the distance table; None where the table says nothing."""

    duration: str | None
    distance: str | None

    @property
    def known(self) -> bool:
        """Whether the table gives both values."""
        return self.duration is not None and self.distance is not None

    def cost(self, mode: str) -> int | None:
        """Return the dollars of one car: 5 cents a kilometre driving, a dollar by taxi, None for other modes.

        ValueError when the distance is not in kilometres.
        """
        if self.distance is None:
            return None
        if "driving" in mode:
            return int(self.kilometres() * 0.05)
        return int(self.kilometres()) if mode == "taxi" else None

    def kilometres(self) -> float:
        """Return the kilometres; ValueError when the distance is missing or in another unit."""
        return float((self.distance or "").replace("km", "").replace(",", ""))


class Flights(Protocol):
    """Where flights come from: a file, or a law that draws them when asked."""

    def search(self, origin: str, destination: str, date: str) -> Sequence[Flight]:
        """Return the flights of one pair and day, in file order."""
        ...

    def numbered(self, number: str, origin: str | None, destination: str | None) -> Sequence[Flight]:
        """Return the flights with this number; the two cities count only where a number flies on many legs."""
        ...


class FlightFile:
    """Flights of a table in memory."""

    def __init__(self, flights: Iterable[Flight]) -> None:
        self._by_leg: dict[tuple[str, str, str], list[Flight]] = defaultdict(list)
        self._by_number: dict[str, list[Flight]] = defaultdict(list)
        for flight in flights:
            self._by_leg[flight.origin, flight.destination, flight.date].append(flight)
            self._by_number[flight.number].append(flight)

    def __len__(self) -> int:
        return sum(map(len, self._by_number.values()))

    def search(self, origin: str, destination: str, date: str) -> Sequence[Flight]:
        """Return the flights of one pair and day, in file order."""
        return self._by_leg.get((origin, destination, date), ())

    def numbered(self, number: str, origin: str | None, destination: str | None) -> Sequence[Flight]:
        """Return the flights with this number, in file order, whatever their cities."""
        return self._by_number.get(number, ())


P = TypeVar("P", Hotel, Restaurant, Attraction)


class Places(Mapping[str, Sequence[P]]):
    """City → rows in file order, and the official search for a name in a city."""

    _REMEMBERED = 1 << 17

    def __init__(self, rows: Iterable[P]) -> None:
        self._rows: dict[str, list[P]] = defaultdict(list)
        for row in rows:
            self._rows[row.city].append(row)
        self._found: dict[tuple[str, str], list[P]] = {}

    def __getitem__(self, city: str) -> Sequence[P]:
        if city not in self._rows:
            raise KeyError(city)
        return self._rows[city]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def matching(self, name: str, city: str) -> Sequence[P]:
        """Return the rows of ``city`` whose name contains ``name`` (case-sensitive), in file order.

        See ``docs/spec/travelplanner.md §6``.
        """
        found = self._found.get((name, city))
        if found is None:
            found = [row for row in self._rows.get(city, ()) if name in row.name]
            if len(self._found) >= self._REMEMBERED:
                self._found.clear()
            self._found[name, city] = found
        return found


@dataclass(frozen=True)
class Database:
    """All tables of one world."""

    cities: tuple[str, ...]
    """The cities that searches accept, in file order."""
    state_of: Mapping[str, str]
    flights: Flights
    hotels: Places[Hotel]
    restaurants: Places[Restaurant]
    attractions: Places[Attraction]
    roads: Mapping[tuple[str, str], Road]
    cities_in: Mapping[str, Sequence[str]] = field(init=False)
    """State → cities in file order."""

    def __post_init__(self) -> None:
        cities_in: dict[str, list[str]] = defaultdict(list)
        for city, state in self.state_of.items():
            cities_in[state].append(city)
        object.__setattr__(self, "cities_in", dict(cities_in))

    def road_cost(self, origin: str, destination: str, mode: str) -> int | None:
        """Return the dollars of one car, None when the pair is missing, unknown or longer than a day.

        See ``docs/spec/travelplanner.md §6.7``.
        """
        road = self.roads.get((origin, destination))
        if road is None or not road.known or "day" in (road.duration or ""):
            return None
        return road.cost(mode)
