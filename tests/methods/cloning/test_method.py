"""Cloning by itself (``memory=cloning``): it builds and acts as MACLA does, with nothing of the paper's."""

import pytest
from helpers.market import Market, StingyMarket, expert
from helpers.shopping import actions, lent, lived, shop

from macla.benchmarks.trajectory import Outcome
from macla.config import compose
from macla.methods.cloning.method import Cloning
from macla.methods.cloning.settings import Settings
from macla.methods.cloning.state import Cloned
from macla.methods.session import Session
from macla.runs.play import run
from macla.seeding import derive_seed


@pytest.fixture(scope="module")
def demonstrations():
    return [expert(Market(seed)) for seed in range(120)]


@pytest.fixture(scope="module")
def learned(demonstrations):
    return Cloning(Settings()).build(demonstrations, lent())


def test_the_configuration_makes_it_by_its_name():
    config = compose(["memory=cloning", "memory.arguments.often=5"])
    assert isinstance(config.memory, Settings)
    assert config.memory.arguments.often == 5


def test_new_tasks_are_done_as_demonstrated(learned):
    sessions = [shop(learned.actor(), Market(seed)) for seed in range(1000, 1060)]
    assert sum(session.success for session in sessions) >= 57
    decisions = [decision for session in sessions for decision in session.decisions]
    assert {decision.kind for decision in decisions} == {"skill"}


def test_nothing_of_the_papers_mechanisms_is_at_work(learned):
    memory = learned.memory
    assert memory.procedures
    assert not memory.metas
    assert not memory.ontology.words
    decisions = [decision for seed in range(1000, 1010) for decision in shop(learned.actor(), Market(seed)).decisions]
    assert decisions
    for decision in decisions:
        assert decision.details.utility == decision.details.relevance


def test_its_own_episodes_change_neither_preconditions_nor_weights(demonstrations):
    learned = Cloning(Settings()).build(demonstrations, lent())
    preconditions = {each.id: each.preconditions for each in learned.memory.procedures.values()}
    episodes = []
    for round_ in range(2):
        markets = [StingyMarket(seed) for seed in range(20)]
        sessions = [shop(learned.actor(practising=True), market, seed=round_) for market in markets]
        episodes += [lived(*each) for each in zip(markets, sessions, strict=True)]
    assert {episode.outcome for episode in episodes} >= {Outcome.SUCCESS, Outcome.FAILURE}
    learned.absorb(episodes)
    assert learned.tasks() == {f"market-{seed}" for seed in range(120)}
    assert learned.memory.practised == {f"market-{seed}" for seed in range(20)}
    assert {each.id: each.preconditions for each in learned.memory.procedures.values()} == preconditions
    assert not learned.memory.extension(Cloned).arguments.contrasted


def test_what_was_saved_acts_as_what_was_built(learned, tmp_path):
    learned.save(tmp_path)
    loaded = Cloning(Settings()).load(tmp_path, lent())
    assert loaded.memory.events == learned.memory.events
    assert loaded.memory.extension(Cloned) == learned.memory.extension(Cloned)
    for seed in range(1000, 1010):
        again, before = (actions(shop(one.actor(), Market(seed))) for one in (loaded, learned))
        assert again == before != []


def test_its_constants_are_those_of_its_own_section(demonstrations):
    few = Settings.model_validate({"n_procedures": 2, "many_goals": 3, "invariants": {"no_accident": 10_000}})
    learned = Cloning(few).build(demonstrations, lent())
    assert [each.many_goals for each in learned.memory.procedures.values()] == [3, 3]
    assert not learned.memory.extension(Cloned).invariants.latest


def test_it_describes_what_all_demonstrators_have_in_common(learned):
    lines = learned.describe()
    assert "invariants of all demonstrations" in lines
    assert any("knock" in line for line in lines)
    assert learned.figures()["n_metas"] == 0


# lifted tasks --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def potters(toy, tools):
    """The toy world, whose tasks name only kinds of things, and what its experts teach."""
    benchmark = toy(jobs=["fire"], fire=1.0)
    lending = tools(benchmark)
    shown = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    return benchmark, lending, Cloning(Settings()).build(shown, lending)


def played(potters, tasks):
    benchmark, lending, learned = potters
    sessions = []
    for task in tasks:
        seed = derive_seed(0, task.id)
        session = Session(benchmark.make(task, seed=seed), lending.reader, benchmark.horizon, seed)
        run(learned.actor(), session)
        sessions.append(session)
    return sessions


def test_lifted_tasks_are_cloned_too_by_kinds_of_things(potters):
    benchmark, _, learned = potters
    assert learned.memory.extension(Cloned).arguments.by_place
    assert all(each.path for each in learned.memory.procedures.values())
    slots = {slot for each in learned.memory.procedures.values() for slot in each.slots}
    assert {"<kiln>", "<shelf>", "<vase>"} <= slots
    assert not any(slot.of_task for slot in slots)  # kinds of things, not the task's roles
    sessions = played(potters, benchmark.tasks("seen"))
    assert {session.goal for session in sessions} == {"names nothing"}
    assert {decision.kind for session in sessions for decision in session.decisions} == {"skill"}
    for session in sessions:
        assert list(dict.fromkeys(step.action.split()[0] for step in session.steps)) == ["go", "take", "fire"]
    assert sum(session.success for session in sessions) > len(sessions) / 2


def test_things_of_a_kind_that_no_demonstration_used_are_left_alone(potters):
    """What roles are good for: a task of kinds never shown is done by MACLA, but not by cloning."""
    sessions = played(potters, potters[0].tasks("unseen"))
    shown = {slot.kind for each in potters[2].memory.procedures.values() for slot in each.slots}
    taken = {action.split()[1] for session in sessions for action in actions(session, "take")}
    asked = {session.task.removeprefix("fire a ").removesuffix(" in kiln.") for session in sessions}
    assert taken
    assert taken <= shown
    assert asked
    assert asked.isdisjoint(shown)
    assert not any(session.success for session in sessions)
