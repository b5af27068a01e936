"""What decides which command comes next."""

import random

from macla.learn.decide import decide
from macla.memory.segment import StepKey

BUY, LEAVE = StepKey("buy", ()), StepKey("leave", ())


def test_the_facts_that_tell_commands_apart_are_found_and_no_others():
    rng = random.Random(0)
    situations, commands = [], []
    for _ in range(300):
        dear, rainy = rng.random() < 0.5, rng.random() < 0.5
        holding = {"dear": dear, "it rains": rainy, f"day {rng.randrange(20)}": True}
        situations.append(frozenset(fact for fact, holds in holding.items() if holds))
        commands.append(LEAVE if dear else BUY)
    decider = decide(situations, commands)
    assert {path.holding for path in decider.uses} == {("dear",), ()}
    assert decider.path(frozenset({"dear", "it rains"})).holding == ("dear",)
    assert decider.usual(frozenset({"dear"}), LEAVE)
    assert not decider.usual(frozenset({"dear"}), BUY)


def test_a_small_but_pure_difference_is_worth_its_description():
    situations = [frozenset({"odd"})] * 8 + [frozenset()] * 992
    decider = decide(situations, [LEAVE] * 8 + [BUY] * 992)
    assert decider.path(frozenset({"odd"})).holding == ("odd",)


def test_chance_differences_are_not_worth_their_description():
    rng = random.Random(1)
    situations = [frozenset(f"fact {k}" for k in range(30) if rng.random() < 0.3) for _ in range(400)]
    decider = decide(situations, [rng.choice((BUY, LEAVE)) for _ in situations])
    assert len(decider.uses) <= 2
