"""The tree that tells which command comes next finds planted conditions, and none where there are none."""

from random import Random

from macla.methods.cloning.precondition_tree import RARE, Path, decide
from macla.methods.macla.memory.segment import StepKey

KNOCK, ASK, PAY = StepKey("knock {}", ("<stall>",)), StepKey("ask {}", ("<stall>",)), StepKey("pay", ())


def situations(n, seed=0):
    rng = Random(seed)
    return [frozenset(fact for fact in ("closed", "rain", "noon", "full") if rng.random() < 0.5) for _ in range(n)]


def test_a_planted_conjunction_is_found():
    met = situations(400)
    decider = decide(met, [KNOCK if {"closed", "noon"} <= its else ASK for its in met])
    assert decider.path(frozenset({"closed", "noon", "rain"})) == Path(("closed", "noon"), ())
    for its in situations(40, seed=1):
        path = decider.path(its)
        assert set(path.holding) <= its
        assert not set(path.lacking) & its
        assert not {"rain", "full"} & {*path.holding, *path.lacking}


def test_nothing_is_found_in_noise():
    rng = Random(3)
    met = situations(300)
    decider = decide(met, [rng.choice((KNOCK, ASK)) for _ in met])
    assert {decider.path(its) for its in met} == {Path()}


def test_one_command_needs_no_decision():
    met = situations(50)
    assert decide(met, [ASK] * 50).path(met[0]) == Path()


def test_detours_are_unusual_and_rare_commands_are_their_tasks_own():
    met = [frozenset({"noon"})] * 20
    once = StepKey("juggle", ())
    decider = decide(met, [ASK] * 14 + [KNOCK] * 5 + [once])
    assert decider.usual(met[0], ASK)
    assert not decider.usual(met[0], KNOCK)
    assert decider.usual(met[0], once)
    assert decider.general(KNOCK)
    assert not decider.general(once)


def test_general_means_used_again_and_again():
    met = [frozenset({"noon"})] * (2 * RARE)
    decider = decide(met, [ASK] * RARE + [PAY] * (RARE - 1) + [KNOCK])
    assert (decider.general(ASK), decider.general(PAY)) == (True, False)


def test_facts_that_follow_from_a_fact_that_holds_are_left_out():
    facts = ["last: ask", "last: knock", "last: take"]
    met = [frozenset({fact}) for fact in facts * 40]
    decider = decide(met, [KNOCK, ASK, PAY] * 40)
    for its in met:
        path = decider.path(its)
        assert not (path.holding and path.lacking)


def test_a_rare_but_pure_difference_is_worth_its_description():
    seen = [frozenset({"closed"})] * 8 + [frozenset()] * 992
    decider = decide(seen, [KNOCK] * 8 + [PAY] * 992)
    assert decider.path(frozenset({"closed"})).holding == ("closed",)
