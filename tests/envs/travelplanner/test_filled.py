"""The official world's flights: recorded legs as they are, drawn ones that cannot be told from them."""

import itertools
import math
import os
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from envs.travelplanner.benchmark import TravelPlanner
from envs.travelplanner.database import Database, Flight, FlightFile
from envs.travelplanner.evaluate.verdict import evaluate
from envs.travelplanner.generate.filled import FilledFlights
from envs.travelplanner.generate.flight_law import Leg, minutes, minutes_in_the_air
from envs.travelplanner.generate.geodesy import Geodesy
from envs.travelplanner.loading import FLIGHTS, load_database
from envs.travelplanner.options import TravelOptions
from envs.travelplanner.queries import load_problems
from envs.travelplanner.reference import route_legs

FARTHEST = 0.05
"""So far from chance, on either side, an AUC may be: one far below it tells gold legs to who turns it round …"""
NOISE = 0.04
"""… and by so much more for luck: its standard deviation with 61 gold legs that fly."""
ALTERNATIVES = 8
"""Other legs drawn at random for each gold one …"""
DRAWS = 3
"""… so many times: the AUC is their mean."""


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


def others_of_the_state(world: Database, query: Mapping[str, Any], legs: Sequence[Leg], place: int) -> list[Leg]:
    """Return what the agent could have asked for instead of a gold leg: the same state and day."""
    cities = world.cities_in[query["dest"]]
    starts = [query["org"]] if place == 0 else cities
    ends = [query["org"]] if place == len(legs) - 1 else cities
    return sorted({(a, b, legs[place][2]) for a in starts for b in ends if a != b} - {legs[place]})


def others_of_the_length(geodesy: Geodesy, leg: Leg, pool: Sequence[tuple[float, str, str]]) -> list[Leg]:
    """Return legs of the same day and about the same length, wherever they are (gold legs are shorter than most)."""
    miles = geodesy.miles(*leg[:2])
    assert miles
    near = sorted(pool, key=lambda pair: abs(math.log(pair[0] / miles)))[: 4 * ALTERNATIVES]
    return [(a, b, leg[2]) for _, a, b in near if (a, b) != leg[:2]]


def draw_choices(whole: TravelPlanner, official: Path, everywhere: bool) -> list[list[Choice]]:
    """Return draws of the legs of the 30 gold plans whose cities are to be found, among others."""
    world = whole.database
    rng, geodesy = random.Random(0), Geodesy(world)
    pairs = [rng.sample(world.cities, 2) for _ in range(6000)] if everywhere else []
    pool = [(miles, a, b) for a, b in pairs if (miles := geodesy.miles(a, b))]
    draws: list[list[Choice]] = [[] for _ in range(DRAWS)]
    for problem in load_problems(official, "train"):
        query, legs = problem.record, route_legs(problem.record, problem.gold or [])
        for place, leg in enumerate(legs if query["days"] > 3 else []):
            near = others_of_the_length(geodesy, leg, pool) if everywhere else []
            others = near if everywhere else others_of_the_state(world, query, legs, place)
            for found in draws:
                drawn = rng.sample(others, min(ALTERNATIVES, len(others)))
                found += [*(Choice(query["idx"], other, False) for other in drawn), Choice(query["idx"], leg, True)]
    assert all(sum(choice.gold for choice in found) == 105 for found in draws)
    return draws


@pytest.fixture(scope="module", params=["of the state", "of the length"])
def draws(whole: TravelPlanner, official: Path, request: pytest.FixtureRequest) -> list[list[Choice]]:
    return draw_choices(whole, official, everywhere=request.param == "of the length")


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


class Rows(NamedTuple):
    """What a classifier sees."""

    features: Sequence[Sequence[Any]]
    choices: Sequence[Choice]
    weights: Sequence[float]


def rows_of_legs(filled: FilledFlights, choices: Sequence[Choice]) -> Rows:
    return Rows([leg_features(filled, choice.leg) for choice in choices], choices, [1.0] * len(choices))


def rows_of_flights(filled: FilledFlights, choices: Sequence[Choice]) -> Rows:
    """Return the flights, each leg counting as much as another: one gold leg has 33 flights, and 17 have one."""
    found = [
        (flight_features(flight, rank, flights), choice, 1 / len(flights))
        for choice in choices
        for flights in [filled.search(*choice.leg)]
        for rank, flight in enumerate(flights)
    ]
    return Rows(*zip(*found, strict=True))


def told(make: Callable[[], ClassifierMixin], rows: Rows) -> float:
    """Return the AUC of a classifier, cross-validated so that no query's legs are both trained on and judged.

    By leg alone, the other legs of a gold one's query, as long and on the same day, would tell that there is no gold.
    """
    features, weights = np.nan_to_num(np.array(rows.features, float), nan=-1.0), np.array(rows.weights)
    truth, queries = np.array([c.gold for c in rows.choices]), [c.query for c in rows.choices]
    judged = np.zeros(len(truth))
    for train, test in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(features, truth, queries):
        model = make().fit(features[train], truth[train], sample_weight=weights[train])
        judged[test] = model.predict_proba(features[test])[:, 1]
    return float(roc_auc_score(truth, judged, sample_weight=weights))


CLASSIFIERS = {
    "boosting": lambda: HistGradientBoostingClassifier(
        max_iter=30, max_leaf_nodes=8, learning_rate=0.1, class_weight="balanced", random_state=0
    ),
    "forest": lambda: RandomForestClassifier(50, min_samples_leaf=5, class_weight="balanced", random_state=0),
}


def placebos(choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices with an alternative in the place of each gold leg, which nothing can tell."""
    found: list[Choice] = []
    for choice in choices:
        if not choice.gold:
            found.append(choice)
        elif found and found[-1].query == choice.query:
            found[-1] = found[-1]._replace(gold=True)
    return found


def assert_as_by_chance(aucs: Sequence[float], chance: Sequence[float] = (0.5,)) -> None:
    assert abs(float(np.mean(aucs)) - float(np.mean(chance))) <= FARTHEST + NOISE, (aucs, chance)


def test_that_there_are_flights_tells_no_gold_leg(filled: FilledFlights, draws: list[list[Choice]]):
    counted = [[(choice.gold, len(filled.search(*choice.leg))) for choice in choices] for choices in draws]
    assert_as_by_chance([roc_auc_score([gold for gold, _ in rows], [n > 0 for _, n in rows]) for rows in counted])
    assert_as_by_chance([roc_auc_score([gold for gold, _ in rows], [n for _, n in rows]) for rows in counted])


@pytest.mark.slow
@pytest.mark.parametrize("classifier", [pytest.param("boosting", marks=pytest.mark.full), "forest"])
@pytest.mark.parametrize("rows", [rows_of_legs, rows_of_flights])
def test_no_classifier_tells_gold_legs(filled: FilledFlights, draws: list[list[Choice]], rows: Any, classifier: str):
    """Chance is what it makes of placebos: with so few legs, cross-validation comes out below a half by itself."""
    make = CLASSIFIERS[classifier]
    with threadpool_limits(1):  # threads that wait for each other take ten times as long on a busy machine
        aucs, chance = (
            [told(make, rows(filled, choices)) for choices in some] for some in (draws, map(placebos, draws))
        )
    assert_as_by_chance(aucs, chance)


def test_the_classifier_finds_the_leak_of_recorded_flights_alone(whole: TravelPlanner, official: Path):
    """The measure can fail: in a world of recorded flights alone, that there is one tells."""
    table = load_database(official / "database_full", official / "database" / FLIGHTS).flights
    choices = draw_choices(whole, official, everywhere=False)[0]
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
