"""The tree that tells which command comes next finds planted conditions, and none where there are none."""

from random import Random

from macla.methods.cloning.precondition_tree import description_length, grow
from macla.methods.cloning.settings import PreconditionTreeSettings
from macla.methods.macla.memory.segment import SITUATION, Condition, StepKey
from macla.methods.macla.memory.slot import Slot

SETTINGS = PreconditionTreeSettings()
STALL = Slot("stall", 1)
KNOCK, ASK, PAY = StepKey("knock {}", (STALL,)), StepKey("ask {}", (STALL,)), StepKey("pay", ())


def situations(n, seed=0):
    rng = Random(seed)
    return [frozenset(fact for fact in ("closed", "rain", "noon", "full") if rng.random() < 0.5) for _ in range(n)]


def holding(path):
    return {condition.fact for condition in path if not condition.negated}


def lacking(path):
    return {condition.fact for condition in path if condition.negated}


def test_a_planted_conjunction_is_found():
    met = situations(400)
    tree = grow(met, [KNOCK if {"closed", "noon"} <= its else ASK for its in met], SETTINGS)
    both = tree.path(frozenset({"closed", "noon", "rain"}))
    assert both == (Condition(SITUATION, "closed"), Condition(SITUATION, "noon"))
    paths = [(its, tree.path(its)) for its in situations(40, seed=1)]
    assert len({path for _, path in paths}) > 1
    for its, path in paths:
        assert path
        assert holding(path) <= its
        assert not lacking(path) & its
        assert not {"rain", "full"} & {*holding(path), *lacking(path)}


def test_nothing_is_found_in_noise():
    rng = Random(3)
    met = situations(300)
    tree = grow(met, [rng.choice((KNOCK, ASK)) for _ in met], SETTINGS)
    assert tree.tree is not None  # one was grown; what is too dear for what it tells was cut back
    assert {tree.path(its) for its in met} == {()}


def test_one_command_needs_no_decision():
    met = situations(50)
    tree = grow(met, [ASK] * 50, SETTINGS)
    assert tree.tree is None
    assert tree.path(met[0]) == ()


def test_detours_are_unusual_and_rare_commands_are_their_tasks_own():
    met = [frozenset({"noon"})] * 20
    once = StepKey("juggle", ())
    tree = grow(met, [ASK] * 14 + [KNOCK] * 5 + [once], SETTINGS)
    assert tree.usual(met[0], ASK)
    assert not tree.usual(met[0], KNOCK)
    assert tree.usual(met[0], once)
    assert tree.general(KNOCK)
    assert not tree.general(once)


def test_general_means_used_again_and_again():
    rare = SETTINGS.rare
    met = [frozenset({"noon"})] * (2 * rare)
    tree = grow(met, [ASK] * rare + [PAY] * (rare - 1) + [KNOCK], SETTINGS)
    assert (tree.general(ASK), tree.general(PAY)) == (True, False)


def test_facts_that_follow_from_a_fact_that_holds_are_left_out():
    facts = ["last: ask", "last: knock", "last: take"]
    met = [frozenset({fact}) for fact in facts * 40]
    tree = grow(met, [KNOCK, ASK, PAY] * 40, SETTINGS)
    paths = {tree.path(its) for its in met}
    assert len(paths) == 3
    assert sum(bool(holding(path)) for path in paths) == 2  # the third leaf is where neither of the two holds
    for path in paths:
        assert not (holding(path) and lacking(path))


def test_a_rare_but_pure_difference_is_worth_its_description():
    seen = [frozenset({"closed"})] * 8 + [frozenset()] * 992
    tree = grow(seen, [KNOCK] * 8 + [PAY] * 992, SETTINGS)
    assert tree.path(frozenset({"closed"})) == (Condition(SITUATION, "closed"),)
    assert tree.path(frozenset()) == (Condition(SITUATION, "closed", True),)


def test_commands_below_rare_uses_are_not_told_apart():
    seen = [frozenset({"closed"})] * (SETTINGS.rare - 1) + [frozenset()] * 20
    juggling = [StepKey(f"juggle {n}", ()) for n in range(20)]
    assert grow(seen, [KNOCK] * (SETTINGS.rare - 1) + juggling, SETTINGS).tree is None


def test_a_leaf_costs_the_name_of_its_fact_and_the_share_of_a_command():
    assert description_length(facts=8, situations=16) == 3 + 2
    assert description_length(facts=1, situations=1) == 1  # a fact among at least two
