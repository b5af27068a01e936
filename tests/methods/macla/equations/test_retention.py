"""What a full memory drops: Eq 8, Eq 10, and what the goal clusters protect."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.learning.prune import PruneSettings, Standing, excess, prune, prune_metas, uses, utilities
from macla.methods.macla.memory.events import Composed, Credited, Defined, Extracted, Merged, Pruned, Source
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Context, Execution, Segment, StepKey
from macla.methods.macla.memory.store import Memory

EQ8, EQ10 = PruneSettings(rule="eq8"), PruneSettings(rule="eq10", max_age=100)


def _standing(*rows):
    return Standing(*np.array(rows, dtype=float).T)


def test_eq_8_by_hand():
    values = utilities(_standing((8, 2, 30, 100), (0, 0, 10, 0)), 150, EQ8)
    assert values == pytest.approx([0.5 * 9 / 12 + 0.3 * 0.75 + 0.2 * exp(-0.5), 0.25 + 0.075 + 0.2 * exp(-1.5)])


def test_eq_10_by_hand():
    values = utilities(_standing((8, 2, 30, 125), (0, 0, 4, 0)), 150, EQ10)
    assert values == pytest.approx([0.5 * 9 / 12 + 0.3 + 0.2 * 0.75, 0.25 + 0.12 + 0.0])


@pytest.mark.parametrize("settings", [EQ8, EQ10])
@pytest.mark.parametrize("better", [(9, 1, 5, 50), (5, 5, 6, 50), (5, 5, 5, 60)])
def test_reliability_frequency_and_recency_each_raise_the_utility(settings, better):
    worse, best = utilities(_standing((5, 5, 5, 50), better), 100, settings)
    assert worse < best


def test_the_prior_counts():
    standing = _standing((0, 0, 1, 0))
    optimist = PruneSettings(prior=Prior(3.2, 1.8))
    assert utilities(standing, 0, optimist) - utilities(standing, 0, EQ8) == pytest.approx(0.5 * (0.64 - 0.5))


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


class _History:
    """Writes a memory's events."""

    def __init__(self):
        self.memory = Memory()

    def demonstrate(self, name, goal="<0>", verb="take {}", times=1):
        known = name in self.memory.procedures
        segment = Segment(
            goal=goal, milestone=StepKey(verb, ("<0>",)), steps=(), before=(), at_milestone=(), after=(), slots=()
        )
        number = len(self.memory.segments)
        self.memory.apply(Defined(segment=segment))
        for _ in range(times):
            source = len(self.memory.sources)
            self.memory.apply(Source(task="t", source="expert", outcome="success", steps=1))
            if known:
                self.memory.apply(Merged(procedure=name, segment=number, source=source, kinds={}, similarity=1.0))
            else:
                self.memory.apply(Extracted(procedure=name, segment=number, source=source, kinds={}))
            known = True
        return self

    def execute(self, name, episode, success=True):
        context = Context(text="", facts=(), steps=(), after=(), episode=episode)
        self.memory.apply(Credited(execution=Execution(procedure=name, success=success, context=context), k_fail=3))
        return self

    def compose(self, meta, *children, goal="<0>"):
        controls = tuple(Control() for _ in children)
        event = Composed(
            meta=meta, children=children, controls=controls, goal=goal, times=2, shown=2, failed=0, before=()
        )
        self.memory.apply(event)
        return self


def test_prunes_procedures_by_events_that_carry_the_utility():
    history = _History().demonstrate("p1", times=5).demonstrate("p2").demonstrate("p3", times=5)
    history.execute("p2", 1, success=False)
    prune(history.memory, 2)
    assert list(history.memory.procedures) == ["p1", "p3"]
    *_, last = history.memory.events
    assert isinstance(last, Pruned)
    assert last.utility == pytest.approx(0.5 * 2 / 4 + 0.3 * 2 / 12 + 0.2)


def test_room_enough_changes_nothing():
    memory = _History().demonstrate("p1").demonstrate("p2").memory
    before = len(memory.events)
    prune(memory, 2)
    prune_metas(memory, 0)
    assert len(memory.events) == before


def test_the_only_way_to_a_goal_stays_though_it_is_useless():
    history = _History().demonstrate("p1", times=5).demonstrate("p2", verb="heat {}").demonstrate("p3", times=5)
    for episode in range(1, 9):
        history.execute("p2", episode, success=False)
    prune(history.memory, 2)
    assert "p2" in history.memory.procedures


def test_a_pruned_procedure_takes_its_metas_along_and_metas_prune_alike():
    history = _History().demonstrate("p1", times=5).demonstrate("p2", times=3).demonstrate("p3", times=9)
    history.compose("m1", "p1", "p3").compose("m2", "p2", "p3").compose("m3", "p3", "p1").compose(
        "m4", "p3", goal="<1>"
    )
    history.execute("m1", 1, success=False).execute("m3", 2)
    prune(history.memory, 2)
    assert list(history.memory.metas) == ["m1", "m3", "m4"]
    prune_metas(history.memory, 2)
    assert list(history.memory.metas) == ["m3", "m4"]


def test_only_the_window_counts_as_frequency():
    history = _History().demonstrate("p1", times=50).demonstrate("p2", times=3)
    for episode in range(1, 5):
        history.execute("p2", episode).execute("p1", episode, success=episode % 2 == 0)
    for episode in range(1, 5):
        history.execute("p1", episode)
    prune(history.memory, 1, PruneSettings(window=4, lambda_r=0, lambda_t=0))
    assert list(history.memory.procedures) == ["p1"]
    assert history.memory.events[-1].utility == pytest.approx(0.3 * 4 / 12)


def test_demonstrations_lie_before_the_first_episode():
    now, log = uses(_History().demonstrate("p1", times=2).demonstrate("p2").execute("p1", 7).memory)
    assert now == 7
    assert log == {"p1": [(-2, 1), (-1, 1), (7, 1)], "p2": [(0, 1)]}


def test_replaying_the_events_gives_the_same_memory():
    history = _History()
    for number in range(12):
        history.demonstrate(f"p{number}", goal=f"<{number % 3}>", times=1 + number % 4)
    prune(history.memory, 5)
    again = Memory()
    for event in history.memory.events:
        again.apply(event)
    assert list(again.procedures) == list(history.memory.procedures)
    assert len(again.procedures) == 5
