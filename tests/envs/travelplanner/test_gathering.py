"""The tools' observations, limits, masking and notebook (``docs/spec/travelplanner.md §3``)."""

import pytest

from envs.travelplanner.database import Database
from envs.travelplanner.gathering import INVALID_ACTION, MASK, NULL_ACTION, PLANNER, REPEATED, Gathering

GOOD = "RestaurantSearch[Boro]"
ILLEGAL_DISTANCE = "Illegal GoogleDistanceMatrix. Please try again."
BAD_CITY = "RestaurantSearch[Nowhere {}]"


@pytest.fixture
def stage(tiny: Database) -> Gathering:
    return Gathering(tiny)


@pytest.mark.parametrize(
    ("action", "observation", "state"),
    [
        ("FlightSearch[Boro, Adel, 2022-03-02]", "There is no flight from Boro to Adel on 2022-03-02.", "Successful"),
        ("FlightSearch[Boro, Nope, 3 March]", "'3 March' is not in the format YYYY-MM-DD", "Illegal args. DateError"),
        ("FlightSearch[Boro, Adel]", "Illegal Flight Search. Please try again.", "Illegal args. Other Error"),
        (
            "FlightSearch[Boro, Nope, 2022-03-02, more]",
            "Nope is not valid city in ['Adel', 'Boro', 'Cove', 'Dunn'].",
            "Illegal args. City Error",
        ),
        ("CitySearch[South]", "['Boro', 'Cove']", "Successful"),
        ("CitySearch[Nowhere]", "Invalid State", "Successful"),
        (
            "GoogleDistanceMatrix[Adel(North), Boro, taxi]",
            "taxi, from Adel to Boro, duration: 5 hours 1 min, distance: 1,001 km, cost: 1001",
            "Successful",
        ),
        (
            "GoogleDistanceMatrix[Boro, Cove, walking]",
            "walking, from Boro to Cove, duration: 26 mins, distance: 31.9 km, cost: None",
            "Successful",
        ),
        ("GoogleDistanceMatrix[Boro, Dunn, taxi]", "taxi, from Boro to Dunn, no valid information.", "Successful"),
        ("GoogleDistanceMatrix[Adel, Cove, taxi]", "No valid information.", "Successful"),
        ("GoogleDistanceMatrix[Cove, Adel, taxi]", "No valid information.", "Successful"),
        ("GoogleDistanceMatrix[Dunn, Adel, taxi]", ILLEGAL_DISTANCE, "Illegal args. Other Error"),
        ("GoogleDistanceMatrix[Adel, Cove]", ILLEGAL_DISTANCE, "Illegal args. Other Error"),
        ("Planner[]", INVALID_ACTION, "invalidAction"),
        ("Action: CitySearch[South]", INVALID_ACTION, "invalidAction"),
        ("CitySearch[South].", INVALID_ACTION, "invalidAction"),
        ("Fly[South]", INVALID_ACTION, "invalidAction"),
        ("", NULL_ACTION, ""),
    ],
)  # fmt: skip
def test_observation(stage: Gathering, action: str, observation: str, state: str):
    assert stage.act(action) == observation
    assert stage.log[-1]["state"] == state
    assert stage.log[-1]["observation"] == observation


def test_actions_are_read_on_one_line(stage: Gathering):
    assert stage.act("  City\nSearch[South]\n") == "['Boro', 'Cove']"


def test_only_the_city_searches_are_stripped(stage: Gathering):
    assert stage.act("RestaurantSearch[Boro]").startswith("Name")
    assert stage.current is not None
    assert stage.current.startswith("   Name")
    flights = stage.act("FlightSearch[Adel, Boro, 2022-03-01]")
    assert flights == stage.current
    assert flights.split("\n")[1] == (
        "           F1    120   08:00   10:00 2 hours 0 minutes 2022-03-01           Adel         Boro     500.0"
    )


def test_three_equal_actions_end_the_episode_before_the_third(stage: Gathering):
    assert stage.act(GOOD) == stage.act(GOOD)
    assert stage.act(GOOD) == ""
    assert stage.ended == REPEATED
    assert stage.step == 3


def test_two_empty_actions_are_borne(stage: Gathering):
    assert [stage.act(""), stage.act("\n"), stage.act("")] == [NULL_ACTION, NULL_ACTION, ""]
    assert stage.ended == REPEATED


def test_three_failures_of_a_tool_are_tolerated(stage: Gathering):
    for number in range(3):
        stage.act(BAD_CITY.format(number))
    assert stage.ended is None
    assert stage.act(GOOD) == ""  # the fourth call stops even though it is right
    assert stage.ended == "restaurants early stop due to 3 max retries."


def test_a_success_of_any_tool_forgives_all_failures(stage: Gathering):
    for number in range(9):
        stage.act(BAD_CITY.format(number))
        if number % 3 == 2:
            stage.act("CitySearch[South]")
    assert stage.ended is None


def test_failures_of_accommodation_search_stop_nothing(stage: Gathering):
    for number in range(6):
        stage.act(f"AccommodationSearch[Nowhere {number}]")
    assert stage.ended is None


def test_accommodation_search_is_stopped_by_invalid_actions(stage: Gathering):
    for number in range(3):
        stage.act(f"Fly[{number}]")
    stage.act("AccommodationSearch[Boro]")
    assert stage.ended == "invalidAction early stop due to 3 max retries."


def test_planner_passes_the_counters_and_may_be_the_last_step(stage: Gathering):
    for number in range(29):
        stage.act(f"CitySearch[{number}]")
    assert stage.ended is None
    stage.act("Planner[now]")
    assert stage.ended == PLANNER


def test_thirty_steps_without_the_planner_are_the_end(stage: Gathering):
    for number in range(30):
        stage.act(f"CitySearch[{number}]")
    assert stage.ended == "no plan within 30 steps"


def test_notebook_keeps_the_last_search_and_not_its_argument(stage: Gathering):
    stage.act("NotebookWrite[nothing yet]")
    table = stage.act("AttractionSearch[Boro]")
    stage.act("CitySearch[South]")
    assert stage.act("NotebookWrite[cities]") == "The information has been recorded in Notebook, and its index is 1."
    assert stage.notebook[0].content is None
    assert stage.notebook[1].content is not None
    assert stage.notebook[1].content.strip() == table
    assert stage.act("Planner[go]") == f"[0] nothing yet\nNone\n\n[1] cities\n{stage.notebook[1].content}"


def test_the_next_success_masks_the_last_data(stage: Gathering):
    table = stage.act("AttractionSearch[Boro]")
    stage.act("AttractionSearch[Nowhere]")
    assert table in stage.scratchpad  # a refused search masks nothing
    stage.act("CitySearch[South]")
    assert table not in stage.scratchpad
    assert stage.scratchpad.count(MASK) == 1


def test_before_any_search_the_word_none_is_masked(stage: Gathering):
    stage.act("Fly[None of these]")
    stage.act("CitySearch[South]")
    assert f"Fly[{MASK} of these]" in stage.scratchpad


def test_a_long_scratchpad_is_the_end(tiny: Database):
    stage = Gathering(tiny, max_tokens=40)
    stage.act("RestaurantSearch[Boro]")
    assert stage.ended == "more than 40 tokens"
