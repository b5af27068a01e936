"""Query records are read whichever way they are spelt, and what cannot be read is named."""

import json
from typing import Any

import pytest

from envs.travelplanner.record import read_record
from macla.errors import UserError

WISHES = {"house rule": "pets", "cuisine": ["French"], "room type": None, "transportation": "no flight"}


@pytest.fixture
def asked(query: dict[str, Any]) -> dict[str, Any]:
    return {**query, "local_constraint": WISHES}


@pytest.mark.parametrize("spelt", [WISHES, json.dumps(WISHES), repr(WISHES), f" {json.dumps(WISHES, indent=1)}\n"])
def test_wishes_are_read_as_object_json_or_python(spelt: Any, asked: dict[str, Any]):
    assert read_record({**asked, "local_constraint": spelt})["local_constraint"] == WISHES


def test_wishes_that_are_not_named_are_none(asked: dict[str, Any]):
    read = read_record({**asked, "local_constraint": {"cuisine": "['French']"}})
    assert read["local_constraint"] == {
        "house rule": None,
        "cuisine": ["French"],
        "room type": None,
        "transportation": None,
    }


def test_numbers_and_dates_in_texts_are_read(asked: dict[str, Any]):
    texts = {"days": "3", "people_number": " 2 ", "budget": "1700.5", "visiting_city_number": "1"}
    read = read_record({**asked, **texts, "date": repr(asked["date"])})
    assert (read["days"], read["people_number"], read["budget"], read["visiting_city_number"]) == (3, 2, 1700.5, 1)
    assert read["date"] == asked["date"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("local_constraint", None),
        ("local_constraint", "none"),
        ("local_constraint", "null"),
        ("local_constraint", "{'cuisine': open('x')}"),
        ("local_constraint", "[" * 100_000),
        ("local_constraint", ["cuisine"]),
        ("days", "three"),
        ("days", 3.5),
        ("days", True),
        ("days", 0),
        ("people_number", -3),
        ("people_number", 10**400),
        ("visiting_city_number", None),
        ("budget", "much"),
        ("budget", float("nan")),
        ("budget", float("inf")),
        ("date", "soon"),
        ("date", ["2022-03-01"]),
        ("date", ["x", "y", "z"]),
        ("date", ["03/16/2022", "03/17/2022", "03/18/2022"]),
        ("date", ["2022-02-28", "2022-02-29", "2022-03-01"]),
        ("date", ["2022-03-18", "2022-03-17", "2022-03-16"]),
        ("date", ["2022-03-16", "2022-03-16", "2022-03-17"]),
        ("date", ["20220316", "20220317", "20220318"]),
        ("org", ""),
        ("dest", 7),
    ],
)
def test_what_cannot_be_read_is_named(name: str, value: Any, asked: dict[str, Any]):
    with pytest.raises(UserError, match=f"^{name} is ") as error:
        read_record({**asked, name: value})
    assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    ("name", "value"),
    [("cuisine", "French food"), ("room type", "a suite"), ("transportation", "no flights"), ("house_rule", "pets")],
)
def test_a_wish_that_no_check_knows_is_named(name: str, value: str, asked: dict[str, Any]):
    with pytest.raises(UserError, match=f"^{name} is "):
        read_record({**asked, "local_constraint": {name: value}})


@pytest.mark.parametrize("name", ["local_constraint", "days", "budget", "date", "org"])
def test_an_absent_field_is_named(name: str, asked: dict[str, Any]):
    with pytest.raises(UserError, match=f"^{name} is missing"):
        read_record({key: value for key, value in asked.items() if key != name})
