"""Read the official tables from a folder (``docs/spec/travelplanner.md §1``)."""

import csv
from collections.abc import Iterator
from pathlib import Path

from envs.travelplanner.database import (
    Attraction,
    Database,
    Flight,
    FlightFile,
    Flights,
    Hotel,
    Places,
    Restaurant,
    Road,
)
from macla.errors import UserError

MISSING_VALUES = frozenset(
    {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"}
    | {"<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"}
)
"""Cells that the official loader (pandas' default) takes for missing."""

FLIGHTS = "flights/clean_Flights_2022.csv"
DRAWN_FLIGHTS = "flights/drawn.json"
HOTELS = "accommodations/clean_accommodations_2022.csv"
RESTAURANTS = "restaurants/clean_restaurant_2022.csv"
ATTRACTIONS = "attractions/attractions.csv"
ROADS = "googleDistanceMatrix/distance.csv"
CITIES = "background/citySet.txt"
STATES = "background/citySet_with_states.txt"


def missing_tables(folder: Path, flights: Path | None = None) -> list[str]:
    """Return the table files that ``folder`` lacks (the flight table may be a drawn one, or the file ``flights``)."""
    missing = [
        name for name in (HOTELS, RESTAURANTS, ATTRACTIONS, ROADS, CITIES, STATES) if not (folder / name).is_file()
    ]
    tables = (folder / FLIGHTS, folder / DRAWN_FLIGHTS) if flights is None else (flights,)
    if not any(table.is_file() for table in tables):
        missing.insert(0, FLIGHTS if flights is None else str(flights))
    return missing


def check_tables(folder: Path, flights: Path | None = None) -> None:
    """Raise UserError (one line) that names the tables that ``folder`` lacks."""
    if missing := missing_tables(folder, flights):
        raise UserError(
            f"{folder} lacks {', '.join(missing)}: unpack the official TravelPlanner database there, set env.flights to"
            " a flight table elsewhere, or drop env.database to use the generated world"
        )


def load_database(folder: Path, flights: Path | None = None, recorded_for: Path | None = None) -> Database:
    """Return the tables of ``folder`` (the official ``database`` layout); UserError when they cannot be read.

    ``flights`` is a flight table that stands elsewhere. With ``recorded_for`` it holds no more than the legs of
    the gold plans in that folder, and the other legs are drawn.
    """
    check_tables(folder, flights)
    try:
        database = _load(folder, flights)
    except (KeyError, ValueError) as error:
        raise UserError(f"{folder}: a table is not in the official layout: {error!r}; unpack it again") from None
    if recorded_for is None:
        return database
    from envs.travelplanner.generate.filled import fill_flights

    return fill_flights(database, recorded_for)


def _load(folder: Path, flights: Path | None) -> Database:
    return Database(
        cities=tuple(_lines(folder / CITIES)),
        state_of=_states(folder / STATES),
        flights=_flights(folder, flights),
        hotels=Places(
            Hotel(
                row["NAME"],
                float(row["price"]),
                row["room type"],
                row["house_rules"],
                float(row["minimum nights"]),
                int(float(row["maximum occupancy"])),
                float(row["review rate number"]),
                row["city"],
            )
            for row in _complete_rows(folder / HOTELS)
        ),
        restaurants=Places(
            Restaurant(
                row["Name"], int(row["Average Cost"]), row["Cuisines"], float(row["Aggregate Rating"]), row["City"]
            )
            for row in _complete_rows(folder / RESTAURANTS)
        ),
        attractions=Places(
            Attraction(
                row["Name"],
                float(row["Latitude"]),
                float(row["Longitude"]),
                row["Address"],
                row["Phone"],
                row["Website"],
                row["City"],
            )
            for row in _complete_rows(folder / ATTRACTIONS)
        ),
        roads=_roads(folder / ROADS),
    )


def _flights(folder: Path, elsewhere: Path | None) -> Flights:
    table = elsewhere or folder / FLIGHTS
    if table.is_file():
        return FlightFile(
            Flight(
                row["Flight Number"],
                int(float(row["Price"])),
                row["DepTime"],
                row["ArrTime"],
                row["ActualElapsedTime"],
                row["FlightDate"],
                row["OriginCityName"],
                row["DestCityName"],
                float(row["Distance"]),
            )
            for row in _complete_rows(table)
        )
    from envs.travelplanner.generate.flights import DrawnFlights

    return DrawnFlights.read(folder / DRAWN_FLIGHTS)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").strip().split("\n")


def _states(path: Path) -> dict[str, str]:
    states: dict[str, str] = {}
    for line in _lines(path):
        city, state = line.split("\t")
        states[city] = state
    return states


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _complete_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows without a missing cell."""
    for row in _rows(path):
        if not any(value is None or value in MISSING_VALUES for value in row.values()):
            yield row


def _roads(path: Path) -> dict[tuple[str, str], Road]:
    roads: dict[tuple[str, str], Road] = {}
    for row in _rows(path):
        duration, distance = (None if row[key] in MISSING_VALUES else row[key] for key in ("duration", "distance"))
        roads.setdefault((row["origin"], row["destination"]), Road(duration, distance))  # the first row wins
    return roads
