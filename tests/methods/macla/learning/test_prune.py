"""Bounded memory: the capacity holds, the useful stay, and the log replays."""

import pytest

from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.learning.prune import prune, prune_metas, shrink, uses
from macla.methods.macla.memory.events import Composed, Credited, Defined, Extracted, Merged, Pruned, Source, Split
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Context, Execution, Segment, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Pruning, Settings


@pytest.fixture
def memory(segment, kinds):
    """Procedures p1 (fire, 8 segments), p2 (fire, 1) and p3 (bake, 1), learned from ten trajectories."""
    made = Memory()
    bake = segment(goal="bake <0>", milestone=("bake {}", ("<0>",)))
    for event in (Defined(segment=segment()), Defined(segment=segment()), Defined(segment=bake)):
        made.apply(event)
    learned = ["p1", "p2", "p3", *["p1"] * 7]
    for number, name in enumerate(learned):
        made.apply(Source(task=f"t{number}", source="expert", outcome="success", steps=1))
        if number < 3:
            made.apply(Extracted(procedure=name, segment=number, source=number, kinds=kinds))
        else:
            made.apply(Merged(procedure=name, segment=0, source=number, kinds=kinds, similarity=1.0))
    return made


def test_nothing_is_pruned_within_capacity(memory):
    before = len(memory.events)
    prune(memory, 3)
    assert list(memory.procedures) == ["p1", "p2", "p3"]
    assert len(memory.events) == before


def test_the_least_useful_goes_first_but_not_the_last_of_its_cluster(memory):
    prune(memory, 2)
    assert list(memory.procedures) == ["p1", "p3"]
    assert memory.events[-1].procedure == "p2"


def test_the_capacity_holds_even_when_clusters_must_go(memory):
    prune(memory, 1)
    assert list(memory.procedures) == ["p1"]


def test_replaying_the_log_gives_the_pruned_memory(memory):
    prune(memory, 1)
    again = Memory()
    for event in memory.events:
        again.apply(event)
    assert list(again.procedures) == ["p1"]


class _History:
    """Writes a memory's events."""

    def __init__(self, settings=None):
        self.memory = Memory(settings or Settings())

    def demonstrate(self, name, goal="<0>", verb="take {}", times=1):
        known = name in self.memory.procedures
        segment = Segment(goal=goal, milestone=StepKey(verb, ("<0>",)))
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
    frequent = Settings(pruning=Pruning(window=4, lambda_r=0, lambda_t=0))
    history = _History(frequent).demonstrate("p1", times=50).demonstrate("p2", times=3)
    for episode in range(1, 5):
        history.execute("p2", episode).execute("p1", episode, success=episode % 2 == 0)
    for episode in range(1, 5):
        history.execute("p1", episode)
    prune(history.memory, 1)
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


def test_shrinking_keeps_both_capacities():
    history = _History(Settings(n_procedures=3, n_metas=1))
    for name in ("p1", "p2", "p3", "p4"):
        history.demonstrate(name, times=int(name[1]))
    history.compose("m1", "p3", "p4").compose("m2", "p4", "p3").compose("m3", "p1", "p4")
    history.execute("m1", 1, success=False).execute("m2", 2)
    shrink(history.memory)
    assert list(history.memory.procedures) == ["p2", "p3", "p4"]
    assert list(history.memory.metas) == ["m2"]


def test_a_variant_inherits_the_uses_of_the_procedure_that_it_was_split_from():
    history = _History().demonstrate("p1", times=2)
    history.memory.apply(Split(procedure="p1", variant="p1v", change=Refinement()))
    history.execute("p1", 3)
    _, log = uses(history.memory)
    assert log == {"p1": [(-1, 1), (0, 1), (3, 1)], "p1v": [(-1, 1), (0, 1)]}
