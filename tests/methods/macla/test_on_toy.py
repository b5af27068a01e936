"""The method proved in the toy world, where every probability is known (``envs/toy/world.py``)."""

from dataclasses import replace

import pytest
from helpers.acting import executions, played_by
from scipy.stats import binomtest

from macla.methods.episode import Episode
from macla.methods.macla.learning.practice import executions_of
from macla.methods.macla.memory.events import Credited
from macla.methods.macla.method import Macla
from macla.methods.macla.settings import Settings
from macla.methods.none import NoMemory
from macla.methods.settings import MethodSettings
from macla.seeding import derive_seed

BATCH = 10


class Workshop:
    """A memory that learns from experts and then from its own episodes, a batch at a time."""

    def __init__(self, benchmark, tools, settings, seed=0):
        self.benchmark, self.tools = benchmark, tools
        trajectories = list(benchmark.experts(benchmark.tasks("train"), seed=seed))
        self.learned = Macla(settings).build(trajectories, tools)

    @property
    def memory(self):
        return self.learned.memory

    def play(self, tasks, attempt=0, practising=False):
        """Return the session of each task, all on the memory as it is."""
        return [play(self.learned.actor(practising=practising), self.benchmark, self.tools, t, attempt) for t in tasks]

    def practise(self, tasks):
        """Play in batches, without a gate as ``build.practice`` does, and learn from each; return all sessions."""
        sessions = []
        for start in range(0, len(tasks), BATCH):
            batch = self.play(tasks[start : start + BATCH], practising=True)
            sessions += batch
            self.learned.absorb([recorded(f"practice-{start + k}", session) for k, session in enumerate(batch)])
        return sessions

    def of(self, verb):
        """Return the procedures whose milestone is this verb."""
        return [each for each in self.memory.procedures.values() if each.milestone.verb.startswith(verb + " ")]


def play(actor, benchmark, tools, task, attempt=0):
    seed = derive_seed(attempt, task.id)
    return played_by(actor, benchmark.make(task, seed=seed), tools.reader, benchmark.horizon, seed)


def recorded(task, session):
    """Return the record of a session, as the harness keeps it."""
    return Episode(
        task=task, type="", split="seen", instruction=session.task, goal=session.goal, outcome=session.outcome,
        success=session.success, decisions=tuple(session.decisions), steps=tuple(session.steps),
        first_observation=session.first_observation,
    )  # fmt: skip


@pytest.fixture
def workshop(toy, hashing, tools):
    def make(settings=None, **options):
        benchmark = toy(**options)
        return Workshop(benchmark, tools(benchmark, encoder=hashing), Settings(ontology=False, **(settings or {})))

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
    assert successes + failures == 150
    assert binomtest(round(successes), round(successes + failures), 0.4).pvalue > 1e-3


# (b) ---------------------------------------------------------------------------------------- the precondition


def test_careful_potters_alone_teach_to_wipe_what_is_damp(workshop):
    made = workshop(jobs=["glaze"], careful=1.0, damp=1.0)
    assert [session.success for session in made.play(made.benchmark.tasks("seen")[:20])] == [True] * 20


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
    assert {task.payload.damp for task in tasks} == {True, False}
    for task, session in zip(tasks, made.play(tasks, attempt=1), strict=True):
        spoilt = any("spoilt" in step.observation for step in session.steps)
        assert (session.success, spoilt) == (not task.payload.damp, False)


def test_contrast_makes_glazing_succeed(workshop):
    made = workshop(jobs=["glaze"], n_train=40, n_seen=80, n_unseen=40)
    made.practise(made.benchmark.tasks("seen"))
    after = [session.success for session in made.play(made.benchmark.tasks("unseen"), attempt=1)]
    assert sum(after) >= 0.9 * len(after) > 0


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
    assert successes == executions > 0


def test_contrast_never_blames_the_colour(workshop):
    made = workshop(jobs=["glaze"], n_train=40, n_seen=80)
    sessions = made.practise(made.benchmark.tasks("seen"))
    said = {fact.text for session in sessions for execution in executions(session) for fact in execution.context.facts}
    assert {"said: The it is red.", "said: The it is blue."} <= said
    conditions = [condition.text() for each in made.memory.procedures.values() for condition in each.preconditions]
    assert any("damp" in text or "dry" in text for text in conditions)
    assert not any("red" in text or "blue" in text for text in conditions)


# (c) --------------------------------------------------------------------------------------------- the control


def test_careful_potters_teach_metas_that_may_skip_or_repeat_filling(workshop):
    made = workshop(jobs=["fill"], careful=1.0)
    verbs = {name: each.milestone.verb.split()[0] for name, each in made.memory.procedures.items()}
    filling = [meta for meta in made.memory.metas.values() if "fill" in [verbs[child] for child in meta.children]]
    assert filling
    assert any(control.skip for meta in filling for control in meta.controls)
    assert any(control.attempts > 1 for meta in filling for control in meta.controls)
    assert all(verbs[meta.children[-1]] == "put" for meta in filling)


def test_filling_is_repeated_until_full_and_skipped_when_full(workshop, within):
    made = workshop(jobs=["fill"], n_train=60, n_seen=80)
    made.practise(made.benchmark.tasks("seen"))
    tasks = made.benchmark.tasks("unseen")
    assert {0, 1, 2} <= {task.payload.pours for task in tasks}
    with within(5):
        sessions = made.play(tasks, attempt=1)
    filled = [sum(step.action.startswith("fill") for step in session.steps) for session in sessions]
    assert sum(session.success for session in sessions) >= 0.9 * len(tasks)
    assert sum(n == task.payload.pours for n, task in zip(filled, tasks, strict=True)) >= 0.9 * len(tasks)


def test_filling_goes_on_for_longer_than_any_trace_did(workshop):
    made = workshop(jobs=["fill"], n_train=60, n_seen=80, settings={"selection": "similarity"})  # metas win its ties
    made.practise(made.benchmark.tasks("seen"))
    tasks = [replace(task, payload=replace(task.payload, pours=7)) for task in made.benchmark.tasks("unseen")]
    assert tasks
    for session in made.play(tasks, attempt=1):
        filling = [choice for choice in session.decisions if choice.chosen in made.memory.metas and choice.steps > 7]
        assert filling
        assert session.success


def test_an_episode_ends_although_a_procedure_has_nothing_to_do(workshop, within):
    made = workshop(jobs=["fill"], settings={"metas": False})
    with within(3):
        sessions = made.play(made.benchmark.tasks("seen")[:8])
    assert [session.over for session in sessions] == [True] * 8


# (d) ------------------------------------------------------------------------------------------ the exploration


def test_exploration_finds_the_better_way_whichever_it_is(workshop):
    for better, worse in (("rivet", "glue"), ("glue", "rivet")):
        made = workshop(jobs=["mend"], n_train=20, n_seen=120, settings={"metas": False}, **{better: 0.9, worse: 0.2})
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
    sessions = made.practise(made.benchmark.tasks("seen"))
    assert made.memory.metas
    for meta in made.memory.metas.values():
        runs = [each.success for session in sessions for each in executions(session) if each.procedure == meta.id]
        assert runs
        assert meta.evidence.shown_success == 30
        assert meta.evidence.counts() == (30 + sum(runs), len(runs) - sum(runs))


def test_executions_are_credited_one_by_one_to_what_was_executed(workshop):
    made = workshop(jobs=["fire"], fire=1.0, n_train=30, n_seen=20)
    sessions = made.practise(made.benchmark.tasks("seen"))
    executed = [each.procedure for session in sessions for each in executions(session)]
    skills = made.memory.skills()
    assert executed
    assert {*executed} <= {each.id for each in skills}
    for each in skills:
        assert each.evidence.success + each.evidence.failure == executed.count(each.id)


def test_what_ran_is_read_from_the_record_of_an_episode(workshop):
    made = workshop(jobs=["fire"], fire=1.0, n_train=30, n_seen=1)
    (session,) = made.practise(made.benchmark.tasks("seen"))
    read = Episode.model_validate_json(recorded("t", session).model_dump_json())
    assert executions_of(read) == tuple(executions(session)) != ()


# the whole -------------------------------------------------------------------------------------------------


def test_memory_beats_the_model_alone(workshop):
    made = workshop(jobs=["fire"], fire=1.0)
    tasks = made.benchmark.tasks("unseen")
    alone = NoMemory(MethodSettings(method="none")).build([], made.tools).actor()
    wins = [play(alone, made.benchmark, made.tools, task).success for task in tasks]
    assert sum(wins) < 0.2 * len(tasks)
    assert all(session.success for session in made.play(tasks))


def test_building_twice_gives_the_same_events(workshop):
    first, second = workshop(n_train=40), workshop(n_train=40)
    assert first.memory.procedures
    assert first.memory.events == second.memory.events


def test_practising_twice_gives_the_same_memory(workshop):
    made = [workshop(jobs=["fire", "glaze"], n_train=20, n_seen=20) for _ in range(2)]
    for each in made:
        each.practise(each.benchmark.tasks("seen"))
    assert any(isinstance(event, Credited) for event in made[0].memory.events)
    assert made[0].memory.events == made[1].memory.events
