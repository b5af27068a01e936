"""TravelPlanner's fixed rules: what they read in requests and tables, and the plans that come of it."""

from pathlib import Path

import pytest
from helpers.rules import assert_text_is_all_they_see, played_by_rules

from envs.travelplanner import rules
from envs.travelplanner.benchmark import TravelOptions, TravelPlanner
from envs.travelplanner.reader import ReadingLexicon
from envs.travelplanner.rules_reading import Trip, rows
from envs.travelplanner.table_text import table_text
from macla.benchmarks.lexicon import Mention

REQUEST = (
    "Please plan a 3-day trip for 3 people from Adel to Boro from March 1st to March 3rd, 2022, with a budget of $900. "
    "We have pets, do not want a shared room, and will not be self-driving. We would like Indian food."
)


@pytest.fixture
def lexicon(tiny) -> ReadingLexicon:
    return ReadingLexicon(tiny.state_of, tiny.cities_in)


@pytest.fixture
def trip(lexicon) -> Trip:
    return Trip(lexicon.mentions(REQUEST))


def test_a_request_is_read(trip):
    assert (trip.origin, trip.cities, trip.state, trip.people) == ("Adel", ["Boro"], "", 3)
    assert trip.dates == ["2022-03-01", "2022-03-02", "2022-03-03"]
    assert trip.ways == [["flight", "taxi"]]
    assert (trip.rules, trip.cuisines, trip.room) == ({"pets"}, ["Indian"], "not Shared room")


def test_hotels_that_suit_and_what_they_cost_everyone(trip, lexicon, tiny):
    found = {row.name.partition(",")[0]: row for row in rows(lexicon.mentions(table_text(tiny.hotels["Boro"])))}
    assert [name for name, row in found.items() if trip.suits(row, 2)] == ["Smoky"]  # the others take no pets
    assert trip.price(found["Smoky"]) == 100  # four to a room
    assert trip.price(found["Inn Boroina"]) == 200


def test_what_a_cell_says_belongs_to_its_row():
    mentions = [Mention("Boro", "city", 0, 4), Mention("A, Boro", "hotel", 10, 40), Mention("70.0", "price", 15, 19)]
    (row,) = rows([*mentions, Mention("2022-03-01", "date", 50, 60)])
    assert (row.name, row.number("price"), row.number("nights"), row.said("date")) == ("A, Boro", 70, 0, [])


@pytest.mark.parametrize(("mode", "at_least"), [("two-stage", 9), ("sole-planning", 12)])
def test_most_plans_of_the_generated_world_keep_every_constraint(mode, at_least, world: Path):
    benchmark = TravelPlanner(TravelOptions(data_dir=world.parent, mode=mode))
    sessions = [played_by_rules(benchmark, task) for task in benchmark.tasks("seen")[::3][:12]]
    assert sum(session.success for session in sessions) >= at_least
    cities, states = benchmark.database.state_of, benchmark.database.cities_in
    assert_text_is_all_they_see(rules.script, ReadingLexicon(cities, states), sessions)


def test_the_plan_is_made_from_the_notebook(world: Path):
    benchmark = TravelPlanner(TravelOptions(data_dir=world.parent))
    session = played_by_rules(benchmark, benchmark.tasks("seen")[0])
    planner = next(step for step in session.steps if step.action.startswith("Planner["))
    days = [step.action for step in session.steps if step.action.startswith("Day[")]
    cited = {mention.name for mention in benchmark.lexicon.mentions(planner.observation)}
    assert len(days) == 3
    for day in days:
        command = benchmark.lexicon.parse(day)
        assert {name for name in command.arguments if ", " in name} <= cited
