"""Which tasks come after the change, and what they measure."""

import pytest

from macla.benchmarks.drift import changed

NAMES = [f"task {number}" for number in range(1000)]


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_the_share_of_all_evaluated_tasks_has_changed(share):
    assert sum(changed("seen", name, share) for name in NAMES) == pytest.approx(1000 * share, abs=45)


def test_no_training_task_has_changed_and_none_without_drift():
    assert not any(changed("train", name, 1.0) or changed("seen", name, None) for name in NAMES)


def test_a_larger_share_has_changed_for_the_same_tasks_and_more():
    assert {n for n in NAMES if changed("seen", n, 0.2)} < {n for n in NAMES if changed("seen", n, 0.6)}
