"""MACLA hands tasks that name the things themselves over to cloning: proved where what is right is planted."""

import pytest
from helpers.market import Market, StingyMarket, expert
from helpers.shopping import READER, actions, lent, lived, shop

from macla.methods.cloning.grounded import Grounded
from macla.methods.cloning.handover import CloningHandOver
from macla.methods.cloning.state import Cloned
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.memory.segment import Condition, StepKey
from macla.methods.macla.method import Macla
from macla.methods.macla.settings import Settings
from macla.methods.session import Session

PAY = StepKey("pay", ())
SETTINGS = Settings(ontology=False, theta_conf=-1.0)


def demonstrations():
    return [expert(Market(seed)) for seed in range(120)]


@pytest.fixture(scope="module")
def learned():
    return Macla(SETTINGS).build(demonstrations(), lent())


@pytest.fixture(scope="module")
def memory(learned):
    return learned.memory


@pytest.fixture(scope="module")
def cloned(memory):
    return memory.extension(Cloned)


@pytest.fixture(scope="module")
def play(learned):
    return lambda market: shop(learned.actor(), market)


def test_new_tasks_are_done_as_demonstrated(play):
    sessions = [play(Market(seed)) for seed in range(1000, 1060)]
    assert sum(session.success for session in sessions) >= 57


def test_a_stall_is_knocked_at_only_when_it_is_closed(play):
    knocks = 0
    for seed in range(1000, 1030):
        market = Market(seed)
        knocked = {action.removeprefix("knock ") for action in actions(play(market), "knock")}
        assert knocked <= market.closed_at_first
        knocks += len(knocked)
    assert knocks > 10


def test_the_precondition_of_knocking_is_what_was_said(memory):
    knocking = [each for each in memory.procedures.values() if each.milestone.verb == "knock {}"]
    assert knocking
    for each in knocking:
        assert Condition("", "stated: The stall is closed.") in each.preconditions


def test_weights_of_arguments_are_the_planted_ones(cloned):
    weights = cloned.arguments.of("take {}", 0, "ware").weights
    assert weights["colour as the task wants"] > 1
    assert weights["colour as the task wants"] > weights.get("colour not as the task wants", 0.0)
    assert weights["price at most the task's limit"] > weights.get("price above the task's limit", 0.0) + 1


def test_conditions_on_arguments_are_the_planted_ones(cloned):
    taking = cloned.arguments.of("take {}", 0, "ware")
    assert {"colour as the task wants", "price at most the task's limit"} <= set(taking.always)
    assert {"colour not as the task wants", "price above the task's limit"} <= set(taking.never)


def test_what_applies_falls_short_of_nothing(learned, memory):
    session = Session(Market(1000), READER, 20, 0)
    session.start()
    handover, roles = CloningHandOver(SETTINGS.cloning), Roles(ParsedTask(goal="", slots=()))
    grounding = handover.grounding(session, roles, learned.actor().selector, lent())
    assert isinstance(grounding, Grounded)
    short = {each.id: grounding.shortfall(each) for each in memory.procedures.values()}
    assert [grounding.applicable(each) for each in memory.procedures.values()] == [n == (0, 0) for n in short.values()]
    assert (0, 0) in short.values()
    assert {n for name, n in short.items() if memory.procedures[name].milestone.verb == "take {}"} == {None}
    assert any(n != (0, 0) for n in short.values() if n is not None)


def test_in_a_situation_never_shown_the_nearest_procedure_acts(play):
    market = Market(1000)
    market.reset = lambda *, seed=None: ("You see stall 1, stall 2, and stall 3. It is raining.", market._info(False))
    market.closed, market.taken = set(market.closed_at_first), None
    decisions = play(market).decisions
    assert decisions
    assert all(decision.chosen != "act" for decision in decisions)


def test_procedures_are_few_and_speak_of_kinds(memory):
    assert {each.milestone.verb for each in memory.procedures.values()} == {"ask {}", "knock {}", "take {}", "pay"}
    assert len(memory.procedures) <= 12
    for each in memory.procedures.values():
        assert set(each.milestone.slots) <= {"<stall>", "<ware>"}


def test_invariants_are_what_no_demonstration_broke(cloned):
    invariants = cloned.invariants
    shown = [[step.action for step in demonstration.steps] for demonstration in demonstrations()]
    assert invariants.latest[PAY] == max(given.index("pay") for given in shown)
    assert "knock {}" not in {key.verb for key in invariants.latest}  # some stalls are open
    assert "knock {}" in invariants.once
    assert "ask {}" not in invariants.once  # a stall that was closed is asked again


def test_what_nobody_puts_off_is_done_in_time(play, cloned, monkeypatch):
    seeds = [seed for seed in range(1000, 1030) if len(play(Market(seed)).steps) > 4]
    assert seeds
    monkeypatch.setitem(cloned.invariants.latest, PAY, 2)
    for seed in seeds:
        assert actions(play(Market(seed))).index("pay") == 2


def test_nobody_knocks_twice_where_nobody_was_seen_to(play):
    market = Market(1000)
    usual = market.step
    market.step = lambda action: (
        ("The stall is closed.", 0.0, False, False, market._info(False))
        if action.split()[0] in ("ask", "knock")
        else usual(action)
    )
    knocks = actions(play(market), "knock")
    assert knocks
    assert len(knocks) == len(set(knocks))


def test_practice_teaches_what_demonstrations_do_not_show():
    learned = Macla(SETTINGS).build(demonstrations(), lent())
    new = [StingyMarket(seed) for seed in range(1000, 1050)]
    before = sum(shop(learned.actor(), market).success for market in new)
    markets = [StingyMarket(seed) for seed in range(30)]
    for number in range(4):
        actor = [learned.actor(practising=True) for _ in markets]
        sessions = [shop(one, market, seed=number) for one, market in zip(actor, markets, strict=True)]
        learned.absorb([lived(*each) for each in zip(markets, sessions, strict=True)])
    after = sum(shop(learned.actor(), market).success for market in new)
    assert learned.memory.practised == {market.id for market in markets}
    assert learned.memory.extension(Cloned).arguments.contrasted["ware"]["size of price"] < 0
    assert after >= before + 10


def test_exploration_draws_by_the_odds(learned):
    def takes(practising):
        sessions = [shop(learned.actor(practising=practising), StingyMarket(1000), seed) for seed in range(12)]
        return {action for session in sessions for action in actions(session, "take")}

    assert len(takes(practising=False)) == 1
    assert len(takes(practising=True)) > 1
