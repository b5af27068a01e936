"""What the lexicon finds in requests and observations, and the action grammar there and back."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.travelplanner import tools
from envs.travelplanner.benchmark import TravelPlanner
from envs.travelplanner.database import Database
from envs.travelplanner.gathering import INVALID_ACTION
from envs.travelplanner.options import TravelOptions
from envs.travelplanner.queries import load_problems
from envs.travelplanner.reader import ReadingLexicon
from macla.benchmarks.lexicon import Command

CITIES = ["Adel", "Boro", "St. Paul", "New York"]
LEXICON = ReadingLexicon(CITIES, ["North", "New York"])
ROOMS = {
    "shared room": "Shared room",
    "not shared room": "not Shared room",
    "private room": "Private room",
    "entire room": "Entire home/apt",
    None: None,
}


def said(lexicon: ReadingLexicon, text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mention in lexicon.mentions(text):
        found.setdefault(mention.type, []).append(mention.name)
    return found


def misread(lexicon: ReadingLexicon, record: Any) -> set[str]:
    """Return what the lexicon reads otherwise than the record says."""
    found, wishes = said(lexicon, record["query"]), record["local_constraint"]
    place = "state" if record["days"] > 3 else "city"
    rule, transport = wishes["house rule"], wishes["transportation"]
    wrong = {
        "origin": set(found.get("origin", [])) != {record["org"]},
        "destination": record["dest"] not in found.get(place, []),
        "date": found.get("date") != record["date"],
        "budget": found.get("budget") != [str(record["budget"])],
        "people": found.get("people") != [f"{record['people_number']} people"],
        "days": found.get("days") != [f"{record['days']} days"],
        "cuisine": set(found.get("cuisine", [])) != set(wishes["cuisine"] or []),
        "house rule": found.get("house rule", []) != ([rule] if rule else []),
        "room type": found.get("room type", [None]) != [ROOMS[wishes["room type"]]],
        "transport": found.get("transport", []) != ([transport.removeprefix("no ")] if transport else []),
    }
    return {name for name, is_wrong in wrong.items() if is_wrong}


def test_generated_requests_are_read_without_fault(world: Path):
    lexicon = TravelPlanner(TravelOptions(data_dir=world.parent)).reading_lexicon()
    for split in ("train", "seen", "unseen"):
        assert [misread(lexicon, problem.record) for problem in load_problems(world, split)] == [set()] * (
            90 if split == "train" else 45
        )


@pytest.mark.parametrize(("split", "allowed"), [("train", 1), ("validation", 14)])
def test_official_requests_are_nearly_all_read(split: str, allowed: int, official: Path, official_database: Database):
    """What is missed is mostly the number of people in requests that do not state it."""
    lexicon = ReadingLexicon(official_database.state_of, official_database.cities_in)
    wrong = [names for problem in load_problems(official, split) if (names := misread(lexicon, problem.record))]
    assert sum(names != {"people"} for names in wrong) <= 1
    assert len(wrong) <= allowed


def test_a_name_of_a_city_and_a_state():
    assert said(LEXICON, "A trip from New York to Boro, March 1st to March 3rd, 2022, for $100.")["origin"] == [
        "New York"
    ]
    text = "Visit 2 cities in New York, leaving from Adel, March 1st to March 5th, 2022, for $100."
    assert said(LEXICON, text)["state"] == ["New York"]


def test_every_day_of_the_trip_is_a_date():
    dates = said(LEXICON, "Budget $9, between February 27th and March 2nd, 2022")["date"]
    assert dates == ["2022-02-27", "2022-02-28", "2022-03-01", "2022-03-02"]


def test_an_impossible_date_is_no_date():
    assert "date" not in said(LEXICON, "Budget $9, from February 30th to March 2nd, 2022")


def test_observations(tiny: Database):
    table = tools.accommodation_search(tiny, "Boro").strip()
    found = said(LEXICON, table)
    assert found["hotel"][:2] == ["Inn Boroina, Boro", "Lodge Boroina, Boro"]
    assert found["price"][-1] == "30.0"
    assert found["house rule"][-3:] == ["smoking", "parties", "pets"]
    flights = said(LEXICON, tools.flight_search(tiny, "Adel", "Boro", "2022-03-01"))
    assert flights["journey"][0] == ("Flight Number: F1, from Adel to Boro, Departure Time: 08:00, Arrival Time: 10:00")
    road = tools.distance_matrix(tiny, "Adel", "Boro", "self-driving")
    assert said(LEXICON, road) == {
        "journey": [road.capitalize().replace("adel", "Adel").replace("boro", "Boro")],
        "transport": ["self-driving"],
        "city": ["Adel", "Boro"],
        "price": ["50"],
    }
    assert said(LEXICON, "['Adel', 'St. Paul']") == {"city": ["Adel", "St. Paul"]}
    assert said(LEXICON, "There is no flight from Adel to Boro on 2022-03-01.") == {
        "city": ["Adel", "Boro"],
        "date": ["2022-03-01"],
    }


@pytest.mark.parametrize(
    "feedback",
    [
        INVALID_ACTION,
        "Nope is not valid city in ['Adel'].",
        "'x' is not in the format YYYY-MM-DD",
        "Illegal Flight Search. Please try again.",
        "Action Fly is not supported.",
        "Invalid State",
    ],
)
def test_rejections(feedback: str):
    assert LEXICON.rejected(feedback)
    assert LEXICON.mentions(feedback) == []


@pytest.mark.parametrize("feedback", ["Self-driving", "['Adel']", "The plan is delivered."])
def test_answers_are_no_rejections(feedback: str):
    assert not LEXICON.rejected(feedback)


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("FlightSearch[Adel, Boro, 2022-03-01]", Command("FlightSearch[{}, {}, {}]", ("Adel", "Boro", "2022-03-01"))),
        ("GoogleDistanceMatrix[Adel, Boro, taxi]", Command("GoogleDistanceMatrix[{}, {}, taxi]", ("Adel", "Boro"))),
        ("NotebookWrite[Hotels in St. Paul]", Command("NotebookWrite[Hotels in {}]", ("St. Paul",))),
        ("NotebookWrite[To Boro 2022-03-01]", Command("NotebookWrite[To {} {}]", ("Boro", "2022-03-01"))),
        ("Planner[Write it.]", Command("Planner[Write it.]", ())),
        (
            "Day[Current City: from Adel to Boro; Transportation: Taxi; Lunch: -; Attraction: A, Boro; B, Boro]",
            Command(
                "Day[Current City: from {} to {}; Transportation: {}; Lunch: -; Attraction: {}; {}]",
                ("Adel", "Boro", "Taxi", "A, Boro", "B, Boro"),
            ),
        ),
    ],
)  # fmt: skip
def test_commands(action: str, command: Command):
    assert LEXICON.parse(action) == command
    assert LEXICON.render(command) == action


@pytest.mark.parametrize("action", ["", "think", "FlightSearch[Adel]", "Fly[x]", "Day[x]", "NotebookWrite[{}]", "[1]"])
def test_what_is_not_of_the_grammar(action: str):
    assert LEXICON.parse(action) is None


_WORDS = st.text("abc ,.[]{}:;-é" + "Adel", min_size=1, max_size=20)


@given(
    st.sampled_from(["NotebookWrite", "Planner", "CitySearch", "CostEnquiry", "Finish", "FlightSearch"]),
    st.lists(st.sampled_from(CITIES) | _WORDS, min_size=1, max_size=4).map(", ".join),
)
def test_parse_and_render_are_inverse(name: str, argument: str):
    action = f"{name}[{argument}]"
    command = LEXICON.parse(action)
    if command is not None:
        assert LEXICON.render(command) == action
        assert LEXICON.parse(LEXICON.render(command)) == command


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["$5", "2022", "March 1st", "Adel", "[", "\n", "NAME price"])).map(" ".join)
)
def test_any_text_can_be_read(text: str):
    mentions = LEXICON.mentions(text)
    assert all(0 <= mention.start <= mention.end <= len(text) for mention in mentions)
    assert [m.start for m in mentions] == sorted(m.start for m in mentions)
    LEXICON.parse(text)
    LEXICON.rejected(text)
