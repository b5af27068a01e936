"""The method on tasks that name things outright, proved where what is right is planted (``market.py``)."""

import pytest
from helpers.market import Market, MarketLexicon, StingyMarket, expert

from macla.benchmarks.trajectory import Trajectory
from macla.methods.belief import Reader
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Selector, SelectSettings
from macla.methods.macla.algorithm1 import Agent, Interface
from macla.methods.macla.equations.expected_utility import UtilitySettings
from macla.methods.macla.learning.build import BuildSettings, build
from macla.methods.macla.learning.practice import Experience, Learner
from macla.methods.macla.learning.trace import choices
from macla.methods.macla.memory.segment import StepKey
from macla.methods.session import Session
from macla.models.create import create
from macla.models.requests import ParsedTask
from macla.models.settings import ModelSettings

PAY = StepKey("pay", ())
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


def test_conditions_on_arguments_are_the_planted_ones(memory):
    taking = memory.preferences.of("take {}", 0, "ware")
    assert {"colour as the task wants", "price at most the task's limit"} <= set(taking.always)
    assert {"colour not as the task wants", "price above the task's limit"} <= set(taking.never)


def test_what_applies_misses_nothing(memory, model, hashing):
    session = Session(Market(1000), Reader(MarketLexicon()), 20)
    session.start(0)
    executor = Executor(session, Roles(ParsedTask(goal="", slots=())), memory, model, hashing)
    known = {each.id: executor.misses(each) for each in memory.procedures.values()}
    assert [executor.ready(each) for each in memory.procedures.values()] == [n == (0, 0) for n in known.values()]
    assert {n for name, n in known.items() if memory.procedures[name].milestone.verb == "take {}"} == {None}
    assert any(n != (0, 0) for n in known.values() if n is not None)


def test_in_a_situation_never_shown_the_nearest_procedure_acts(play):
    market = Market(1000)
    market.reset = lambda *, seed=None: ("You see stall 1, stall 2, and stall 3. It is raining.", market._info(False))
    market.closed, market.taken = set(market.closed_at_first), None
    assert all(decision.chosen != "act" for decision in play(market).decisions)


def test_procedures_are_few_and_speak_of_kinds(memory):
    assert len(memory.procedures) <= 12
    for each in memory.procedures.values():
        assert set(each.milestone.slots) <= {"<stall>", "<ware>"}


def test_habits_are_what_no_demonstration_broke(memory):
    demonstrations = [[step.action for step in expert(Market(seed)).steps] for seed in range(120)]
    assert memory.habits.latest[PAY] == max(actions.index("pay") for actions in demonstrations)
    assert "knock {}" not in {key.verb for key in memory.habits.latest}  # some stalls are open
    assert "knock {}" in memory.habits.once
    assert "ask {}" not in memory.habits.once  # a stall that was closed is asked again


def test_what_nobody_puts_off_is_done_in_time(play, memory, monkeypatch):
    seeds = [seed for seed in range(1000, 1030) if len(play(Market(seed)).steps) > 4]
    assert seeds
    monkeypatch.setitem(memory.habits.latest, PAY, 2)
    for seed in seeds:
        assert [step.action for step in play(Market(seed)).steps].index("pay") == 2


def test_nobody_knocks_twice_where_nobody_was_seen_to(play):
    market = Market(1000)
    usual = market.step
    market.step = lambda action: (
        ("The stall is closed.", 0.0, False, False, market._info(False))
        if action.split()[0] in ("ask", "knock")
        else usual(action)
    )
    knocks = [step.action for step in play(market).steps if step.action.startswith("knock")]
    assert knocks
    assert len(knocks) == len(set(knocks))


def test_practice_teaches_what_demonstrations_do_not_show(model, hashing):
    demonstrations = [expert(Market(seed)) for seed in range(120)]
    memory, composer = build(demonstrations, MarketLexicon(), model, hashing, BuildSettings(ontology=False))
    learner = Learner(memory, composer, model, BuildSettings(ontology=False))
    reader, new = Reader(MarketLexicon()), [StingyMarket(seed) for seed in range(1000, 1050)]

    def play(markets, explore, seed=0):
        index, _ = memory.embed(hashing)
        settings = SelectSettings(theta_sim=None, theta_conf=-1.0, explore=explore)
        selector = Selector(memory, index, hashing, settings, UtilitySettings())
        agent = Agent(reader, model, Interface(HELP, ""), selector)
        return [agent.run(market, 20, seed) for market in markets]

    def lived(market, session):
        played = Trajectory(
            task_id=market.id,
            task=session.task,
            first_observation=session.first_observation,
            steps=tuple(session.steps),
            outcome=session.outcome,
        )
        executions = tuple(session.executions)
        return Experience(session.goal, executions, session.success, market.id, choices(reader, played))

    before = sum(session.success for session in play(new, explore=False))
    markets = [StingyMarket(seed) for seed in range(30)]
    for number in range(4):
        sessions = play(markets, explore=True, seed=number)
        learner.absorb([lived(*each) for each in zip(markets, sessions, strict=True)])
    after = sum(session.success for session in play(new, explore=False))
    assert memory.practised == {market.id for market in markets}
    assert memory.preferences.practised["ware"]["size of price"] < 0
    assert after >= before + 10


def test_exploration_draws_by_the_odds(memory, hashing, model):
    index, _ = memory.embed(hashing)

    def takes(explore):
        settings = SelectSettings(theta_sim=None, theta_conf=-1.0, explore=explore)
        selector = Selector(memory, index, hashing, settings, UtilitySettings())
        agent = Agent(Reader(MarketLexicon()), model, Interface(HELP, ""), selector)
        runs = [agent.run(StingyMarket(1000), 20, seed).steps for seed in range(12)]
        return {step.action for steps in runs for step in steps if step.action.startswith("take")}

    assert len(takes(explore=False)) == 1
    assert len(takes(explore=True)) > 1
