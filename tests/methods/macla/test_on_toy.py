"""The method proved in the toy world, where every probability is known (``envs/toy/world.py``)."""

import math
from dataclasses import replace

import pytest
from scipy.stats import binomtest

from macla.methods.belief import Reader
from macla.methods.macla.acting.select import Selector, SelectSettings
from macla.methods.macla.algorithm1 import Agent, Interface
from macla.methods.macla.equations.expected_utility import UtilitySettings
from macla.methods.macla.learning.build import BuildSettings, build
from macla.methods.macla.learning.practice import Experience, Learner
from macla.models.embedded import Embedded
from macla.seeding import derive_seed

BATCH = 10


class Workshop:
    """An agent that learns from experts and then from its own episodes, a batch at a time."""

    def __init__(self, benchmark, encoder, *, seed=0, settings=None, **selection):
        self.benchmark, self.encoder = benchmark, encoder
        self.model = Embedded()
        self.settings = settings or BuildSettings(ontology=False)
        self.selection = SelectSettings(theta_sim=None, **selection)
        trajectories = list(benchmark.experts(benchmark.tasks("train"), seed=seed))
        self.memory, composer = build(trajectories, benchmark.lexicon, self.model, encoder, self.settings)
        self.learner = Learner(self.memory, composer, self.model, self.settings)

    def play(self, tasks, attempt=0, **selection):
        """Return the session of each task, all on the memory as it is."""
        index, _ = self.memory.embed(self.encoder)
        settings = replace(self.selection, **selection)
        selector = Selector(self.memory, index, self.encoder, settings, UtilitySettings())
        interface = Interface(self.benchmark.help, self.benchmark.example)
        agent = Agent(Reader(self.benchmark.lexicon), self.model, interface, selector)
        sessions = []
        for task in tasks:
            seed = derive_seed(attempt, task.id)
            sessions.append(agent.run(self.benchmark.make(task, seed=seed), self.benchmark.horizon, seed))
        return sessions

    def practise(self, tasks):
        """Play in batches, without a gate as ``build.practice`` does, and learn from each; return all sessions."""
        sessions = []
        for start in range(0, len(tasks), BATCH):
            batch = self.play(tasks[start : start + BATCH], theta_conf=-math.inf)
            sessions += batch
            self.learner.absorb([Experience(each.goal, tuple(each.executions), each.success) for each in batch])
        return sessions

    def of(self, verb):
        """Return the procedures whose milestone is this verb."""
        return [each for each in self.memory.procedures.values() if each.milestone.verb.startswith(verb + " ")]


@pytest.fixture
def workshop(toy, hashing):
    def make(settings=None, selection=None, **options):
        return Workshop(toy(**options), hashing, settings=settings, **(selection or {}))

    return make


def counted(procedures):
    """Return (successes, executions) over procedures, demonstrations left out."""
    successes = sum(each.evidence.success for each in procedures)
    return successes, successes + sum(each.evidence.failure for each in procedures)


def words_of(sessions):
    return [step.observation for session in sessions for step in session.steps]


# (a) ------------------------------------------------------------------------------------------ the posterior


def test_the_agent_succeeds_as_often_as_the_world_allows(workshop):
    made = workshop(jobs=["fire"], fire=0.6, n_seen=150)
    results = [session.success for session in made.play(made.benchmark.tasks("seen"))]
    assert binomtest(sum(results), len(results), 0.6).pvalue > 1e-3


@pytest.mark.parametrize("rate", [0.3, 0.6])
def test_executions_recover_the_true_rate(workshop, rate):
    made = workshop(jobs=["fire"], fire=rate, n_train=60, n_seen=150)
    made.practise(made.benchmark.tasks("seen"))
    successes, executions = counted(made.of("fire"))
    assert executions > 50
    assert binomtest(successes, executions, rate).pvalue > 1e-3


def test_demonstrations_recover_the_true_rate(workshop):
    counts = [each.evidence.counts() for each in workshop(jobs=["fire"], fire=0.4, n_train=150).of("fire")]
    successes, failures = map(sum, zip(*counts, strict=True))
    assert binomtest(round(successes), round(successes + failures), 0.4).pvalue > 1e-3


# (b) ---------------------------------------------------------------------------------------- the precondition


def test_careful_potters_alone_teach_to_wipe_what_is_damp(workshop):
    made = workshop(jobs=["glaze"], careful=1.0, damp=1.0)
    assert all(session.success for session in made.play(made.benchmark.tasks("seen")[:20]))


def test_contrast_finds_that_damp_pieces_spoil(workshop):
    """Nobody shows how to wipe, so damp pieces are glazed until contrast forbids it; dry ones are glazed ever after."""
    made = workshop(jobs=["glaze"], careful=0.0, n_train=40, n_seen=80)
    made.practise(made.benchmark.tasks("seen"))
    (glazing,) = made.of("glaze")
    found = {condition.text() for condition in glazing.preconditions}
    assert {"not <0> said: The it is damp.", "<0> said: The it is dry."} & found
    assert glazing.evidence.counts()[1] == 0
    assert glazing.evidence.outside.failure >= 3
    tasks = made.benchmark.tasks("unseen")
    for task, session in zip(tasks, made.play(tasks, attempt=1), strict=True):
        spoilt = any("spoilt" in step.observation for step in session.steps)
        assert (session.success, spoilt) == (not task.payload.damp, False)


def test_contrast_makes_glazing_succeed(workshop):
    made = workshop(jobs=["glaze"], n_train=40, n_seen=80, n_unseen=40)
    made.practise(made.benchmark.tasks("seen"))
    after = [session.success for session in made.play(made.benchmark.tasks("unseen"), attempt=1)]
    assert sum(after) >= 0.9 * len(after)


def test_contrast_finds_that_only_damp_pieces_can_be_wiped(workshop):
    """Here failures are visible to the method as it is: wiping a dry piece is refused."""
    made = workshop(jobs=["glaze"], n_train=40, n_seen=80)
    made.practise(made.benchmark.tasks("seen"))
    (wiping,) = made.of("wipe")
    assert {condition.text() for condition in wiping.preconditions} & {
        "<0> said: The it is damp.",
        "not <0> said: The it is dry.",
    }
    before = counted([wiping])
    made.practise(made.benchmark.tasks("unseen"))
    successes, executions = (after - early for after, early in zip(counted([wiping]), before, strict=True))
    assert successes == executions


def test_contrast_never_blames_the_colour(workshop):
    made = workshop(jobs=["glaze"], n_train=40, n_seen=80)
    made.practise(made.benchmark.tasks("seen"))
    conditions = [condition.text() for each in made.memory.procedures.values() for condition in each.preconditions]
    assert not any("red" in text or "blue" in text for text in conditions)


# (c) --------------------------------------------------------------------------------------------- the control


def test_careful_potters_teach_metas_that_may_skip_or_repeat_filling(workshop):
    made = workshop(jobs=["fill"], careful=1.0)
    verbs = {name: each.milestone.verb.split()[0] for name, each in made.memory.procedures.items()}
    filling = [meta for meta in made.memory.metas.values() if "fill" in [verbs[child] for child in meta.children]]
    assert filling
    assert all(verbs[meta.children[-1]] == "put" for meta in filling)


def test_filling_is_repeated_until_full_and_skipped_when_full(workshop, within):
    made = workshop(jobs=["fill"], n_train=60, n_seen=80)
    made.practise(made.benchmark.tasks("seen"))
    tasks = made.benchmark.tasks("unseen")
    with within(5):
        sessions = made.play(tasks, attempt=1)
    filled = [sum(step.action.startswith("fill") for step in session.steps) for session in sessions]
    assert sum(session.success for session in sessions) >= 0.9 * len(tasks)
    assert sum(n == task.payload.pours for n, task in zip(filled, tasks, strict=True)) >= 0.9 * len(tasks)


def test_filling_goes_on_for_longer_than_any_trace_did(workshop):
    made = workshop(jobs=["fill"], n_train=60, n_seen=80)
    made.practise(made.benchmark.tasks("seen"))
    tasks = [replace(task, payload=replace(task.payload, pours=7)) for task in made.benchmark.tasks("unseen")]
    for session in made.play(tasks, attempt=1):
        filling = [choice for choice in session.decisions if choice.chosen in made.memory.metas and choice.steps > 7]
        assert filling
        assert session.success


def test_an_episode_ends_although_a_procedure_has_nothing_to_do(workshop, within):
    made = workshop(jobs=["fill"], selection={"metas": False})
    with within(3):
        sessions = made.play(made.benchmark.tasks("seen")[:8])
    assert all(session.over for session in sessions)


# (d) ------------------------------------------------------------------------------------------ the exploration


def test_exploration_finds_the_better_way_whichever_it_is(workshop):
    for better, worse in (("rivet", "glue"), ("glue", "rivet")):
        made = workshop(jobs=["mend"], n_train=20, n_seen=120, selection={"metas": False}, **{better: 0.9, worse: 0.2})
        late = words_of(made.practise(made.benchmark.tasks("seen"))[60:])
        assert sum(f"You {better} " in text for text in late) >= 45
        assert sum(f"You {worse} " in text for text in late) <= 10


# the evidence ------------------------------------------------------------------------------------------------


def test_metas_know_how_often_demonstrations_of_them_failed(workshop):
    made = workshop(jobs=["fire"], fire=0.4, n_train=150)
    (meta,) = made.memory.metas.values()
    assert meta.evidence.counts() == made.of("fire")[0].evidence.counts()


def test_a_practice_episode_is_counted_once_for_a_meta(workshop):
    made = workshop(jobs=["fire"], fire=1.0, n_train=30, n_seen=40)
    made.practise(made.benchmark.tasks("seen"))
    for meta in made.memory.metas.values():
        assert meta.evidence.shown_success <= 30


def test_executions_are_credited_one_by_one_to_what_was_executed(workshop):
    made = workshop(jobs=["fire"], fire=1.0, n_train=30, n_seen=20)
    sessions = made.practise(made.benchmark.tasks("seen"))
    executed = [execution.procedure for session in sessions for execution in session.executions]
    for each in [*made.memory.procedures.values(), *made.memory.metas.values()]:
        assert each.evidence.success + each.evidence.failure == executed.count(each.id)


# the whole -------------------------------------------------------------------------------------------------


def test_memory_beats_the_model_alone(workshop, toy):
    made = workshop(jobs=["fire"], fire=1.0)
    tasks = made.benchmark.tasks("unseen")
    alone = Agent(Reader(made.benchmark.lexicon), Embedded(), Interface(made.benchmark.help, ""), None)
    wins = [alone.run(made.benchmark.make(task, seed=0), 20, derive_seed(0, task.id)).success for task in tasks]
    assert sum(wins) < 0.2 * len(tasks)
    assert all(session.success for session in made.play(tasks))


def test_building_twice_gives_the_same_events(workshop):
    first, second = workshop(n_train=40), workshop(n_train=40)
    assert first.memory.events == second.memory.events


def test_practising_twice_gives_the_same_memory(workshop):
    made = [workshop(jobs=["fire", "glaze"], n_train=20, n_seen=20) for _ in range(2)]
    for each in made:
        each.practise(each.benchmark.tasks("seen"))
    assert made[0].memory.events == made[1].memory.events
