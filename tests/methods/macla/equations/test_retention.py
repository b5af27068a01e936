"""What a full memory drops: Eq 8, Eq 10, and what the goal clusters protect."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.retention import Standing, excess, utilities
from macla.methods.macla.settings import Pruning

EQ8, EQ10 = Pruning(rule="eq8"), Pruning(rule="eq10", max_age=100)
UNIFORM = Prior()


def _standing(*rows):
    return Standing(*np.array(rows, dtype=float).T)


def test_eq_8_by_hand():
    values = utilities(_standing((8, 2, 30, 100), (0, 0, 10, 0)), 150, EQ8, UNIFORM)
    assert values == pytest.approx([0.5 * 9 / 12 + 0.3 * 0.75 + 0.2 * exp(-0.5), 0.25 + 0.075 + 0.2 * exp(-1.5)])


def test_eq_10_by_hand():
    values = utilities(_standing((8, 2, 30, 125), (0, 0, 4, 0)), 150, EQ10, UNIFORM)
    assert values == pytest.approx([0.5 * 9 / 12 + 0.3 + 0.2 * 0.75, 0.25 + 0.12 + 0.0])


@pytest.mark.parametrize("settings", [EQ8, EQ10])
@pytest.mark.parametrize("better", [(9, 1, 5, 50), (5, 5, 6, 50), (5, 5, 5, 60)])
def test_reliability_frequency_and_recency_each_raise_the_utility(settings, better):
    worse, best = utilities(_standing((5, 5, 5, 50), better), 100, settings, UNIFORM)
    assert worse < best


def test_the_prior_counts():
    standing = _standing((0, 0, 1, 0))
    optimist = Prior(3.2, 1.8)
    assert utilities(standing, 0, EQ8, optimist) - utilities(standing, 0, EQ8, UNIFORM) == pytest.approx(
        0.5 * (0.64 - 0.5)
    )


def test_lowest_utility_goes_first_and_never_the_last_of_a_cluster():
    values = np.array([0.5, 0.1, 0.3, 0.2, 0.9])
    clusters = [{"heat"}, {"cool"}, {"heat"}, {"heat"}, {"heat"}]
    assert [item.place for item in excess(values, clusters, 2)] == [3, 2, 0]


def test_an_item_is_protected_by_any_cluster_it_alone_serves():
    values = np.array([0.1, 0.2, 0.3])
    assert [item.place for item in excess(values, [{"a", "b"}, {"a"}, {"a"}], 2)] == [1]


def test_more_clusters_than_room_leaves_it_to_utility():
    dropped = excess(np.array([0.3, 0.1, 0.2, 0.15]), [{"a"}, {"b"}, {"c"}, {"c"}], 1)
    assert [(item.place, item.utility) for item in dropped] == [(3, 0.15), (1, 0.1), (2, 0.2)]


ITEMS = st.lists(st.tuples(st.floats(0, 1), st.sets(st.sampled_from("abcdef"), min_size=1)), max_size=25)


@given(ITEMS, st.integers(0, 25))
def test_capacity_is_met_and_no_cluster_is_emptied_while_there_is_another_way(items, capacity):
    values, clusters = np.array([value for value, _ in items]), [cluster for _, cluster in items]
    dropped = [item.place for item in excess(values, clusters, capacity)]
    left = set(range(len(items))) - set(dropped)
    assert len(left) == min(capacity, len(items))
    assert len(set(dropped)) == len(dropped)
    served = set().union(*clusters)
    if set().union(*(clusters[place] for place in left)) != served:
        kept_apart = [place for place in range(len(items)) if place in left]
        unique = [any(sum(c in clusters[o] for o in kept_apart) == 1 for c in clusters[p]) for p in kept_apart]
        assert all(unique)  # every one left was the last of some cluster already
