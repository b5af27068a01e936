"""Two runs of the same tasks: who solved what, and the exact test of it."""

import pytest

from macla.benchmarks.trajectory import Outcome
from macla.errors import UserError
from macla.reports.pairs import pairs
from macla.statistics import mcnemar


def test_tasks_are_paired_by_their_ids(run, episode):
    won = {"a": (True, True), "b": (True, False), "c": (True, False), "d": (False, True), "e": (False, False)}
    first = run(*(episode(task, success=ours) for task, (ours, _) in won.items()), episode("alone"))
    second = run(*(episode(task, success=theirs) for task, (_, theirs) in reversed(won.items())))
    found = pairs(first, second)
    assert (found.both, found.only_first, found.only_second, found.neither) == (("a",), ("b", "c"), ("d",), ("e",))
    assert (found.n, found.unpaired, found.difference) == (5, 1, pytest.approx(0.2))
    assert found.p_value == mcnemar(*zip(*won.values(), strict=True)).p_value == 1.0
    assert found.interval.low < 0.2 < found.interval.high


def test_unscored_episodes_pair_with_nothing(run, episode):
    lost = episode("a", success=False, outcome=Outcome.INFRASTRUCTURE_ERROR)
    with pytest.raises(UserError, match="share no scored task"):
        pairs(run(lost), run(episode("a")))
