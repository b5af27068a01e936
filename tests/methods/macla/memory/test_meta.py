"""Θ grows with what later traces show, and branches with what else was done in a child's place."""

import pytest

from macla.methods.macla.memory.meta import Control, MetaProcedure
from macla.methods.macla.memory.segment import Fact

PLAIN, SKIP, REPEAT = Control(), Control(skip=True), Control(attempts=10)


def test_what_a_later_policy_allows_is_allowed_and_what_it_does_not_stays():
    meta = MetaProcedure(id="m1", children=("p1", "p2"), controls=(PLAIN, SKIP))
    meta.follow("a goal", before={}, times=2, shown=2, failed=1, controls=(REPEAT, PLAIN), frequency=0.2)
    assert meta.controls == (REPEAT, SKIP)
    meta.follow("another goal", before={}, times=1, shown=0, failed=0, controls=(SKIP, REPEAT), frequency=0.1)
    assert meta.controls == (Control(skip=True, attempts=10),) * 2
    assert (meta.support, meta.evidence.counts(), meta.frequency) == (3, (2, 1), 0.2)


def test_a_meta_holds_what_was_known_before_nearly_all_of_the_episodes_it_was_seen_in():
    meta = MetaProcedure(id="m1", children=("p1", "p2"), controls=(PLAIN, PLAIN), frequency=0.2)
    taken, rain = Fact("<0>", "did: take it from …"), Fact("", "said: It rains.")
    meta.follow(
        "a goal", before={taken: 9, rain: 5}, times=9, shown=9, failed=0, controls=(PLAIN, PLAIN), frequency=0.2
    )
    assert [condition.text() for condition in meta.preconditions] == ["<0> did: take it from …"]
    assert meta.descriptors() == {"a goal": "a goal <0> did: take it from …"}
    meta.follow("b goal", before={}, times=9, shown=0, failed=0, controls=(PLAIN, PLAIN), frequency=0.2)
    assert meta.preconditions == ()
    assert meta.descriptors() == {"a goal": "a goal", "b goal": "b goal"}


def test_controls_are_one_for_each_child():
    meta = MetaProcedure(id="m1", children=("p1", "p2"), controls=(PLAIN, PLAIN), frequency=0.2)
    with pytest.raises(ValueError, match="shorter"):
        meta.follow("a goal", before={}, times=1, shown=1, failed=0, controls=(PLAIN,), frequency=0.2)


def test_a_meta_covers_what_its_children_and_its_branches_make_up():
    meta = MetaProcedure(id="m1", children=("p1", "p2", "p3"), controls=(PLAIN,) * 3)
    assert meta.covers(("p1", "p2", "p3"))
    assert not meta.covers(("p1", "p4", "p3"))
    meta.recompose(("p1", "p2", "p3"), (PLAIN,) * 3, ((), ("p4", "p1"), ("p5",)))
    assert meta.covers(("p1", "p4", "p5"))
    assert not meta.covers(("p4", "p2", "p3"))
    assert not meta.covers(("p1", "p2"))
    assert meta.procedures() == ("p1", "p2", "p4", "p3", "p5")
    meta.forget("p4")
    assert meta.branches == ((), ("p1",), ("p5",))
