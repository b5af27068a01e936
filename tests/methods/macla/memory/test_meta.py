"""Θ grows with what later traces show."""

from macla.methods.macla.memory.meta import Control, MetaProcedure

PLAIN, SKIP, REPEAT = Control(), Control(skip=True), Control(attempts=10)


def test_what_a_later_policy_allows_is_a_new_branch_and_what_it_does_not_stays():
    meta = MetaProcedure("m1", ("p1", "p2"), (PLAIN, SKIP))
    meta.follow("a goal", {}, times=2, shown=2, failed=1, controls=(REPEAT, PLAIN))
    assert meta.controls == (REPEAT, SKIP)
    meta.follow("another goal", {}, times=1, shown=0, failed=0, controls=(SKIP, REPEAT))
    assert meta.controls == (Control(skip=True, attempts=10),) * 2
    assert (meta.support, meta.evidence.counts()) == (3, (2, 1))
