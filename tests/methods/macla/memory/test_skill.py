"""What procedures and meta-procedures have in common."""

from collections import Counter

import pytest

from macla.methods.macla.memory.segment import Condition, Context, Fact
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.settings import Abstraction

DRY, RAIN = Fact("<0>", "said: it is dry"), Fact("", "said: It rains.")


def context(text, episode=0):
    return Context(text=text, facts=(), steps=(), after=(), episode=episode)


def texts(contexts):
    return [each.text for each in contexts]


def test_an_execution_is_counted_and_its_context_remembered_with_its_outcome():
    skill = Skill(id="p1")
    for text, success in (("a", True), ("b", False), ("c", True)):
        skill.credit(success, context(text), k_fail=5)
    assert skill.evidence.earned() == (2, 1)
    assert (texts(skill.succeeded_in), texts(skill.failed_in)) == (["a", "c"], ["b"])


def test_at_most_k_fail_contexts_of_each_outcome_are_remembered_though_all_are_counted():
    skill = Skill(id="p1")
    for number in range(9):
        skill.credit(True, context(f"good {number}", number), k_fail=2)
        skill.credit(False, context(f"bad {number}", number), k_fail=3)
    assert skill.evidence.earned() == (9, 9)
    assert texts(skill.succeeded_in) == ["good 7", "good 8"]
    assert texts(skill.failed_in) == ["bad 6", "bad 7", "bad 8"]


def test_a_failure_that_a_later_success_outdated_is_forgotten_first():
    skill = Skill(id="p1")
    for number, (text, success) in enumerate([("a", False), ("b", False), ("b", True)]):
        skill.credit(success, context(text, number), k_fail=2)
    skill.credit(False, context("c", 9), k_fail=2)
    assert texts(skill.failed_in) == ["a", "c"]


@pytest.mark.parametrize(("share", "held"), [(1.0, []), (0.9, [RAIN]), (0.5, [RAIN, DRY])])
def test_what_was_counted_in_nearly_all_of_what_was_merged_holds(share, held):
    skill = Skill(id="p1", settings=Abstraction(holds_in=share), support=10, before=Counter({DRY: 5, RAIN: 9}))
    assert skill.preconditions == tuple(Condition(*fact) for fact in held)


def test_every_goal_has_a_descriptor_with_the_preconditions_in_words():
    skill = Skill(id="p1", support=2, before=Counter({DRY: 2}), goals=Counter({"b": 1, "a": 1}))
    assert skill.descriptors() == {"a": "a <0> said: it is dry", "b": "b <0> said: it is dry"}
    assert Skill(id="p2", goals=Counter({"a": 1})).descriptors() == {"a": "a"}


def test_what_is_derived_is_computed_once_until_it_is_cleared_and_makes_no_difference_to_equality():
    skill, other = (Skill(id="p1", support=1, before=Counter({DRY: 1})) for _ in range(2))
    assert skill.preconditions is skill.preconditions
    assert skill == other
    skill.before[RAIN] = 1
    skill.derived.clear()
    assert len(skill.preconditions) == 2


def test_from_a_share_of_0_on_conditions_are_united():
    skill = Skill(id="p1", settings=Abstraction(holds_in=0), support=10, before=Counter({DRY: 1, RAIN: 9}))
    assert {condition.fact for condition in skill.preconditions} == {DRY.text, RAIN.text}
