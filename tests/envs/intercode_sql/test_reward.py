import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.intercode_sql.reward import kendall_tau, reward


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ([], [], 1),
        ([(1,)], [], 0.0),
        (None, [], 0.0),
        ("Error executing query: x", [], 0.0),
        ([], None, 1),
        ([(1,), (2,)], [(2,), (1,)], -1.0),
        ([(1,), (2,), (3,)], [(1,), (3,), (2,)], 0.33),
        ([(1,), (1,), (2,)], [(1,), (2,)], 0.67),
        ([(1,)], [("1",)], 0.0),
        ([(3,)], [(3,), (4,), (5,)], 0.3333333333333333),
        ([(Decimal("3"),)], [(3,)], 0.0),
    ],
)
def test_the_vectors_of_the_specification(answer, gold, expected):
    assert reward(answer, gold, "official") == expected


def test_the_other_formulas_differ_only_by_tau():
    answer, gold = [(1,), (2,)], [(2,), (1,)]
    assert reward(answer, gold, "iou") == 1.0
    assert reward(answer, gold, "ordered", ordered=False) == 1.0
    assert reward(answer, gold, "ordered", ordered=True) == -1.0


_words = st.sampled_from(["(1,)", "(10,)", "(2,)", "('a',)", "('B',)", "(None,)"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_words, _words), min_size=2, max_size=30))
def test_tau_is_scipys_to_the_last_digit(pairs):
    from scipy.stats import kendalltau

    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    ours, theirs = kendall_tau(first, second), float(kendalltau(first, second).statistic)
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=12))
def test_rewards_are_bounded_and_full_only_for_equal_rows(a, b):
    answer, gold = [(x,) for x in a], [(x,) for x in b]
    value = reward(answer, gold, "official")
    assert -1 <= value <= 1
    assert reward(gold, gold, "official") == 1
    if value == 1:
        assert sorted(answer) == sorted(gold)
