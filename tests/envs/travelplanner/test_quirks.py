"""The official evaluator's quirks, one by one, in a hand-made world (``docs/spec/travelplanner.md §6``)."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.travelplanner.database import Database, FlightFile, Places
from envs.travelplanner.evaluate.strict import evaluate_strictly
from envs.travelplanner.evaluate.verdict import evaluate
from envs.travelplanner.fields import leg, name_and_city, without_state

Plan = list[dict[str, Any]]
Query = dict[str, Any]
IN_CITY = "is_valid_information_in_current_city"


def put(plan: Plan, day: int, **fields: Any) -> Plan:
    return [{**old, **fields} if number == day else old for number, old in enumerate(plan, 1)]


def failures(query: Query, plan: Any, database: Database) -> set[str]:
    evaluation = evaluate(query, plan, database)
    return {name for name, v in {**evaluation.commonsense, **(evaluation.hard or {})}.items() if v is False}


def asking(query: Query, **wishes: Any) -> Query:
    names = {name.replace("_", " "): wish for name, wish in wishes.items()}
    return {**query, "local_constraint": {**query["local_constraint"], **names}}


def test_the_plan_passes(query: Query, plan: Plan, tiny: Database):
    evaluation = evaluate(query, plan, tiny)
    assert evaluation.final_pass
    assert evaluation.total_cost == 2 * 50 + 2 * 100 + 2 * (10 + 20 + 30 + 40 + 50)
    assert evaluate_strictly(query, plan, tiny).final_pass


@pytest.mark.parametrize(
    ("day", "fields", "broken"),
    [
        (1, {"current_city": "from Cove to Boro"}, {"is_reasonable_visiting_city", "is_not_absent", IN_CITY}),
        (1, {"transportation": "-"}, {"is_valid_transportation", "is_not_absent"}),
        (2, {"lunch": "Table 1, Boro"}, {"is_valid_restaurants"}),
        (2, {"lunch": "Table 1, Boro(South)"}, set()),  # the same place in another spelling
        (2, {"attraction": "Sight 0, Boro;Sight 0, Boro;"}, {"is_valid_attractions"}),
        (2, {"attraction": "Sight 0, Boro;Nonsense"}, set()),  # text after the last ";" is dropped
        (2, {"attraction": "Nonsense"}, set()),  # without ";" nothing is checked
        (2, {"lunch": "Table 2, Cove"}, set()),  # shares a letter with Boro: the bare string is walked through
        (1, {"dinner": "Table 0, Dunn"}, {IN_CITY}),
        (2, {"lunch": "able 2, Boro"}, set()),  # names match by part …
        (2, {"lunch": "table 2, Boro"}, {"is_valid_information_in_sandbox"}),  # … in the same case
        (2, {"lunch": ", Boro"}, set()),  # an empty name matches every row
        (2, {"lunch": "Table 2"}, {"is_valid_information_in_sandbox", IN_CITY}),
        (2, {"lunch": "-"}, {"is_not_absent"}),
        (2, {"lunch": None}, set()),  # None passes as filled
        (2, {"accommodation": "-"}, {"is_not_absent"}),
        (3, {"transportation": "Train, from Boro to Adel"}, set()),  # other means are accepted unseen
        (3, {"transportation": "Flight, from Boro to Adel"}, {"is_valid_transportation"}),
        (3, {"transportation": "Taxi, from Boro to Adel"}, {"is_valid_transportation"}),
    ],
)  # fmt: skip
def test_one_change(day: int, fields: dict[str, Any], broken: set[str], query: Query, plan: Plan, tiny: Database):
    assert failures({**query, "budget": 10_000}, put(plan, day, **fields), tiny) == broken


def test_two_flights_pass_whatever_their_date(query: Query, plan: Plan, tiny: Database):
    plan = put(plan, 1, transportation="Flight Number: F2, from Adel to Boro, Departure Time: 00:00")
    plan = put(plan, 3, transportation="Flight Number: F3, from Boro to Adel")
    assert failures({**query, "date": ["2022-03-09"] * 3}, plan, tiny) == set()
    assert evaluate(query, plan, tiny).total_cost == 2 * (90 + 80) + 200 + 300
    strict = evaluate_strictly({**query, "date": ["2022-03-09"] * 3}, plan, tiny)
    assert strict.commonsense["is_valid_information_in_sandbox"] is False


def test_a_flight_without_its_number_is_false_and_does_not_raise(query: Query, plan: Plan, tiny: Database):
    plan = put(plan, 1, transportation="Flight Number:, from Adel to Boro")
    evaluation = evaluate(query, plan, tiny)
    assert evaluation.commonsense["is_valid_information_in_sandbox"] is False
    assert evaluation.commonsense["is_valid_restaurants"] is True
    assert evaluation.hard is None
    assert evaluation.total_cost is None


def test_three_days_never_check_the_destination(query: Query, plan: Plan, tiny: Database):
    elsewhere = {**query, "dest": "Dunn"}
    assert failures(elsewhere, plan, tiny) == set()
    assert evaluate_strictly(elsewhere, plan, tiny).commonsense["is_reasonable_visiting_city"] is False


def test_five_days_check_the_state(query: Query, plan: Plan, tiny: Database):
    five = {**query, "days": 5, "dest": "North"}
    assert "is_reasonable_visiting_city" in failures(five, plan, tiny)
    reason = evaluate(five, plan, tiny).reasons["is_reasonable_visiting_city"]
    assert reason == "Boro is not in North"


@pytest.mark.parametrize(
    ("hotel", "holds"),
    [("Long Stay, Boro", False), ("Twin, Boro", True), ("Twin Towers, Boro", True), ("Nowhere, Boro", True)],
)
def test_minimum_nights_need_exactly_one_match(hotel: str, holds: bool, query: Query, plan: Plan, tiny: Database):
    plan = put(put(plan, 1, accommodation=hotel), 2, accommodation=hotel)
    assert evaluate(query, plan, tiny).commonsense["is_valid_accommodation"] is holds
    strict = evaluate_strictly(query, plan, tiny).commonsense["is_valid_accommodation"]
    assert strict is (holds and hotel != "Twin, Boro")


def test_days_after_the_last_are_not_looked_at(query: Query, plan: Plan, tiny: Database):
    assert failures(query, [*plan, {"nonsense": 1}], tiny) == set()
    assert evaluate_strictly(query, [*plan, {}], tiny).commonsense["is_not_absent"] is False


def test_a_run_of_home_at_the_end_is_a_city_visited_twice(query: Query, plan: Plan, tiny: Database):
    five = {**query, "days": 5, "dest": "South"}
    home = {**plan[1], "current_city": "Adel"}
    assert "is_reasonable_visiting_city" in failures(five, [*plan, home, home], tiny)


def test_cuisine_skips_the_rest_of_a_day_after_a_meal_at_home(query: Query, plan: Plan, tiny: Database):
    french = asking(query, cuisine=["French", "Indian"])
    assert failures(french, plan, tiny) == set()
    at_home = put(plan, 2, breakfast="Table 5, Adel", lunch="Table 1, Boro")
    assert failures(french, at_home, tiny) == {"valid_cuisine", IN_CITY}
    assert failures(asking(query, cuisine=["Italian"]), plan, tiny) == {"valid_cuisine"}


def test_rooms_and_rules(query: Query, plan: Plan, tiny: Database):
    def with_hotel(name: str) -> Plan:
        return put(put(plan, 1, accommodation=name), 2, accommodation=name)

    smoky, bunks = with_hotel("Smoky, Boro"), with_hotel("Bunks, Boro")
    assert failures(asking(query, house_rule="parties"), smoky, tiny) == {"valid_room_rule"}
    assert failures(asking(query, house_rule="visitors"), smoky, tiny) == set()
    assert failures(asking(query, room_type="not shared room"), bunks, tiny) == {"valid_room_type"}
    assert failures(asking(query, room_type="shared room"), bunks, tiny) == set()
    assert failures(asking(query, room_type="entire room"), smoky, tiny) == set()
    assert failures(asking(query, room_type="private room"), smoky, tiny) == {"valid_room_type"}


def test_unwanted_transport_is_case_sensitive(query: Query, plan: Plan, tiny: Database):
    own_car = asking(query, transportation="no self-driving")
    assert failures(own_car, plan, tiny) == {"valid_transportation"}
    lower = [{**day, "transportation": day["transportation"].lower()} for day in plan]
    lower = [
        {**d, "transportation": d["transportation"].replace("adel", "Adel").replace("boro", "Boro")} for d in lower
    ]
    assert failures(own_car, lower, tiny) == set()
    assert evaluate_strictly(own_car, lower, tiny).hard["valid_transportation"] is False  # type: ignore[index]


def test_roads_longer_than_a_day_or_unknown_are_not_in_the_sandbox(tiny: Database):
    assert tiny.road_cost("Adel", "Boro", "self-driving") == 50
    assert tiny.road_cost("Adel", "Boro", "taxi") == 1001
    assert tiny.road_cost("Boro", "Cove", "self-driving") == 1
    assert tiny.road_cost("Cove", "Adel", "taxi") is None
    assert tiny.road_cost("Adel", "Cove", "taxi") is None
    assert tiny.road_cost("Boro", "Dunn", "taxi") is None


def test_budget_is_inclusive(query: Query, plan: Plan, tiny: Database):
    assert failures({**query, "budget": 600}, plan, tiny) == set()
    assert failures({**query, "budget": 599}, plan, tiny) == {"valid_cost"}


def test_local_constraints_may_be_a_python_literal(query: Query, plan: Plan, tiny: Database):
    literal = {**query, "local_constraint": repr(asking(query, cuisine=["Italian"])["local_constraint"])}
    assert failures(literal, plan, tiny) == {"valid_cuisine"}


@pytest.mark.parametrize("nothing", [None, [], "", {}])
def test_nothing_delivered(nothing: Any, query: Query, tiny: Database):
    evaluation = evaluate(query, nothing, tiny)
    assert not evaluation.delivered
    assert set(evaluation.commonsense.values()) == {None}
    assert evaluation.hard is None
    assert not evaluation.final_pass


def test_reading_fields():
    assert without_state("Houston(Texas)") == "Houston"
    assert leg("Taxi, from St. Paul(Minnesota) to Eau Claire, cost: 3") == ("St. Paul(Minnesota)", "Eau Claire")
    assert leg("nowhere") == (None, None)
    assert name_and_city("The Inn, Downtown, Houston(Texas)") == ("The Inn, Downtown", "Houston")
    assert name_and_city("no comma") == ("-", "-")
    assert name_and_city("first line\nsecond, Houston") == ("second", "Houston")


_OFFICIAL_NAME_CITY = re.compile(r"(.*?),\s*([^,]+)(\(\w[\w\s]*\))?$")


@given(st.text("ab(), \n\t", max_size=14))
def test_names_are_cut_as_the_official_pattern_cuts_them(text: str):
    match = _OFFICIAL_NAME_CITY.search(text)
    expected = ("-", "-")
    if match:
        expected = (match.group(1).strip(), without_state(match.group(2).strip()).strip())
    assert name_and_city(text) == expected


_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=8)
    | st.sampled_from(["-", "from A to B", "taxi"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["current_city", "transportation", "breakfast", "accommodation"]), inner)
    ),
    max_leaves=12,
)


@given(plan=_JUNK, days=st.integers(0, 7))
def test_no_plan_whatever_raises(plan: Any, days: int):
    empty = Database((), {}, FlightFile([]), Places([]), Places([]), Places([]), {})
    for query in ({"days": days, "org": "A"}, {}):
        for judge in (evaluate, evaluate_strictly):
            evaluation = judge(query, plan, empty)
            assert evaluation.delivered is bool(plan)
