"""Plans as text, JSON and commands, there and back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.travelplanner.lexicon import TravelLexicon
from envs.travelplanner.plan_text import day_command, parse_plan, plan_text

_WORD = st.text("abcdeéö'&!*()#/ ", min_size=1, max_size=12).map(str.strip).filter(lambda w: w.strip("*() #"))
_PLACE = st.builds("{}, {}".format, _WORD, st.sampled_from(["Boro", "St. Paul", "State College(Pennsylvania)"]))
_MAYBE = st.just("-") | _PLACE
_SIGHTS = st.just("-") | st.lists(_PLACE, min_size=1, max_size=3).map(lambda places: "".join(f"{p};" for p in places))
_MOVES = st.sampled_from(
    [
        "-",
        "Flight Number: F3573659, from St. Petersburg to Rockford, Departure Time: 15:40, Arrival Time: 17:04",
        "Self-driving, from Boro to St. Paul, duration: 14 hours 4 mins, distance: 1,433 km, cost: 71",
    ]
)
_DAY = st.fixed_dictionaries(
    {
        "current_city": st.sampled_from(["Boro", "from Boro to St. Paul", "from A to State College(Pennsylvania)"]),
        "transportation": _MOVES,
        "breakfast": _MAYBE,
        "attraction": _SIGHTS,
        "lunch": _MAYBE,
        "dinner": _MAYBE,
        "accommodation": _MAYBE,
    }
)
_PLANS = st.lists(_DAY, min_size=1, max_size=7).map(
    lambda days: [{"days": number, **day} for number, day in enumerate(days, 1)]
)
_LEXICON = TravelLexicon(["Boro", "St. Paul", "State College"], ["Pennsylvania"])


@given(_PLANS)
def test_there_and_back(plan: list[dict[str, Any]]):
    assert parse_plan(plan_text(plan)) == plan
    assert parse_plan(json.dumps(plan)) == plan
    assert parse_plan(repr(plan)) == plan


@given(_DAY)
def test_one_day_as_a_command(day: dict[str, Any]):
    command = day_command(day)
    assert parse_plan(command) == [{"days": 1, **day}]
    parsed = _LEXICON.parse(command)
    assert parsed is not None
    assert _LEXICON.render(parsed) == command
    assert len(parsed.arguments) == parsed.verb.count("{}")
    assert all(place not in parsed.verb for place in ("Boro", "St. Paul"))


@given(_PLANS)
def test_the_official_loop_glues_lines_together(plan: list[dict[str, Any]]):
    assert parse_plan(plan_text(plan).replace("\n", "")) == plan


@given(st.text(max_size=60) | st.text("Day1:[]{}\"'; Curent Ciy", max_size=60))
def test_any_text_is_read_or_refused(text: str):
    plan = parse_plan(text)
    assert plan is None or all("current_city" in day for day in plan)


def test_what_models_write():
    text = """Here is the plan:
**Day 1:**
- **Current City:** from Adel to Boro
- **Transportation:** Taxi, from Adel to Boro, duration: 5 hours, distance: 1,000 km, cost: $1000.
- **Breakfast**: N/A
Attraction: Sight 0, Boro; Sight 1, Boro.
Dinner: Table 1, Boro; Cost: $20
### Day 2
Current City: Boro
Lunch: Table 2, Boro, Cost: 12
Accommodation: *Inn*, Boro"""
    assert parse_plan(text) == [
        {
            "days": 1,
            "current_city": "from Adel to Boro",
            "transportation": "Taxi, from Adel to Boro, duration: 5 hours, distance: 1,000 km, cost: 1000",
            "breakfast": "-",
            "attraction": "Sight 0, Boro;Sight 1, Boro;",
            "lunch": "-",
            "dinner": "Table 1, Boro",
            "accommodation": "-",
        },
        {
            "days": 2,
            "current_city": "Boro",
            "transportation": "-",
            "breakfast": "-",
            "attraction": "-",
            "lunch": "Table 2, Boro",
            "dinner": "-",
            "accommodation": "*Inn*, Boro",
        },
    ]


@pytest.mark.parametrize("text", ["", "no plan", "Day 1: we rest", "{}", "[]", '[{"a": 1}]', "Day[Lunch: x]", "Day[x]"])
def test_no_plan(text: str):
    assert parse_plan(text) is None


def test_json_with_a_plan_inside():
    assert parse_plan('```json\n{"plan": [{"days": 3, "current_city": "Boro"}]}\n```') == [
        {"days": 1, "current_city": "Boro"}
    ]
