"""Habits that demonstrations share, learned and applied."""

import pytest
from helpers.market import UNKNOWN, MarketLexicon

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.belief import Belief, Reader
from macla.methods.cloning.find_invariants import NO_ACCIDENT, habits
from macla.methods.cloning.invariants import Habits
from macla.methods.macla.learning.trace import read
from macla.methods.macla.memory.segment import StepKey
from macla.models.requests import ParsedTask

READER = Reader(MarketLexicon())
TASK = "Buy a red cup for at most 9 coins."
FIRST = "You see stall 1, stall 2, and stall 3."


def demonstration(*actions):
    """Return a trace of a success; an action with a "!" was refused."""
    steps = tuple(
        Step(action=a.removesuffix("!"), observation=UNKNOWN if a.endswith("!") else "It opens.") for a in actions
    )
    played = Trajectory(
        task_id="t", task=TASK, first_observation=FIRST, steps=steps, outcome=Outcome.SUCCESS, score=1.0
    )
    return read(READER, played, ParsedTask(goal="", slots=()), True)


def learned(*demonstrations):
    event = habits(list(demonstrations) * NO_ACCIDENT)
    return Habits(frozenset(event.once), event.final, dict(event.latest))


def test_what_is_used_again_but_never_alike_is_done_once():
    its = learned(demonstration("ask stall 1", "ask stall 2", "knock stall 3", "knock stall 3", "pay"))
    assert its.once == {"ask {}"}


def test_what_was_refused_is_final_unless_somebody_tried_again():
    assert learned(demonstration("ask stall 1!", "ask stall 2", "pay")).final
    assert not learned(demonstration("ask stall 1!", "ask stall 2", "ask stall 1", "pay")).final
    assert not learned(demonstration("ask stall 2", "pay")).final


def test_too_few_occasions_make_no_habit():
    few = [demonstration("ask stall 1!", "ask stall 1", "ask stall 2", "pay")] * (NO_ACCIDENT - 1)
    event = habits(few)
    assert (event.once, event.final, event.latest) == ((), False, ())


def test_the_latest_use_is_that_of_the_slowest_and_of_what_everybody_uses():
    its = learned(
        demonstration("ask stall 1", "pay"), demonstration("knock stall 1", "ask stall 1", "ask stall 2", "pay")
    )
    assert its.latest == {StepKey("ask {}", ("<stall>",)): 1, StepKey("pay", ()): 3}


@pytest.mark.parametrize("final", [True, False])
def test_spent_commands_are_the_given_ones_and_where_final_the_refused_ones(final):
    belief = Belief(READER, TASK)
    belief.start(FIRST)
    belief.update("ask stall 1", "It opens.")
    belief.update("ask stall 2", UNKNOWN)
    its = Habits(frozenset({"ask {}"}), final, {StepKey("pay", ()): 2})
    refused = {Command("ask {}", ("stall 2",))} if final else set()
    assert its.spent(belief, "ask {}") == {Command("ask {}", ("stall 1",))} | refused
    assert its.spent(belief, "knock {}") == set()
    assert its.due(belief, 1) == frozenset()
    assert its.due(belief, 2) == {StepKey("pay", ())}
