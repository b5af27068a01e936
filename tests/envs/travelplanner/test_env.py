"""Whole episodes in both modes."""

import json
from typing import Any

import pytest

from envs.travelplanner.cost_enquiry import NOT_A_DAY, UNREADABLE
from envs.travelplanner.database import Database
from envs.travelplanner.env import Limits, SolePlanningEnv, TwoStageEnv
from envs.travelplanner.plan_text import day_command, plan_text
from envs.travelplanner.planning import UNREADABLE as UNREADABLE_PLAN
from envs.travelplanner.reference import reference_information

Plan = list[dict[str, Any]]
KEYS = {"task", "task_type", "success", "score", "measures"}


@pytest.fixture
def env(query: dict[str, Any], tiny: Database) -> TwoStageEnv:
    return TwoStageEnv(query, tiny, Limits(), feedback=False)


@pytest.fixture
def sole(query: dict[str, Any], plan: Plan, tiny: Database) -> SolePlanningEnv:
    reference = reference_information(query, plan, tiny)
    return SolePlanningEnv(query, tiny, Limits(), feedback=False, reference=reference)


def test_day_by_day(env: TwoStageEnv, plan: Plan):
    _, info = env.reset()
    assert set(info) == KEYS
    env.step("CitySearch[South]")
    observation, *_ = env.step("Planner[go]")
    assert "Write day 1 of 3" in observation
    for day in plan[:2]:
        _, reward, terminated, truncated, info = env.step(day_command(day))
        assert (reward, terminated, truncated, info["success"]) == (0.0, False, False, False)
    observation, reward, terminated, truncated, info = env.step(day_command(plan[2]))
    assert (observation, reward, terminated, truncated) == ("The plan is delivered.", 1.0, True, False)
    assert (info["success"], info["score"], info["end"], info["plan"]) == (True, 1.0, "plan", plan)
    assert info["evaluation"]["final_pass"] is True
    json.dumps(info)


@pytest.mark.parametrize("spell", [plan_text, json.dumps])
def test_the_whole_plan_in_one_action(env: TwoStageEnv, plan: Plan, spell: Any):
    env.reset()
    env.step("Planner[go]")
    *_, terminated, _, info = env.step(spell(plan))
    assert terminated
    assert info["success"]
    assert info["plan"] == plan


def test_a_plan_outside_the_planning_stage_is_an_invalid_action(env: TwoStageEnv, plan: Plan):
    env.reset()
    assert env.step(json.dumps(plan))[0].startswith("Invalid Action.")


def test_an_unreadable_plan_costs_an_attempt_and_then_ends(env: TwoStageEnv):
    env.reset()
    env.step("Planner[go]")
    for _ in range(5):
        observation, _, terminated, truncated, _ = env.step("I would go to Boro.")
        assert (observation, terminated, truncated) == (UNREADABLE_PLAN, False, False)
    *_, terminated, truncated, info = env.step("I would go to Boro.")
    assert (terminated, truncated) == (False, True)
    assert info["evaluation"]["final_pass"] is False
    assert set(info["evaluation"]["commonsense"].values()) == {None}
    with pytest.raises(RuntimeError):
        env.step("again")


def test_an_incomplete_plan_is_delivered_as_it_is(env: TwoStageEnv, plan: Plan):
    env.reset()
    env.step("Planner[go]")
    env.step(day_command(plan[0]))
    for _ in range(5):
        *_, terminated, _, info = env.step("?")
    assert terminated
    assert not info["success"]
    assert 0 < info["score"] < 1


def test_reset_starts_over(env: TwoStageEnv, plan: Plan):
    first = env.reset()
    env.step("Planner[go]")
    env.step(plan_text(plan))
    assert env.reset() == first
    assert env.step("NotebookWrite[x]")[0].endswith("its index is 0.")


def test_training_tasks_tell_what_is_broken(query: dict[str, Any], plan: Plan, tiny: Database):
    env = TwoStageEnv({**query, "budget": 1}, tiny, Limits(), feedback=True)
    env.reset()
    env.step("Planner[go]")
    observation, *_ = env.step(plan_text(plan))
    assert observation.endswith("Broken: valid_cost: the plan costs 600 of 1 dollars.")


def test_nothing_hidden_is_shown_before_the_plan(env: TwoStageEnv):
    observation, info = env.reset()
    shown = observation + env.step("RestaurantSearch[Boro]")[0] + env.step("Planner[go]")[0]
    assert "is_valid" not in shown
    assert set(info) == KEYS


def test_sole_planning(sole: SolePlanningEnv, plan: Plan):
    observation, _ = sole.reset()
    for text in ("Restaurants in Boro", "Flight from Adel to Boro on 2022-03-01", "Taxi from Boro to Adel", "Sight 3"):
        assert text in observation
    day = {**plan[0], "people_number": 2}
    assert sole.step(f"CostEnquiry[{day}]")[0] == "Cost: The cost of your plan is 170.0 dollars."
    observation, _, terminated, _, info = sole.step(f"Finish[{plan_text(plan)}]")
    assert (observation, terminated, info["success"]) == ("The plan is finished.", True, True)


@pytest.mark.parametrize(
    ("argument", "observation"),
    [
        ("{", UNREADABLE),
        ("[1]", NOT_A_DAY),
        ("{}", UNREADABLE),
        (
            "{'people_number': 2, 'breakfast': 'Nowhere, Boro', 'transportation': 'Flight Number: F9, from A to B'}",
            "Cost: Sorry, the cost of your plan is not available because of the following reasons:"
            "1. The filght information is not valid \t2. The breakfase information is not valid, please check. \t",
        ),
        (
            "{'people_number': 6, 'lunch': 'able 2, Boro'}",
            "Cost: Sorry, the cost of your plan is not available because of the following reasons:"
            "1. The lunch information is not valid, please check. \t",
        ),
        ("{'people_number': 6, 'lunch': 'unparsable'}", "Cost: The cost of your plan is 0 dollars."),
        (
            "{'people_number': 6, 'transportation': 'Self-driving, from Adel to Boro'}",
            "Cost: The cost of your plan is 100 dollars.",
        ),
    ],
)  # fmt: skip
def test_cost_enquiry(sole: SolePlanningEnv, argument: str, observation: str):
    sole.reset()
    assert sole.step(f"CostEnquiry[{argument}]")[0] == observation


def test_sole_planning_limits(sole: SolePlanningEnv):
    sole.reset()
    assert sole.step("Search[x]")[0] == "Action Search is not supported."
    for _ in range(29):
        *_, truncated, info = sole.step("Search[x]")
    assert truncated
    assert info["end"] == "no plan within 30 steps"


def test_sole_planning_halts_on_a_long_prompt(sole: SolePlanningEnv):
    sole.reset()
    *_, truncated, info = sole.step(f"Search[{'x' * 50_000}]")
    assert truncated
    assert info["end"] == "more than 14000 tokens"
