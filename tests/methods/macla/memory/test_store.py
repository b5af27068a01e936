"""State is the fold of events: nothing else changes it, and refolding gives it again."""

import pytest

from macla.encoder import Hashing
from macla.methods.macla.memory.directory import state
from macla.methods.macla.memory.events import EVENT, Defined, Explored, Extracted, Known, Merged, Pruned, Source
from macla.methods.macla.memory.store import Memory


def fold(events):
    memory = Memory()
    for event in events:
        memory.apply(event)
    return memory


def test_refolding_a_learned_memory_gives_the_same_state(learned):
    memory = learned()
    assert state(fold(memory.events), {}) == state(memory, {})
    assert len(memory.events) > 50


def test_events_survive_json(learned):
    for event in learned().events:
        assert EVENT.validate_json(event.model_dump_json()) == event


def test_folding_in_two_parts_is_folding_at_once(learned):
    events = learned().events
    memory = fold(events[: len(events) // 2])
    for event in events[len(events) // 2 :]:
        memory.apply(event)
    assert state(memory, {}) == state(fold(events), {})


def test_independent_events_commute(segment, kinds):
    explored = [
        Explored(probes=(("go to {}", "crate", 2, {"vase": 1}),)),
        Explored(probes=(("go to {}", "crate", 3, {"cup": 2}), ("open {}", "crate", 1, {}))),
    ]
    others = [Known(kinds=("vase", "cup")), Source(task="t", source="expert", outcome="success", steps=3)]
    forward, backward = fold([*explored, *others]), fold([*others, *explored[::-1]])
    assert state(forward, {}) == state(backward, {})
    assert forward.exploration.probes["go to {}", "crate"] == 5


def test_extracting_merging_and_pruning(segment, kinds):
    memory = fold([Defined(segment=segment()), Defined(segment=segment(goal="bake a <0> in <1>."))])
    memory.apply(Extracted(procedure="p0001", segment=0, source=0, kinds=kinds))
    memory.apply(Merged(procedure="p0001", segment=1, source=1, kinds=kinds, similarity=0.9))
    made = memory.procedures["p0001"]
    assert (made.support, made.sources, memory.goals) == (
        2,
        [0, 1],
        {"fire a <0> in <1>.": 1, "bake a <0> in <1>.": 1},
    )
    assert [owner for owner, _ in memory.descriptors()] == ["p0001", "p0001"]
    memory.apply(Pruned(procedure="p0001", utility=0.1))
    assert memory.procedures == {}


@pytest.mark.parametrize(
    "event",
    [
        Extracted(procedure="p1", segment=0, source=0, kinds={}),
        Merged(procedure="p1", segment=0, source=0, kinds={}, similarity=1),
        Pruned(procedure="p1", utility=0),
    ],
)
def test_an_event_about_what_is_not_there_is_refused_and_not_logged(event):
    memory = Memory()
    with pytest.raises((KeyError, IndexError)):
        memory.apply(event)
    assert memory.events == []


def test_embedding_gives_one_row_per_descriptor(learned):
    memory = learned()
    index, vectors = memory.embed(Hashing(32))
    assert vectors.shape == (len(memory.descriptors()), 32)
    assert index.ids == [*memory.procedures, *getattr(memory, "metas", {})]


def test_an_empty_memory_embeds_to_nothing():
    index, vectors = Memory().embed(Hashing(32))
    assert (index.ids, vectors.shape) == ([], (0, 32))
