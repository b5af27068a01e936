"""Invariants that demonstrations share, found and applied."""

import pytest
from helpers.market import UNKNOWN, MarketLexicon

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.belief import Belief
from macla.methods.cloning.find_invariants import find_invariants
from macla.methods.cloning.handover import CloningHandOver
from macla.methods.cloning.invariants import Invariants
from macla.methods.cloning.settings import CloningConstants
from macla.methods.instruction import ParsedTask
from macla.methods.macla.learning.trace import read
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.reading import Reader

READER = Reader(MarketLexicon())
SETTINGS = CloningConstants()
NO_ACCIDENT = SETTINGS.invariants.no_accident
STALL = Slot("stall", 1)
TASK = "Buy a red cup for at most 9 coins."
FIRST = "You see stall 1, stall 2, and stall 3."


def demonstration(*actions, exemplary=True):
    """Return the trace of a demonstration; an action with a "!" was refused."""
    steps = tuple(
        Step(action=a.removesuffix("!"), observation=UNKNOWN if a.endswith("!") else "It opens.") for a in actions
    )
    played = Trajectory(
        task_id="t", task=TASK, first_observation=FIRST, steps=steps, outcome=Outcome.SUCCESS, score=1.0
    )
    return read(READER, played, ParsedTask(goal="", slots=()), exemplary, CloningHandOver(SETTINGS))


def learned(*demonstrations):
    event = find_invariants(list(demonstrations) * NO_ACCIDENT, NO_ACCIDENT)
    return Invariants(frozenset(event.once), event.final, dict(event.latest))


def test_what_is_used_again_but_never_alike_is_done_once():
    its = learned(demonstration("ask stall 1", "ask stall 2", "knock stall 3", "knock stall 3", "pay"))
    assert its.once == {"ask {}"}


def test_what_was_refused_is_final_unless_somebody_tried_again():
    assert learned(demonstration("ask stall 1!", "ask stall 2", "pay")).final
    assert not learned(demonstration("ask stall 1!", "ask stall 2", "ask stall 1", "pay")).final
    assert not learned(demonstration("ask stall 2", "pay")).final


def test_too_few_occasions_make_no_invariant():
    few = [demonstration("ask stall 1!", "ask stall 1", "ask stall 2", "pay")] * (NO_ACCIDENT - 1)
    event = find_invariants(few, NO_ACCIDENT)
    assert (event.once, event.final, event.latest) == ((), False, ())


def test_the_latest_use_is_that_of_the_slowest_and_of_what_everybody_uses():
    its = learned(
        demonstration("ask stall 1", "pay"), demonstration("knock stall 1", "ask stall 1", "ask stall 2", "pay")
    )
    assert its.latest == {StepKey("ask {}", (STALL,)): 1, StepKey("pay", ()): 3}


def test_what_did_not_show_how_the_task_is_done_tells_nothing():
    failed = demonstration("ask stall 1!", "ask stall 2", "ask stall 1", "pay", exemplary=False)
    its = learned(demonstration("ask stall 1!", "ask stall 2", "pay"), failed)
    assert its.final
    assert its.latest == {StepKey("ask {}", (STALL,)): 1, StepKey("pay", ()): 2}


def test_what_was_used_already_is_not_due():
    belief = Belief(READER, TASK)
    belief.start(FIRST)
    its = Invariants(latest={StepKey("ask {}", (STALL,)): 0, StepKey("pay", ()): 0})
    assert its.due(belief, 0) == {StepKey("ask {}", (STALL,)), StepKey("pay", ())}
    belief.update("ask stall 1", "It opens.")
    assert its.due(belief, 1) == {StepKey("pay", ())}


@pytest.mark.parametrize("final", [True, False])
def test_spent_commands_are_the_given_ones_and_where_final_the_refused_ones(final):
    belief = Belief(READER, TASK)
    belief.start(FIRST)
    belief.update("ask stall 1", "It opens.")
    belief.update("ask stall 2", UNKNOWN)
    its = Invariants(frozenset({"ask {}"}), final, {StepKey("pay", ()): 2})
    refused = {Command("ask {}", ("stall 2",))} if final else set()
    assert its.spent(belief, "ask {}") == {Command("ask {}", ("stall 1",))} | refused
    assert its.spent(belief, "knock {}") == set()
    assert its.due(belief, 1) == frozenset()
    assert its.due(belief, 2) == {StepKey("pay", ())}
