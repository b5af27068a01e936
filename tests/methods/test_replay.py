"""Replay: the stand-in repeats demonstrations with the things of its own task in their commands."""

import pytest

from envs.toy.env import ToyEnv
from envs.toy.world import Chances, Room
from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.belief import Belief
from macla.methods.nearest import Nearest, NearestSettings
from macla.methods.none import NoMemory, NoSettings
from macla.methods.replay import Filler, Near, Replay
from macla.methods.session import Session
from macla.runs.play import run

CERTAIN = Chances(fire=1.0, glue=1.0, rivet=1.0)
DEMONSTRATION = Trajectory(
    task_id="shown",
    task="fire a vase in kiln.",
    first_observation="You are in a workshop. You see a shelf 1, a crate 1, a crate 2, a kiln 1, and a bench 1.",
    steps=tuple(
        Step(action=action, observation=observation)
        for action, observation in (
            ("go to crate 2", "You arrive at the crate 2. In it you see a cup 1 and a vase 1."),
            ("take vase 1 from crate 2", "You take the vase 1 from the crate 2. The vase 1 is red."),
            ("go to kiln 1", "You arrive at the kiln 1."),
            ("fire vase 1 in kiln 1", "You fire the vase 1 in the kiln 1. The work is done."),
        )
    ),
    outcome=Outcome.SUCCESS,
    score=1.0,
)
NEAR = Near(DEMONSTRATION, ("vase", "kiln"), 0.8765432109)


@pytest.fixture
def replayed(toy, tools):
    """Return a function (where pieces lie, the piece asked for) → the session that replays the demonstration."""

    def make(holders, piece, *, near=(NEAR,), horizon=8):
        benchmark = toy()
        lent = tools(benchmark)
        env = ToyEnv(Room("fire", piece, holders, "blue", False, 0), CERTAIN, horizon, 0)
        session = Session(env, lent.reader, horizon, 0)
        run(Replay(near, (piece.split()[0], "kiln"), lent), session)
        return session

    return make


def actions(session):
    return [step.action for step in session.steps]


def test_the_same_commands_are_given_with_the_things_of_this_task(replayed):
    session = replayed({"shelf 1": (), "crate 1": ("dish 1",), "crate 2": ("pot 1", "vase 1")}, "pot 1")
    assert actions(session) == ["go to crate 2", "take pot 1 from crate 2", "go to kiln 1", "fire pot 1 in kiln 1"]
    assert session.success


def test_a_thing_that_is_called_differently_here_takes_the_role_of_the_shown_one(replayed):
    session = replayed({"crate 2": ("vase 3",)}, "vase 3")
    assert actions(session)[1] == "take vase 3 from crate 2"
    assert session.success


def test_a_holder_that_is_not_here_is_replaced_by_one_of_its_kind(replayed):
    session = replayed({"crate 1": ("bowl 1",), "shelf 1": ()}, "bowl 1")
    assert actions(session)[:2] == ["go to crate 1", "take bowl 1 from crate 1"]
    assert session.success


def test_what_cannot_be_filled_is_left_out_and_the_model_takes_the_rest(replayed):
    session = replayed({"shelf 1": ("bowl 1",)}, "bowl 1", horizon=5)  # there is no crate to go to
    assert actions(session)[0] == "go to kiln 1"
    assert [decision.kind for decision in session.decisions] == ["skill", *["model"] * 4]


def test_after_the_nearest_comes_the_next(replayed):
    other = DEMONSTRATION.model_copy(update={"task_id": "other", "steps": DEMONSTRATION.steps[:1]})
    session = replayed({"crate 2": ("bowl 1",)}, "bowl 1", near=(Near(other, NEAR.kinds, 0.9), NEAR))
    assert [decision.chosen for decision in session.decisions] == ["other", *["shown"] * 4]
    assert session.success


def test_a_decision_names_the_trajectory_and_how_near_it_is(replayed):
    session = replayed({"crate 2": ("bowl 1",)}, "bowl 1")
    first = session.decisions[0]
    assert (first.kind, first.chosen, first.step, first.success) == ("skill", "shown", 0, True)
    assert first.details.similarity == 0.876543


def test_a_thing_plays_one_role_all_along(toy, tools):
    reader = tools(toy()).reader
    theirs, ours = Belief(reader, DEMONSTRATION.task), Belief(reader, "fire a pot in kiln.")
    theirs.start("You see a crate 1, a crate 2, and a vase 1.")
    ours.start("You see a crate 7, a crate 8, a crate 9, and a pot 1.")
    filler = Filler(theirs, ours, {"vase": "pot"})
    first = filler.fill(Command("take {} from {}", ("vase 1", "crate 2")))
    assert first == ("take {} from {}", ("pot 1", "crate 7"))
    assert filler.fill(Command("go to {}", ("crate 1",))) == ("go to {}", ("crate 8",))
    assert filler.fill(Command("go to {}", ("crate 2",))) == ("go to {}", ("crate 7",))
    assert filler.fill(Command("go to {}", ("shelf 1",))) is None


def test_the_stand_in_with_a_memory_of_trajectories_does_better_than_alone(toy, tools):
    benchmark = toy(jobs=["fire"], n_train=40, fire=1.0, careful=1.0)
    lent = tools(benchmark)
    trajectories = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    learned = Nearest(NearestSettings(k=5)).build(trajectories, lent)

    def won(memory):
        sessions = [Session(benchmark.make(task, seed=0), lent.reader, benchmark.horizon, 0) for task in unseen]
        for session in sessions:
            run(memory.actor(), session)
        return sum(session.success for session in sessions)

    unseen = benchmark.tasks("unseen")  # they ask for kinds of piece that no demonstration asks for
    assert won(learned) >= won(NoMemory(NoSettings()).build((), lent)) + len(unseen) // 3
