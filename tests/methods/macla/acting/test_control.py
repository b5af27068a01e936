"""Θ at every position of a meta-procedure: continue, skip, repeat, abort."""

from types import SimpleNamespace

import pytest

from macla.methods.macla.acting.control import run_meta
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.grounding import Result
from macla.methods.macla.memory.events import Defined, Extracted
from macla.methods.macla.memory.meta import Control, MetaProcedure
from macla.methods.macla.memory.segment import Fact, Segment, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Composition, Departures, Settings

PLAIN, SKIP = Control(), Control(skip=True)
FOREVER = [False] * 99


class Puppets:
    """An executor, and everything it has at hand, whose procedures a, b, c … do what the test says.

    ``outcomes`` says of each procedure whether its executions achieve Φ (always, when it says nothing), ``blocked`` how
    many executions there must be in all before it is applicable, ``done`` whose Φ holds from the start.
    """

    def __init__(
        self, controls, *, outcomes=None, blocked=None, done=(), silent=(), failures=2, ends=99, wins=False,
        branches=(), departures=None,
    ):  # fmt: skip
        self.meta = MetaProcedure(id="m1", children=tuple("abcdefg"[: len(controls)]), controls=tuple(controls))
        self.meta.branches = tuple(branches) or self.meta.branches
        composition = Composition(failures=failures)
        self.memory = Memory(Settings(composition=composition, departures=Departures(**(departures or {}))))
        for number, name in enumerate(self.meta.procedures()):
            after = () if name in silent else (Fact("", f"{name} is done"),)
            self.memory.apply(Defined(segment=Segment(goal="g", milestone=StepKey(name, ()), after=after)))
            self.memory.apply(Extracted(procedure=name, segment=number, source=0, kinds={}))
        self.outcomes = {name: iter(each) for name, each in (outcomes or {}).items()}
        self.blocked = blocked or {}
        self.facts = {f"{name} is done" for name in done}
        self.ends, self.wins = ends, wins
        self.ran, self.part_of, self.recorded, self.asked_of = [], set(), [], []
        self.session = SimpleNamespace(over=False, success=False, rejected=0, belief=None)
        self.roles = SimpleNamespace(
            bound={}, situation=lambda belief, facts: [Fact("", fact) for fact in sorted(facts)]
        )
        self.grounding = SimpleNamespace(
            facts=lambda: frozenset(self.facts),
            contexts=lambda: (f"after {len(self.ran)}",),
            bind=lambda procedure: {},
            applicable=lambda procedure: len(self.ran) >= self.blocked.get(procedure.id, 0),
        )

    def holds(self, conditions, binding=None):
        self.asked_of.append(binding)
        return all((condition.fact in self.facts) is not condition.negated for condition in conditions)

    def run(self, procedure, part_of=""):
        achieved = next(self.outcomes.get(procedure.id, iter([True])))
        self.ran.append(procedure.id)
        self.part_of.add(part_of)
        if achieved:
            self.facts.add(f"{procedure.id} is done")
        self.session.over = len(self.ran) >= self.ends
        self.session.success = self.session.over and self.wins
        return Result(achieved, achieved)

    result = Executor.result

    def record(self, skill, success, context, part_of=""):
        self.recorded.append((skill, success, context))

    def play(self):
        """Run the meta-procedure; return the executions as a word, and whether it achieved what it was for."""
        result = run_meta(self, self.meta)
        return "".join(self.ran), result.achieved


def test_children_run_in_order_as_parts_of_the_meta_which_is_recorded():
    puppets = Puppets([PLAIN] * 3)
    assert puppets.play() == ("abc", True)
    assert puppets.part_of == {"m1"}
    ((name, success, context),) = puppets.recorded
    assert (name, success, context.text, context.steps) == ("m1", True, "after 0", ())
    assert context.facts == ()
    assert [fact.text for fact in context.after] == ["a is done", "b is done", "c is done"]


def test_a_child_that_misses_its_postconditions_aborts_what_follows():
    puppets = Puppets([PLAIN] * 3, outcomes={"b": FOREVER})
    assert puppets.play() == ("ab", False)
    assert [success for _, success, _ in puppets.recorded] == [False]


def test_a_child_that_is_not_applicable_aborts_before_it_runs():
    assert Puppets([PLAIN] * 2, blocked={"b": 99}).play() == ("a", False)
    assert Puppets([PLAIN] * 2, blocked={"a": 99}).play() == ("", False)


# repeat ------------------------------------------------------------------------------------------------------


def test_a_child_is_repeated_until_its_postconditions_hold():
    outcomes = {"a": [False, True]}
    assert Puppets([Control(attempts=2), PLAIN], outcomes=outcomes).play() == ("aab", True)


def test_without_attempts_left_it_is_not_repeated():
    assert Puppets([Control(attempts=1), PLAIN], outcomes={"a": [False, True]}).play() == ("a", False)


@pytest.mark.parametrize("failures", [1, 2, 4])
def test_failures_in_a_row_abort_though_attempts_are_left(failures):
    puppets = Puppets([Control(attempts=10), PLAIN], outcomes={"a": FOREVER}, failures=failures)
    assert puppets.play() == ("a" * failures, False)


def test_only_failures_in_a_row_count():
    outcomes = {"a": [False, True, False, True, False, True]}
    puppets = Puppets([Control(attempts=10), PLAIN], outcomes=outcomes, blocked={"b": 6})
    assert puppets.play() == ("aaaaaab", True)


def test_a_child_is_repeated_until_the_next_one_may_run_though_its_own_postconditions_hold():
    puppets = Puppets([Control(attempts=10), PLAIN], outcomes={"a": [True] * 9}, blocked={"b": 3})
    assert puppets.play() == ("aaab", True)


def test_when_the_next_one_never_may_run_the_attempts_are_the_end():
    puppets = Puppets([Control(attempts=4), PLAIN], outcomes={"a": [True] * 9}, blocked={"b": 99})
    assert puppets.play() == ("aaaa", False)


# skip --------------------------------------------------------------------------------------------------------


def test_a_child_whose_postconditions_hold_is_skipped_where_theta_allows_it():
    assert Puppets([SKIP, PLAIN], done="a").play() == ("b", True)
    assert Puppets([PLAIN, PLAIN], done="a").play() == ("ab", True)
    assert Puppets([SKIP, PLAIN]).play() == ("ab", True)


def test_the_last_child_is_skipped_when_nothing_is_left_to_do():
    assert Puppets([PLAIN, SKIP], done="b").play() == ("a", True)


def test_a_child_that_is_not_applicable_is_skipped_when_the_next_one_may_run():
    assert Puppets([SKIP, PLAIN], blocked={"a": 99}).play() == ("b", True)


def test_a_child_is_not_skipped_when_the_next_one_may_not_run_yet():
    assert Puppets([SKIP, PLAIN], done="a", blocked={"b": 1}).play() == ("ab", True)
    assert Puppets([SKIP, PLAIN], blocked={"a": 99, "b": 99}).play() == ("", False)


def test_postconditions_that_say_nothing_do_not_hold_already():
    assert Puppets([SKIP, PLAIN], silent="a").play() == ("ab", True)


def test_postconditions_are_asked_of_what_plays_the_roles_and_of_what_the_child_would_use():
    puppets = Puppets([SKIP, PLAIN], done="a")
    puppets.roles.bound = {"<0>": "vase 1", "<1>": "kiln 1"}
    puppets.grounding.bind = lambda procedure: {"<1>": "kiln 2", "<a>": "shelf 1"}
    assert puppets.play() == ("b", True)
    assert puppets.asked_of == [{"<0>": "vase 1", "<1>": "kiln 2", "<a>": "shelf 1"}]


def test_the_next_one_may_also_be_skipped_in_its_turn():
    puppets = Puppets([Control(attempts=9), SKIP, PLAIN], outcomes={"a": [True] * 9}, blocked={"b": 99})
    assert puppets.play() == ("ac", True)
    puppets = Puppets([SKIP, SKIP, PLAIN], done="ab")
    assert puppets.play() == ("c", True)
    puppets = Puppets([Control(attempts=3), SKIP, PLAIN], outcomes={"a": [True] * 9}, blocked={"b": 99, "c": 99})
    assert puppets.play() == ("aaa", False)


# branches ----------------------------------------------------------------------------------------------------

BRANCHED = ((), ("x",), ())


def test_a_branch_runs_where_the_child_is_not_applicable():
    assert Puppets([PLAIN] * 3, branches=BRANCHED, blocked={"b": 99}).play() == ("axc", True)
    assert Puppets([PLAIN] * 3, branches=BRANCHED, blocked={"b": 99, "x": 99}).play() == ("a", False)


def test_of_several_that_are_applicable_the_most_reliable_runs_and_the_child_first():
    puppets = Puppets([PLAIN] * 3, branches=BRANCHED)
    assert puppets.play() == ("abc", True)
    puppets = Puppets([PLAIN] * 3, branches=BRANCHED)
    puppets.memory.procedures["b"].evidence.add(shown=False, success=False)
    assert puppets.play() == ("axc", True)


def test_a_child_is_repeated_only_until_a_branch_of_the_next_may_run():
    puppets = Puppets([Control(attempts=9), PLAIN, PLAIN], branches=BRANCHED, blocked={"b": 99, "x": 2})
    assert puppets.play() == ("aaxc", True)


def test_a_child_is_skipped_when_what_its_branch_achieves_holds():
    assert Puppets([PLAIN, SKIP, PLAIN], branches=BRANCHED, done="x").play() == ("ac", True)
    assert Puppets([PLAIN, SKIP, PLAIN], branches=BRANCHED, blocked={"b": 99}).play() == ("axc", True)


# without looking ahead ---------------------------------------------------------------------------------------


def blinkered(controls, **options):
    return Puppets(controls, departures={"looks_ahead": False}, **options)


def test_without_looking_ahead_a_child_is_repeated_until_its_own_postconditions_hold_and_no_longer():
    assert blinkered([Control(attempts=9), PLAIN], outcomes={"a": [False, True]}).play() == ("aab", True)
    assert blinkered([Control(attempts=9), PLAIN], blocked={"b": 3}).play() == ("a", False)
    assert blinkered([Control(attempts=9), PLAIN], outcomes={"a": FOREVER}).play() == ("aa", False)


def test_without_looking_ahead_a_child_is_skipped_when_its_own_postconditions_hold_and_only_then():
    assert blinkered([SKIP, PLAIN], done="a").play() == ("b", True)
    assert blinkered([SKIP, PLAIN], done="a", blocked={"b": 1}).play() == ("", False)
    assert blinkered([SKIP, PLAIN], blocked={"a": 99}).play() == ("", False)
    assert blinkered([SKIP, PLAIN], silent="a").play() == ("ab", True)


# the end of the episode --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wins", [False, True])
def test_when_the_episode_ends_its_outcome_is_what_the_meta_achieved(wins):
    puppets = Puppets([PLAIN] * 3, ends=2, wins=wins)
    assert puppets.play() == ("ab", wins)


@pytest.mark.parametrize("wins", [False, True])
def test_or_else_what_its_children_achieved_is_where_that_departure_is_off(wins):
    literal = {"departures": {"by_outcome": False}, "ends": 2, "wins": wins}
    assert Puppets([PLAIN] * 2, **literal).play() == ("ab", True)
    assert Puppets([PLAIN] * 2, outcomes={"b": FOREVER}, **literal).play() == ("ab", False)
    assert Puppets([PLAIN] * 3, **literal).play() == ("ab", False), "the last one never ran"
    assert Puppets([PLAIN] * 3, done="c", **literal).play() == ("ab", True), "its Φ holds all the same"


def test_a_rejected_command_spoils_y_but_not_what_was_achieved():
    puppets = Puppets([PLAIN])
    run = puppets.run

    def rejected(*arguments, **named):
        puppets.session.rejected += 1
        return run(*arguments, **named)

    puppets.run = rejected
    assert run_meta(puppets, puppets.meta) == Result(achieved=True, success=False)
    assert [success for _, success, _ in puppets.recorded] == [False]
