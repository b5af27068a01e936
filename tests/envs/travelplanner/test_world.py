"""The generated world: its size, its law of flights, its queries and their hidden answers."""

import filecmp
import itertools
import json
import time
from collections import Counter
from pathlib import Path

import pytest

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.strict import evaluate_strictly
from envs.travelplanner.evaluate.verdict import evaluate
from envs.travelplanner.generate.flights import DAYS, DrawnFlights
from envs.travelplanner.generate.world import ensure_world, write_world
from envs.travelplanner.loading import load_database
from envs.travelplanner.queries import destination_state, load_problems

SPLITS = ("train", "seen", "unseen")


@pytest.fixture(scope="module")
def database(world: Path) -> Database:
    return load_database(world / "database")


def test_every_oracle_plan_is_a_final_pass(world: Path, database: Database):
    problems = [problem for split in SPLITS for problem in load_problems(world, split)]
    cells = Counter((problem.record["level"], problem.record["days"]) for problem in problems)
    assert cells == {(level, days): 20 for level in ("easy", "medium", "hard") for days in (3, 5, 7)}
    for problem in problems:
        assert evaluate(problem.record, problem.gold, database).reasons == {}
        assert evaluate_strictly(problem.record, problem.gold, database).final_pass
    assert len({problem.record["idx"] for problem in problems}) == 180


def test_another_seed_is_solvable_too_and_quick_and_small(tmp_path: Path):
    start = time.perf_counter()
    folder = ensure_world(tmp_path, 2026)
    seconds = time.perf_counter() - start
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"generated in {seconds:.1f} s, {size / 1e6:.2f} MB")
    assert seconds < 60
    assert size < 5e6
    database = load_database(folder / "database")
    for split in SPLITS:
        assert all(evaluate(p.record, p.gold, database).final_pass for p in load_problems(folder, split))
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]  # nothing partial stays


def test_the_same_seed_is_the_same_world(world: Path, tmp_path: Path):
    write_world(tmp_path, 7)
    names = [str(path.relative_to(world)) for path in world.rglob("*") if path.is_file()]
    assert filecmp.cmpfiles(world, tmp_path, names, shallow=False) == (names, [], [])


def test_unseen_states_are_never_used_in_training(world: Path, database: Database):
    used = {
        split: {
            state
            for problem in load_problems(world, split)
            for state in (destination_state(problem.record, database), database.state_of[problem.record["org"]])
        }
        for split in SPLITS
    }
    assert used["seen"] <= used["train"]
    assert not used["unseen"] & used["train"]


def test_origin_and_destination_are_in_different_states(world: Path, database: Database):
    for problem in load_problems(world, "train"):
        record = problem.record
        assert database.state_of[record["org"]] != destination_state(record, database)


def test_flights_are_found_by_number(database: Database):
    flights = database.flights
    assert isinstance(flights, DrawnFlights)
    for origin, destination in itertools.islice(itertools.permutations(database.cities, 2), 0, 4000, 97):
        for flight in flights.search(origin, destination, "2022-03-31"):
            assert flights.numbered(flight.number, origin, destination) == (flight,)
            assert 0.19 < flight.price / flight.distance < 0.51
            assert (flight.origin, flight.destination, flight.date) == (origin, destination, "2022-03-31")


@pytest.mark.parametrize("number", ["", "F", "F123", "X0000001", "F9999999", "F00000-1", "F000000١"])
def test_other_numbers_are_no_flights(number: str, database: Database):
    assert list(database.flights.numbered(number, "A", "B")) == []


def test_flights_exist_on_about_half_of_the_days(database: Database):
    pairs = list(itertools.islice(itertools.permutations(database.cities[::9], 2), 40))
    found = [database.flights.search(a, b, f"2022-03-{day:02d}") for a, b in pairs for day in range(1, DAYS + 1)]
    some = [flights for flights in found if flights]
    assert 0.3 < len(some) / len(found) < 0.5  # 45 %, less the pairs that are too near
    assert 3 < sum(map(len, some)) / len(some) < 7
    assert list(database.flights.search(*pairs[0], "2022-04-01")) == []
    assert list(database.flights.search(*pairs[0], "soon")) == []


def test_names_match_one_row_only(database: Database):
    """No name is part of another in its city: the evaluator matches by part."""
    for places in (database.hotels, database.restaurants, database.attractions):
        for city in places:
            assert all(places.matching(row.name.strip(), city) == [row] for row in places[city])


def test_hotels_without_rules_vanish(world: Path, database: Database):
    from envs.travelplanner.loading import HOTELS, _rows

    raw = list(_rows(world / "database" / HOTELS))
    kept = sum(len(database.hotels[city]) for city in database.hotels)
    assert 0.8 < kept / len(raw) < 0.92
    assert any("\n" in row["NAME"] for row in raw)


def test_the_text_says_what_the_record_says(world: Path):
    for line in (world / "queries_train.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert record["org"] in record["query"]
        assert record["dest"] in record["query"]
        assert f"${record['budget']:,}" in record["query"]
        assert all(cuisine in record["query"] for cuisine in record["local_constraint"]["cuisine"] or [])
