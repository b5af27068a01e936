"""What recurs in successful episodes becomes a meta-procedure, when it is worth its place."""

import pytest

from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.prune import shrink
from macla.methods.macla.learning.recurrence import Sequences
from macla.methods.macla.memory.events import Credited, Defined, Extracted, Pruned
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Context, Execution, Fact, Segment, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Composition, Departures, Settings
from macla.models.embedded import Embedded
from macla.models.malformed import Malformed
from macla.models.requests import ControlChoice, Policy

GOAL = "fire a <0>"


class Recorded(Embedded):
    """Remembers the requests it got; answers with ``policy`` where there is one."""

    def __init__(self, policy=None):
        self.policy, self.requests = policy, []

    def ask(self, requests):
        self.requests += requests
        return [self.policy] * len(requests) if self.policy is not None else super().ask(requests)


def memory_of(*names, **settings):
    made = Memory(Settings(**settings))
    for number, name in enumerate(names):
        made.apply(Defined(segment=Segment(goal=GOAL, milestone=StepKey(f"{name} {{}}", ("<0>",)))))
        made.apply(Extracted(procedure=name, segment=number, source=0, kinds={"<0>": "vase"}))
    return made


def watching(*episodes, **settings):
    """Return a composer that has seen episodes: words of one-letter procedures, with a ! when the episode failed."""
    composer = MetaComposer(Settings(**settings))
    for episode in episodes:
        composer.observe(lived(episode))
    return composer


def lived(word, goal=GOAL, shown=True, steps=1):
    names = tuple(word.rstrip("!"))
    before = tuple((Fact("<0>", f"before {name}"),) for name in names)
    return Sequences(goal=goal, procedures=names, before=before, success="!" not in word, shown=shown, steps=steps)


def children(memory):
    return sorted("".join(meta.children) for meta in memory.metas.values())


def test_what_recurs_often_enough_in_the_window_becomes_a_meta_with_every_ending_of_it():
    assert MetaComposer(Settings(theta_meta=0.2, composition=Composition(window=15))).needed == 3
    memory, composer = memory_of(*"abc"), watching("abc", "abc", "abc", theta_meta=0.2)
    assert composer.compose(memory, Embedded()) == ["m0001", "m0002"]
    assert children(memory) == ["abc", "bc"]


@pytest.mark.parametrize(
    "episodes", [["abc", "abc"], ["abc", "abc", "abc!"], ["abc", *["c"] * 14, "abc", "abc"]], ids=str
)
def test_too_seldom_in_failed_episodes_or_too_long_ago_is_not_enough(episodes):
    memory = memory_of(*"abc")
    assert watching(*episodes, theta_meta=0.2).compose(memory, Embedded()) == []
    assert not memory.metas


def test_what_recurs_under_different_goals_does_not_recur():
    memory, composer = memory_of(*"ab"), watching("ab", "ab", theta_meta=0.2)
    composer.observe(lived("ab", goal="bake a <0>"))
    assert composer.compose(memory, Embedded()) == []


def test_a_sequence_must_be_as_long_as_the_shortest_and_its_procedures_must_still_be_there():
    longer = Composition(shortest=3)
    memory = memory_of(*"abc")
    watching("abc", "abc", "abc", composition=longer).compose(memory, Embedded())
    assert children(memory) == ["abc"]
    pruned = memory_of(*"bc")
    watching("abc", "abc", "abc").compose(pruned, Embedded())
    assert children(pruned) == ["bc"]


def test_a_meta_knows_its_situation_and_its_outcomes_and_is_told_only_what_is_new():
    memory, composer = memory_of(*"ab"), watching("ab", "ab", "ab")
    composer.miss(lived("a"), "b")
    composer.compose(memory, Embedded())
    (meta,) = memory.metas.values()
    assert (meta.support, meta.evidence.counts(), meta.goals) == (3, (3, 1), {GOAL: 3})
    assert [condition.text() for condition in meta.preconditions] == ["<0> before a"]
    events = len(memory.events)
    assert composer.compose(memory, Embedded()) == []
    assert len(memory.events) == events, "nothing recurred since"
    composer.observe(lived("ab", shown=False))
    assert composer.compose(memory, Embedded()) == []
    assert (meta.support, meta.evidence.counts()) == (4, (3, 1)), "an episode of its own is credited when it runs"


def test_theta_is_distilled_from_runs_and_from_the_same_done_without_one_child():
    memory, model = memory_of(*"abc"), Recorded()
    watching("abbc", "abc", "abc", "ac", "ac", "ac").compose(memory, model)
    asked = {request.children: request for request in model.requests}
    request = asked["a <0>", "b <0>", "c <0>"]
    assert request.goal == GOAL
    assert sorted(request.traces) == [(1, 0, 1)] * 3 + [(1, 1, 1)] * 2 + [(1, 2, 1)]
    (meta,) = [meta for meta in memory.metas.values() if meta.children == ("a", "b", "c")]
    assert [control.skip for control in meta.controls] == [False, True, False]
    assert [control.attempts > 1 for control in meta.controls] == [False, True, False]


def test_the_first_child_was_skipped_where_the_rest_was_done_without_it_before():
    memory, model = memory_of(*"abcx"), Recorded()
    watching("abc", "abc", "abc", "bc", "xbc").compose(memory, model)
    traces = {request.children: request.traces for request in model.requests}
    assert sorted(traces["a <0>", "b <0>", "c <0>"]) == [(0, 1, 1)] * 2 + [(1, 1, 1)] * 3
    (meta,) = [meta for meta in memory.metas.values() if meta.children == ("a", "b", "c")]
    assert [control.skip for control in meta.controls] == [True, False, False]


def test_only_the_latest_traces_are_distilled():
    model = Recorded()
    watching("aab", "ab", "ab", "ab", composition=Composition(traces=3)).compose(memory_of(*"ab"), model)
    assert [request.traces for request in model.requests] == [((1, 1),) * 3]


def test_where_the_model_miscounted_the_children_theta_is_plain_continue():
    policy = Policy(controls=(ControlChoice(skip=True, attempts=9),) * 5)
    memory = memory_of(*"ab")
    watching("ab", "ab", "ab").compose(memory, Recorded(policy))
    (meta,) = memory.metas.values()
    assert meta.controls == (Control(), Control())


def test_a_reply_that_could_not_be_used_is_asked_for_again():
    memory, composer = memory_of(*"ab"), watching("ab", "ab", "ab")
    assert composer.compose(memory, Recorded(Malformed(purpose="distil", reason="none", text=""))) == []
    assert composer.compose(memory, Embedded()) == ["m0001"]


def fail(memory, name, times):
    context = Context(text="", facts=(), steps=(), after=())
    for _ in range(times):
        memory.apply(Credited(execution=Execution(procedure=name, success=False, context=context), k_fail=3))


def test_a_sequence_that_is_not_worth_its_place_is_not_created():
    dear = {"composition": Composition(storage_cost=5.0)}
    memory = memory_of(*"ab", **dear)
    assert watching("ab", "ab", "ab", **dear).compose(memory, Embedded()) == []


def test_the_reward_decides_about_a_sequence_that_recurs_and_often_fails():
    for r_max, expected in ((0.1, ["ab"]), (1.0, [])):
        memory, composer = memory_of(*"ab", r_max=r_max), watching("ab", "ab", "ab", r_max=r_max)
        for _ in range(9):
            composer.miss(lived("a"), "b")
        composer.compose(memory, Embedded())
        assert children(memory) == expected


def test_what_recurred_once_keeps_its_value_when_other_things_recur():
    memory, composer = memory_of(*"ab"), watching(*["ab"] * 6, *["b"] * 15)
    assert composer.compose(memory, Embedded()) == ["m0001"]
    assert memory.metas["m0001"].frequency == 6 / 15


def test_at_capacity_the_least_valuable_meta_makes_room_for_a_better_one_alone():
    few = {"n_metas": 1}
    memory = memory_of(*"abcd", **few)
    composer = watching(*["ab"] * 3, **few)
    composer.compose(memory, Embedded())
    assert children(memory) == ["ab"]
    for _ in range(3):
        composer.observe(lived("cd"))
    assert composer.compose(memory, Embedded()) == []
    assert children(memory) == ["ab"], "as valuable as the one that is kept is not enough"
    composer.observe(lived("cd"))
    assert composer.compose(memory, Embedded()) == ["m0002"]
    assert children(memory) == ["cd"]
    assert [event.procedure for event in memory.events if isinstance(event, Pruned)] == ["m0001"]


def test_without_eq_16_and_17_whatever_recurs_is_created_and_pruning_keeps_the_capacity():
    literal = {
        "n_metas": 1, "composition": Composition(storage_cost=5.0), "departures": Departures(meta_value=False),
    }  # fmt: skip
    memory = memory_of(*"abcd", **literal)
    composer = watching(*["ab"] * 3, *["cd"] * 4, **literal)
    assert composer.compose(memory, Embedded()) == ["m0001", "m0002"]
    shrink(memory)
    assert children(memory) == ["cd"], "the more reliable and more frequent one by Eq 8"


def test_the_name_of_a_meta_that_is_gone_is_not_given_again():
    memory, composer = memory_of(*"ab"), watching("ab", "ab", "ab")
    composer.compose(memory, Embedded())
    memory.apply(Pruned(procedure="m0001", utility=0.0))
    composer.observe(lived("ab"))
    assert composer.compose(memory, Embedded()) == ["m0002"]
