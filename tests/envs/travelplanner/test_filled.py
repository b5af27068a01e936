"""The official world's flights: recorded legs as they are, drawn ones that cannot be told from them."""

import itertools
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from envs.travelplanner.benchmark import TravelPlanner
from envs.travelplanner.database import Database, Flight, FlightFile
from envs.travelplanner.evaluate.verdict import evaluate
from envs.travelplanner.generate.filled import FilledFlights, Leg, minutes_in_the_air
from envs.travelplanner.loading import FLIGHTS, load_database
from envs.travelplanner.options import TravelOptions
from envs.travelplanner.queries import load_problems
from envs.travelplanner.reference import route_legs

WORST_AUC = 0.55
ALTERNATIVES = 8
"""Other legs drawn at random for each gold one, of those that the agent could have asked for instead."""


@pytest.fixture(scope="module")
def whole(official: Path) -> TravelPlanner:
    if not (official / "database_full").is_dir():
        pytest.skip("no database_full")
    return TravelPlanner(TravelOptions(data="official"))


@pytest.fixture(scope="module")
def filled(whole: TravelPlanner) -> FilledFlights:
    assert isinstance(whole.database.flights, FilledFlights)
    return whole.database.flights


class Choice(NamedTuple):
    query: int
    leg: Leg
    gold: bool


@pytest.fixture(scope="module")
def choices(whole: TravelPlanner, official: Path) -> list[Choice]:
    """The legs of the 30 gold plans whose cities are to be found, and others of the same state and day."""
    found: list[Choice] = []
    for problem in load_problems(official, "train"):
        query, legs = problem.record, route_legs(problem.record, problem.gold or [])
        if query["days"] == 3:
            continue
        for place, (origin, destination, date) in enumerate(legs):
            cities = whole.database.cities_in[query["dest"]]
            starts = [query["org"]] if place == 0 else cities
            ends = [query["org"]] if place == len(legs) - 1 else cities
            pairs = {(a, b) for a in starts for b in ends if a != b} - {(origin, destination)}
            others = random.Random(len(found)).sample(sorted(pairs), min(ALTERNATIVES, len(pairs)))
            found += [Choice(query["idx"], (a, b, date), False) for a, b in others]
            found.append(Choice(query["idx"], (origin, destination, date), True))
    assert sum(choice.gold for choice in found) == 105
    return found


def minutes(time: str) -> int:
    return 60 * int(time[:2]) + int(time[3:])


def flight_features(flight: Flight, rank: int, flights: Sequence[Flight]) -> list[float]:
    air, number = minutes_in_the_air(flight), int(flight.number[1:])
    shift = (minutes(flight.arrival) - minutes(flight.departure) - air) % 1440
    clocks = [minutes(flight.departure), minutes(flight.arrival), minutes(flight.departure) % 5, shift]
    rates = [flight.price, flight.price / flight.distance, flight.distance, air, air / flight.distance]
    return [number, number % 10, *clocks, *rates, rank, len(flights), int(flight.date[-2:])]


def leg_features(filled: FilledFlights, leg: Leg) -> list[float]:
    """Presence, number, days around, the way back, and what the flights of the leg have in common."""
    origin, destination, date = leg
    flights = filled.search(*leg)
    days = [f"{date[:8]}{day:02d}" for day in (int(date[-2:]) - 1, int(date[-2:]) + 1)]
    around = [len(filled.search(origin, destination, day)) for day in days if day[-2:] not in ("00", "32")]
    features = [
        bool(flights),
        len(flights),
        len(flights) - np.mean(around),
        len(filled.search(destination, origin, date)),
    ]
    if not flights:
        return [*features, *[np.nan] * 24]
    rows = np.array([flight_features(flight, rank, flights) for rank, flight in enumerate(flights)], float)[:, :12]
    return [*features, *rows.mean(axis=0), *np.ptp(rows, axis=0)]


def told(features: Sequence[Any], gold: Sequence[bool], groups: Sequence[Any]) -> float:
    """Return the AUC of gradient boosting, cross-validated so that no group is trained on and judged."""
    rows, truth = np.array(features, float), np.array(gold)
    judged = np.zeros(len(truth))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(rows, truth, np.unique([str(g) for g in groups], return_inverse=True)[1]):
        model = HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=8, learning_rate=0.05, class_weight="balanced", random_state=0
        )
        judged[test] = model.fit(rows[train], truth[train]).predict_proba(rows[test])[:, 1]
    return float(roc_auc_score(truth, judged))


def test_that_there_are_flights_tells_no_gold_leg(filled: FilledFlights, choices: list[Choice]):
    gold = [choice.gold for choice in choices]
    counts = [len(filled.search(*choice.leg)) for choice in choices]
    assert roc_auc_score(gold, [count > 0 for count in counts]) <= WORST_AUC
    assert roc_auc_score(gold, counts) <= WORST_AUC


def test_no_classifier_tells_gold_legs(filled: FilledFlights, choices: list[Choice]):
    features = [leg_features(filled, choice.leg) for choice in choices]
    assert told(features, [choice.gold for choice in choices], [choice.leg for choice in choices]) <= WORST_AUC


def test_no_classifier_tells_flights_of_gold_legs(filled: FilledFlights, choices: list[Choice]):
    rows = [
        (flight_features(flight, rank, flights), choice)
        for choice in choices
        for flights in [filled.search(*choice.leg)]
        for rank, flight in enumerate(flights)
    ]
    auc = told([row for row, _ in rows], [choice.gold for _, choice in rows], [choice.leg for _, choice in rows])
    assert auc <= WORST_AUC


def test_the_classifier_finds_the_leak_of_recorded_flights_alone(official: Path, choices: list[Choice]):
    """The measure can fail: in a world of recorded flights alone, that there is one tells."""
    table = load_database(official / "database_full", official / "database" / FLIGHTS).flights
    present = [bool(table.search(*choice.leg)) for choice in choices]
    assert roc_auc_score([choice.gold for choice in choices], present) > 0.65


def test_recorded_legs_are_as_recorded(filled: FilledFlights, whole: TravelPlanner, official_database: Database):
    recorded = 0
    for task in whole.tasks("train"):
        for leg in route_legs(task.payload.record, task.payload.gold):
            assert list(filled.search(*leg)) == list(official_database.flights.search(*leg))
            recorded += bool(filled.search(*leg))
        assert evaluate(task.payload.record, task.payload.gold, whole.database).final_pass
    assert recorded >= 61


def test_clocks_follow_the_zones_that_recorded_flights_show(filled: FilledFlights, official_database: Database):
    flights = official_database.flights
    assert isinstance(flights, FlightFile)
    pairs = itertools.permutations({"Phoenix", "Provo", "Chattanooga", "Atlanta", "Denver", "Las Vegas", "Dallas"}, 2)
    for origin, destination in pairs:
        shifts = {
            (minutes(f.arrival) - minutes(f.departure) - minutes_in_the_air(f)) % 1440
            for f in filled.search(origin, destination, "2022-03-25")
        }
        recorded = {
            (minutes(f.arrival) - minutes(f.departure) - minutes_in_the_air(f)) % 1440
            for day in range(14, 32)
            for f in flights.search(origin, destination, f"2022-03-{day:02d}")
        }
        assert len(shifts | recorded) <= 1


def test_every_pair_has_a_law_and_about_half_of_the_routes_fly(whole: TravelPlanner, filled: FilledFlights):
    pairs = [random.Random(seed).sample(whole.database.cities, 2) for seed in range(150)]
    days = [filled.search(a, b, "2022-03-09") for a, b in pairs]
    assert 0.4 < sum(map(bool, days)) / len(days) < 0.65
    for flight in itertools.chain.from_iterable(days[:50]):
        found = filled.numbered(flight.number, flight.origin, flight.destination)
        assert list(found) == [flight]  # no number twice on a route
        assert 0.19 < flight.price / flight.distance < 0.51
        assert not filled.numbered(flight.number, None, None)
    assert list(filled.search(*pairs[0], "2022-04-01")) == list(filled.search("Denver", "Denver", "2022-03-01")) == []
    assert list(filled.search("Atlantis", "Denver", "2022-03-01")) == []


def test_the_law_depends_on_pair_and_day_alone(whole: TravelPlanner, filled: FilledFlights):
    again = load_database(*whole._tables)
    asked = [("Boise", "Tampa", "2022-03-05"), ("Tampa", "Boise", "2022-03-05"), ("Omaha", "Reno", "2022-03-30")]
    assert [list(again.flights.search(*leg)) for leg in reversed(asked)] == [
        list(filled.search(*leg)) for leg in reversed(asked)
    ]


def test_a_complete_flight_table_is_taken_as_it_is(official: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MACLA_DATA", os.fspath(official.parent))
    given = TravelPlanner(TravelOptions(data="official", flights=official / "database" / FLIGHTS))
    assert isinstance(given.database.flights, FlightFile)


def law(database: Database, legs: Sequence[Leg] = ()) -> FilledFlights:
    table = database.flights
    return FilledFlights(table.search("Adel", "Boro", "2022-03-01"), legs, database)


def test_a_route_recorded_without_flights_has_none_on_any_day(tiny: Database):
    flights = law(tiny, [("Cove", "Dunn", "2022-03-02")])
    assert all(not flights.search("Cove", "Dunn", f"2022-03-{day:02d}") for day in range(1, 32))
    assert flights.search("Boro", "Adel", "2022-03-07")  # the way back of a recorded route


def test_a_world_without_recorded_flights_has_none(tiny: Database):
    flights = FilledFlights([], [], tiny)
    assert list(flights.search("Adel", "Boro", "2022-03-01")) == []
    assert list(flights.numbered("F0000001", "Adel", "Boro")) == []
