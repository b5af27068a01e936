"""The method on tasks that name things outright, proved where what is right is planted (``market.py``)."""

import sys
from pathlib import Path

import pytest

from macla.act.agent import Agent, Interface
from macla.act.select import Selector, SelectSettings
from macla.act.utility import UtilitySettings
from macla.belief import Reader
from macla.learn.build import BuildSettings, build
from macla.model.create import create
from macla.model.settings import ModelSettings

sys.path.append(str(Path(__file__).parent))
from market import Market, MarketLexicon, expert

HELP = "ask {stall}\nknock {stall}\ntake {ware}\npay"


@pytest.fixture(scope="module")
def model():
    with create(ModelSettings()) as made:
        yield made


@pytest.fixture(scope="module")
def memory(model, hashing):
    demonstrations = [expert(Market(seed)) for seed in range(120)]
    return build(demonstrations, MarketLexicon(), model, hashing, BuildSettings(ontology=False))[0]


@pytest.fixture(scope="module")
def play(memory, model, hashing):
    index, _ = memory.embed(hashing)
    selector = Selector(memory, index, hashing, SelectSettings(theta_sim=None, theta_conf=-1.0), UtilitySettings())
    agent = Agent(Reader(MarketLexicon()), model, Interface(HELP, ""), selector)
    return lambda market: agent.run(market, 20, 0)


def test_new_tasks_are_done_as_demonstrated(play):
    sessions = [play(Market(seed)) for seed in range(1000, 1060)]
    assert sum(session.success for session in sessions) >= 57


def test_a_stall_is_knocked_at_only_when_it_is_closed(play):
    for seed in range(1000, 1030):
        market = Market(seed)
        knocked = {step.action.removeprefix("knock ") for step in play(market).steps if step.action.startswith("knock")}
        assert knocked <= market.closed_at_first


def test_the_precondition_of_knocking_is_what_was_said(memory):
    knocking = [each for each in memory.procedures.values() if each.milestone.verb == "knock {}"]
    assert knocking
    for each in knocking:
        assert "stated: The stall is closed." in [c.fact for c in each.preconditions if not c.negated]


def test_preferences_are_the_planted_ones(memory):
    weights = memory.preferences.of("take {}", 0, "ware").weights
    assert weights["colour as the task wants"] > 1
    assert weights["colour as the task wants"] > weights.get("colour not as the task wants", 0.0)
    assert weights["price at most the task's limit"] > weights.get("price above the task's limit", 0.0) + 1


def test_procedures_are_few_and_speak_of_kinds(memory):
    assert len(memory.procedures) <= 12
    for each in memory.procedures.values():
        assert set(each.milestone.slots) <= {"<stall>", "<ware>"}
