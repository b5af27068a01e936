"""Worlds for the TravelPlanner tests: a hand-made one, the generated one, and the official tables when present."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from envs.travelplanner.database import Attraction, Database, Flight, FlightFile, Hotel, Places, Restaurant, Road
from envs.travelplanner.generate.world import ensure_world
from envs.travelplanner.loading import load_database

settings.register_profile("busy", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # a slow machine is no fault of what is tested

PLACES = {"Adel": "North", "Boro": "South", "Cove": "South", "Dunn": "East"}


def hotel(name: str, city: str, **changes: Any) -> Hotel:
    row = Hotel(name, 100.0, "Private room", "No pets", 1.0, 2, 3.0, city)
    return row._replace(**changes)


@pytest.fixture
def tiny() -> Database:
    """Four cities, three states, a few places each; small enough to see why a verdict falls."""
    cities = list(PLACES)
    hotels = [hotel(f"{kind} {city}ina", city) for city in cities for kind in ("Inn", "Lodge")]
    hotels += [
        hotel("Long Stay", "Boro", minimum_nights=5.0),
        hotel("Twin", "Boro", minimum_nights=9.0),
        hotel("Twin Towers", "Boro"),
        hotel("Smoky", "Boro", house_rules="No smoking & No parties", room_type="Entire home/apt", maximum_occupancy=4),
        hotel("Bunks", "Boro", room_type="Shared room", maximum_occupancy=1, price=30.0),
    ]
    kitchens = ["Tea, Chinese", "BBQ, French", "Pizza", "Cafe, Indian", "Bakery", "Seafood, American"]
    return Database(
        cities=tuple(cities),
        state_of=PLACES,
        flights=FlightFile(
            [
                Flight("F1", 120, "08:00", "10:00", "2 hours 0 minutes", "2022-03-01", "Adel", "Boro", 500.0),
                Flight("F2", 90, "12:00", "14:00", "2 hours 0 minutes", "2022-03-01", "Adel", "Boro", 500.0),
                Flight("F3", 80, "18:00", "20:00", "2 hours 0 minutes", "2022-03-03", "Boro", "Adel", 500.0),
            ]
        ),
        hotels=Places(hotels),
        restaurants=Places(
            Restaurant(f"Table {number}", 10 * (number + 1), food, 4.0, city)
            for city in cities
            for number, food in enumerate(kitchens)
        ),
        attractions=Places(
            Attraction(f"Sight {number}", 1.5, 2.25, "1 Main St", "(1) 2", "http://x.example", city)
            for city in cities
            for number in range(4)
        ),
        roads={
            ("Adel", "Boro"): Road("5 hours 1 min", "1,001 km"),
            ("Boro", "Adel"): Road("5 hours", "1,000 km"),
            ("Boro", "Cove"): Road("26 mins", "31.9 km"),
            ("Cove", "Adel"): Road("1 day 2 hours", "2,900 km"),
            ("Adel", "Cove"): Road(None, None),
            ("Dunn", "Adel"): Road("1 min", "12 m"),
        },
    )


@pytest.fixture
def query() -> dict[str, Any]:
    """A trip of three days from Adel to Boro for two."""
    return {
        "idx": 1,
        "org": "Adel",
        "dest": "Boro",
        "days": 3,
        "visiting_city_number": 1,
        "date": ["2022-03-01", "2022-03-02", "2022-03-03"],
        "people_number": 2,
        "local_constraint": {"house rule": None, "cuisine": None, "room type": None, "transportation": None},
        "budget": 2000,
        "query": "Please plan a 3-day trip for two people from Adel to Boro March 1st to March 3rd, 2022, for $2,000.",
        "level": "easy",
    }


@pytest.fixture
def plan() -> list[dict[str, Any]]:
    """A plan for ``query`` that keeps every constraint in ``tiny``."""
    empty = dict.fromkeys(("breakfast", "attraction", "lunch", "dinner", "accommodation"), "-")
    return [
        {
            "days": 1,
            "current_city": "from Adel to Boro",
            "transportation": "Self-driving, from Adel to Boro, duration: 5 hours 1 min, distance: 1,001 km, cost: 50",
            **empty,
            "dinner": "Table 0, Boro",
            "accommodation": "Inn Boroina, Boro",
        },
        {
            "days": 2,
            "current_city": "Boro",
            "transportation": "-",
            "breakfast": "Table 1, Boro",
            "attraction": "Sight 0, Boro;Sight 1, Boro;",
            "lunch": "Table 2, Boro",
            "dinner": "Table 3, Boro",
            "accommodation": "Inn Boroina, Boro",
        },
        {
            "days": 3,
            "current_city": "from Boro to Adel",
            "transportation": "Self-driving, from Boro to Adel, duration: 5 hours, distance: 1,000 km, cost: 50",
            **empty,
            "breakfast": "Table 4, Boro",
        },
    ]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the default generated world."""
    return ensure_world(tmp_path_factory.mktemp("travelplanner"), 7)


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of the official release's tables and training queries."""
    folder = Path(os.environ.get("MACLA_DATA", "")) / "travelplanner"
    if not os.environ.get("MACLA_DATA") or not folder.is_dir():
        pytest.skip("MACLA_DATA does not hold the official TravelPlanner tables")
    return folder


@pytest.fixture(scope="session")
def official_database(official: Path) -> Database:
    return load_database(official / "database")


@pytest.fixture(scope="session")
def gold(official: Path) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The 45 training queries with their gold plans."""

    def lines(name: str) -> list[Any]:
        return [json.loads(line) for line in (official / name).read_text(encoding="utf-8").splitlines()]

    plans = [line["plan"] for line in lines("gold_plans_train.jsonl")]
    return list(zip(lines("queries_train.jsonl"), plans, strict=True))
