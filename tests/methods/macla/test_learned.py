"""A memory of MACLA as the harness sees it: it acts, absorbs, and is stored and read again."""

import pytest

from macla.methods.macla.memory.directory import state
from macla.methods.macla.method import Macla
from macla.methods.macla.settings import Settings

JOBS = {"jobs": ("fire",), "n_train": 20, "n_seen": 6, "fire": 0.7}


@pytest.fixture
def learn(toy, tools):
    """Return a function (settings) → a memory learned from a few potters."""

    def make(**settings):
        benchmark = toy(**JOBS)
        experts = list(benchmark.experts(benchmark.tasks("train"), seed=0))
        return Macla(Settings(**settings)).build(experts, tools(benchmark))

    return make


@pytest.fixture
def played_episodes(toy, tools):
    """Return a function (memory) → the records of a few practice episodes."""
    from macla.models.usage import Ledger
    from macla.runs.play import play

    def make(learned):
        benchmark = toy(**JOBS)
        lent = tools(benchmark, Ledger(tools(benchmark).model))
        return [play(learned.actor(practising=True), lent, benchmark, task, 0, 0) for task in benchmark.tasks("seen")]

    return make


def test_it_learned_from_the_tasks_that_were_shown_and_those_it_practised(learn, played_episodes, toy):
    learned = learn()
    shown = {task.id for task in toy(**JOBS).tasks("train")}
    assert learned.tasks() == shown
    episodes = played_episodes(learned)
    learned.absorb(episodes)
    assert learned.tasks() == shown | {episode.task for episode in episodes}
    assert len(learned.tasks()) == 26


def test_practice_has_no_gate_and_explores(learn):
    learned = learn(theta_conf=0.7)
    evaluating, practising = learned.actor(), learned.actor(practising=True)
    assert (evaluating.selector.theta_conf, practising.selector.theta_conf) == (0.7, -float("inf"))
    assert (evaluating.explore, practising.explore) == (False, True)
    assert learn(explore=True).actor().explore


def test_actors_share_the_snapshot_until_the_memory_learns(learn, played_episodes):
    learned = learn()
    before = learned.actor().selector
    assert learned.actor().selector is before
    learned.absorb(played_episodes(learned))
    after = learned.actor().selector
    assert after is not before
    chosen = next(iter(learned.memory.procedures))
    assert after.memory.procedures[chosen].evidence.earned() != (0, 0)


def test_what_was_saved_is_read_again_and_plays_the_same(learn, played_episodes, tmp_path, toy):
    learned = learn()
    learned.absorb(played_episodes(learned))
    learned.save(tmp_path)
    again = Macla(learned.settings).load(tmp_path, learned.tools)
    assert state(again.memory) == state(learned.memory)
    assert again.memory.events == learned.memory.events
    assert again.tasks() == learned.tasks()
    assert again.figures() == learned.figures()
    assert again.describe() == learned.describe()
    ours, theirs = ([episode.decisions for episode in played_episodes(each)] for each in (learned, again))
    assert ours == theirs
    assert all(ours)


def test_its_figures_are_its_sizes_and_its_posteriors(learn):
    learned = learn()
    memory, figures = learned.memory, learned.figures()
    assert figures["n_procedures"] == len(memory.procedures) > 0
    assert figures["n_metas"] == len(memory.metas) > 0
    assert figures["n_segments"] == sum(each.support for each in memory.procedures.values())
    counts = [each.evidence.counts() for each in memory.skills()]
    means = [(1 + s) / (2 + s + f) for s, f in counts]
    assert figures["posterior_mean"] == pytest.approx(sum(means) / len(means), abs=1e-6)


def test_a_memory_of_nothing_has_figures_too(tools, toy):
    learned = Macla(Settings()).build([], tools(toy()))
    assert learned.figures() == dict.fromkeys(learned.figures(), 0)
    assert learned.tasks() == frozenset()


@pytest.mark.parametrize(("gated", "theta_conf"), [(True, 0.7), (False, -float("inf"))])
def test_practice_has_the_gate_where_it_is_asked_for(learn, gated, theta_conf):
    learned = learn(theta_conf=0.7, departures={"gated_practice": gated})
    assert learned.actor(practising=True).selector.theta_conf == theta_conf
