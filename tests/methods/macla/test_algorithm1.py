"""Algorithm 1 in the toy world: search, execute, credit what was executed, fall back, stop."""

import pytest
from helpers.acting import Asked, actions, executions, played_by

from envs.toy.env import ToyEnv
from envs.toy.lexicon import ToyLexicon
from envs.toy.world import Chances, Room
from macla.benchmarks.trajectory import Outcome
from macla.methods.macla.acting.grounding import Result
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.algorithm1 import Algorithm1
from macla.methods.macla.handover import find
from macla.methods.macla.memory.meta import Control, MetaProcedure
from macla.methods.macla.memory.segment import Context, Execution
from macla.methods.macla.settings import Settings
from macla.methods.none import ModelAlone
from macla.methods.reading import Reader
from macla.methods.session import Session

SURE = Chances(fire=1.0, glue=1.0, rivet=1.0)


@pytest.fixture(scope="module")
def agent(toy, learned, hashing, tools):
    """Return a function → an actor with the memory of sure potters (None: without memory)."""

    def make(memory=True, theta_conf=0.4, metas=True, departures=(), **options):
        lent = tools(toy(), Asked(), hashing)
        if not memory:
            return ModelAlone(lent.model, lent.interface)
        learnt = learned(**{"jobs": ("fire",), "fire": 1.0, "crate": 0.9, **options})
        index, _ = learnt.embed(hashing)
        settings = Settings(theta_conf=theta_conf, metas=metas, departures=dict(departures))
        return Algorithm1(Selector(learnt, index, hashing, settings), lent, find(settings))

    return make


def room(holder="crate 2", job="fire", **changes):
    holders = dict.fromkeys(("shelf 1", "shelf 2", "crate 1", "crate 2"), ())
    return Room(job, "vase 1", {**holders, holder: ("vase 1",)}, "red", **{"damp": False, "pours": 0, **changes})


def play(agent, room, horizon=20, chances=SURE):
    """Return the session; the world itself would go on for longer than ``horizon``."""
    return played_by(agent, ToyEnv(room, chances, 99, 0), Reader(ToyLexicon()), horizon)


def asked(agent):
    """Return the purposes for which an actor asked its model."""
    return (agent if isinstance(agent, ModelAlone) else agent.tools).model.purposes


def test_it_searches_by_the_odds_takes_and_finishes(agent):
    session = play(agent(), room())
    assert actions(session) == [
        "go to crate 1",
        "go to crate 2",
        "take vase 1 from crate 2",
        "go to kiln 1",
        "fire vase 1 in kiln 1",
    ]
    assert (session.outcome, session.score, session.won_at) == (Outcome.SUCCESS, 1.0, 5)


def test_a_piece_found_in_passing_is_taken_at_once(agent):
    assert actions(play(agent(), room("crate 1")))[:2] == ["go to crate 1", "take vase 1 from crate 1"]


def test_with_memory_it_asks_the_model_only_to_read_the_instruction(agent):
    made = agent()
    play(made, room())
    assert asked(made) == ["parse_task"]


def test_decisions_account_for_every_step(agent):
    for made in (agent(), agent(memory=False), agent(theta_conf=5.0)):
        session = play(made, room())
        assert session.steps
        assert sum(decision.steps for decision in session.decisions) == len(session.steps)
        starts = [decision.step for decision in session.decisions]
        assert starts == sorted(starts)


def test_a_decision_says_what_was_chosen_and_why(agent):
    made = agent()
    session = play(made, room())
    known = {*made.selector.memory.procedures, *made.selector.memory.metas}
    assert session.decisions
    for decision in session.decisions:
        assert decision.chosen in known
        assert decision.kind == ("meta" if decision.chosen in made.selector.memory.metas else "skill")
        assert decision.success
        assert decision.details.utility >= 0.4
        assert decision.context.startswith("fire a <0> in <1>.")
        assert 0 < decision.details.posterior_mean < 1
        assert decision.details.candidates[0].id == decision.chosen
        assert decision.chosen in {execution.procedure for execution in decision.details.executions}


def test_below_the_gate_every_step_is_the_models_own(agent):
    made = agent(theta_conf=5.0)
    session = play(made, room())
    assert {(decision.chosen, decision.kind) for decision in session.decisions} == {("act", "model")}
    assert any(decision.details.candidates for decision in session.decisions)
    assert not executions(session)
    assert asked(made).count("act") == len(session.steps)


def test_without_memory_it_is_the_model_alone(agent):
    made = agent(memory=False)
    session = play(made, room(), horizon=7)
    assert set(asked(made)) == {"act"}
    assert session.outcome in (Outcome.STEP_LIMIT, Outcome.FAILURE)


@pytest.mark.parametrize("horizon", [1, 2, 3, 4])
def test_primitive_actions_count_against_the_horizon(agent, horizon):
    session = play(agent(), room(), horizon)
    assert len(session.steps) == horizon
    assert session.outcome is Outcome.STEP_LIMIT


def test_a_win_with_the_last_step_is_a_win(agent):
    assert play(agent(), room(), 5).outcome is Outcome.SUCCESS


def test_an_episode_that_ends_in_failure_is_a_failure(agent):
    session = play(agent(), room(), chances=Chances(fire=0.0))
    assert session.outcome is Outcome.FAILURE
    assert (session.score, session.won_at) == (0.0, None)


def test_episodes_repeat(agent):
    for options in ({}, {"memory": False}, {"theta_conf": 5.0}):
        first, second = play(agent(**options), room()), play(agent(**options), room())
        assert first.decisions
        assert first.steps == second.steps
        assert first.decisions == second.decisions


def test_a_piece_of_a_kind_never_asked_for_is_worked_all_the_same(agent):
    holders = {"shelf 1": (), "crate 1": ("dish 1",)}
    session = play(agent(), Room("fire", "dish 1", holders, "red", False, 0))
    assert session.outcome is Outcome.SUCCESS


def test_nothing_that_is_executed_twice_with_the_same_failure_blocks_the_episode(agent):
    """The vase is nowhere: search fails, the procedure is barred in this situation, and the model steps in."""
    empty = Room("fire", "vase 1", {"shelf 1": (), "crate 1": ()}, "red", False, 0)
    session = play(agent(), empty)
    assert session.outcome is Outcome.STEP_LIMIT
    assert "act" in {decision.chosen for decision in session.decisions}


def test_the_session_reads_reward_and_rejection(toy):
    benchmark = toy()
    session = Session(ToyEnv(room(), SURE, 9, 0), Reader(benchmark.lexicon), 9, 0)
    session.start()
    assert session.task == "fire a vase in kiln."
    assert not session.say("dance")
    assert not session.say("take vase 1 from shelf 1")
    assert session.perform(benchmark.lexicon.parse("go to kiln 1"))
    assert (session.rejected, len(session.steps), session.outcome) == (2, 3, Outcome.FAILURE)


def test_the_sessions_seed_is_the_environments():
    worlds = [Session(ToyEnv(room(), Chances(fire=0.5), 9, 99), Reader(ToyLexicon()), 9, seed) for seed in range(40)]
    for session in worlds:
        session.start()
        for action in ("go to crate 2", "take vase 1 from crate 2", "go to kiln 1", "fire vase 1 in kiln 1"):
            session.say(action)
    assert {session.success for session in worlds} == {True, False}


# what came to nothing ------------------------------------------------------------------------------------------


@pytest.fixture
def begun(agent, monkeypatch):
    """Return a function → an actor whose executions take an action and come to ``result``, and the session begun."""

    def make(result, *taken, **departures):
        made = agent(metas=False, departures=departures)
        session = Session(ToyEnv(room(), SURE, 99, 0), Reader(ToyLexicon()), 20, 0)
        session.start()
        made.begin(session)

        def run(procedure):
            for action in taken:
                session.say(action)
            return result

        monkeypatch.setattr(made.executor, "run", run)
        return made, session

    return make


@pytest.mark.parametrize(("achieved", "taken"), [(False, ["dance"]), (True, []), (False, [])])
def test_what_did_nothing_or_achieved_nothing_is_not_chosen_again_in_that_state(begun, achieved, taken):
    made, session = begun(Result(achieved, achieved), *taken)
    first = made.act(session)
    assert (first.kind, first.steps) == ("skill", len(taken))
    assert [*made.tabu] == [first.chosen]
    assert made.act(session).chosen != first.chosen


def test_the_procedure_at_which_a_meta_gave_up_is_not_chosen_next(agent, monkeypatch):
    made = agent()
    session = Session(ToyEnv(room(), SURE, 99, 0), Reader(ToyLexicon()), 20, 0)
    session.start()
    made.begin(session)
    procedure = next(iter(made.selector.memory.procedures))
    meta = MetaProcedure(id="m", children=(procedure,), controls=(Control(),))
    made.executor.executions = [
        Execution(
            procedure=procedure, success=False, context=Context(text="", facts=(), steps=(), after=()), part_of="m"
        )
    ]
    state = made.grounding.state(made.grounding.contexts()[0])
    made._came_to_nothing(meta, "as it was", session, performed=True)
    assert made.tabu == {"m": "as it was", procedure: state}


def test_what_achieved_something_by_doing_something_may_be_chosen_again(begun):
    made, session = begun(Result(True, True), "look")
    assert made.act(session).kind == "skill"
    assert made.tabu == {}


def test_after_a_step_of_the_model_everything_may_be_tried_again(begun):
    made, session = begun(Result(False, False))
    first = made.act(session)
    while made.act(session).kind != "model":
        assert made.tabu
    assert made.tabu == {}
    state = made.grounding.state(made.grounding.contexts()[0])
    assert first.chosen in [candidate.skill.id for candidate in made._ranked(made.grounding.contexts(), state)]


@pytest.mark.parametrize(("taken", "lost"), [([], 1), (["dance"], 0)])
def test_without_tabu_the_same_is_chosen_again_and_a_turn_without_an_action_costs_a_step(begun, taken, lost):
    made, session = begun(Result(False, False), *taken, tabu=False)
    first, second = made.act(session), made.act(session)
    assert first.chosen == second.chosen
    assert [step.action for step in session.steps] == [*taken, *[""] * lost] * 2
    assert (first.steps, second.step, made.tabu) == (1, 1, {})


def test_without_tabu_an_episode_in_which_nothing_can_be_done_ends(agent, within):
    nowhere = Room("fire", "vase 1", {"shelf 1": (), "crate 1": ()}, "red", False, 0)
    with within(5):
        session = play(agent(departures={"tabu": False}), nowhere)
    assert len(session.steps) == session.horizon
    assert session.rejected == 0


# Ψ of the best alone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("psi_first", "kind", "steps"), [(True, "skill", 3), (False, "model", 1)])
def test_the_best_of_all_that_does_not_apply_gives_way_to_a_step_of_the_model(
    begun, monkeypatch, psi_first, kind, steps
):
    made, session = begun(Result(True, True), "look", "look", "look", psi_first=psi_first)
    ranked = made.selector.rank(made.grounding.contexts(), lambda skill: True)
    best = ranked[0].skill
    monkeypatch.setattr(made.grounding, "applicable", lambda procedure: procedure.id != best.id)
    decision = made.act(session)
    assert (decision.kind, decision.steps) == (kind, steps)
    assert (best.id in [candidate.id for candidate in decision.details.candidates]) is not psi_first


def test_algorithm_1_to_the_letter_runs_the_best_where_its_psi_holds(agent):
    session = play(agent(departures={"psi_first": False}, metas=False), room())
    assert {"skill"} <= {decision.kind for decision in session.decisions}


def test_algorithm_1_to_the_letter_runs_a_meta_procedure_under_theta_whatever_its_psi(agent, monkeypatch):
    made = agent(departures={"psi_first": False})
    session = Session(ToyEnv(room(), SURE, 99, 0), Reader(ToyLexicon()), 20, 0)
    session.start()
    made.begin(session)
    monkeypatch.setattr(made.executor, "holds", lambda conditions, binding=None: False)
    meta = next(iter(made.selector.memory.metas.values()))
    assert made._may_run(meta)
    assert not made._applicable(meta)


def test_a_situation_is_strange_where_no_demonstration_of_the_goal_was_in_it(agent):
    made = agent()
    best = made.selector.rank(("fire a <0> in <1>. <0> untouched, <1> untouched",), lambda _: True)[0]
    assert best.relevance > 0.999
    assert not made._strange([best._replace(relevance=0.97), best])
    assert made._strange([best._replace(relevance=0.97)])
