"""Bounded memory: the capacity holds, the useful stay, and the log replays."""

import pytest

from macla.methods.macla.learning.prune import prune
from macla.methods.macla.memory.events import Defined, Extracted, Merged, Source
from macla.methods.macla.memory.store import Memory


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
