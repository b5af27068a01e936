"""State is the fold of events: nothing else changes it, and refolding gives it again."""

import numpy as np
import pytest

from macla.encoder import Hashing
from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.memory.directory import state
from macla.methods.macla.memory.events import (
    Composed,
    Credited,
    Defined,
    Explored,
    Extracted,
    Faded,
    Known,
    MemoryEvent,
    Merged,
    Missed,
    Practised,
    Pruned,
    Recomposed,
    Refined,
    Source,
    Split,
    read_event,
)
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Context, Execution, Fact
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings


def fold(events, settings=None):
    memory = Memory(settings or Settings())
    for event in events:
        memory.apply(event)
    return memory


def test_refolding_a_learned_memory_gives_the_same_state(learned):
    memory = learned()
    assert state(fold(memory.events)) == state(memory)
    assert len(memory.events) > 50


def lived(learned):
    """Return a learned memory to which everything else has happened."""
    memory = fold(learned().events)
    first, second = list(memory.procedures)[:2]
    wet = Fact("<0>", "said: it is wet")
    context = Context(text="here", facts=(wet,), steps=(memory.procedures[first].milestone,), after=(), episode=3)
    execution = Execution(procedure=first, success=False, context=context, part_of="m0001")
    more = [
        Credited(execution=execution, k_fail=3),
        Missed(procedure=first, source=0),
        Refined(procedure=first, change=Refinement(require=(wet,), failures=1)),
        Split(procedure=second, variant=f"{second}v", change=Refinement(forbid=(wet,))),
        Composed(
            meta="m0099", children=(first, second), controls=(Control(skip=True), Control(attempts=3)), goal="g",
            times=2, shown=1, failed=1, before=((wet, 2),),
        ),
        Recomposed(
            meta="m0099", how="branch", children=(first, second), controls=(Control(), Control()),
            branches=((), (first,)),
        ),
        Practised(tasks=("t",)),
        Faded(kept=0.5),
        Pruned(procedure=second, utility=0.25),
    ]  # fmt: skip
    for event in more:
        memory.apply(event)
    return memory


def test_events_survive_json_every_kind_of_them(learned):
    memory = lived(learned)
    own = {name for name, kind in MemoryEvent.kinds_of_event.items() if kind.__module__ == MemoryEvent.__module__}
    assert own <= {event.event for event in memory.events}
    for event in memory.events:
        assert read_event(event.model_dump_json()) == event
    assert state(fold(read_event(event.model_dump_json()) for event in memory.events)) == state(memory)


def test_a_variant_goes_its_own_way(learned):
    memory = lived(learned)
    first, second = list(learned().procedures)[:2]
    variant = memory.procedures[f"{second}v"]
    assert second not in memory.procedures
    assert (variant.id, variant.support) == (f"{second}v", learned().procedures[second].support)
    assert "not <0> said: it is wet" in [condition.text() for condition in variant.preconditions]
    assert variant.support > 1
    assert "m0099" not in memory.metas, "a meta goes with the procedure it runs"
    assert first in memory.procedures


def test_a_branch_that_is_pruned_leaves_its_meta_behind(learned):
    memory = fold(learned().events)
    meta = next(iter(memory.metas.values()))
    other = next(name for name in memory.procedures if name not in meta.children)
    branches = (*((),) * (len(meta.children) - 1), (other,))
    memory.apply(
        Recomposed(meta=meta.id, how="branch", children=meta.children, controls=meta.controls, branches=branches)
    )
    assert memory.meta_of((*meta.children[:-1], other)) is meta
    memory.apply(Pruned(procedure=other, utility=0.0))
    assert memory.metas[meta.id].branches == ((),) * len(meta.children)
    assert memory.meta_of((*meta.children[:-1], other)) is None


@pytest.mark.parametrize("line", ["", "{", "3", "[]", "{}", '{"event": null}', '{"event": "teleported"}'])
def test_what_is_no_event_is_a_value_error(line):
    with pytest.raises(ValueError, match=r"unknown event|Expecting|line 1"):
        read_event(line)


def test_folding_in_two_parts_is_folding_at_once(learned):
    events = learned().events
    memory = fold(events[: len(events) // 2])
    for event in events[len(events) // 2 :]:
        memory.apply(event)
    assert memory.procedures
    assert memory.metas
    assert state(memory) == state(fold(events))


def test_independent_events_commute(segment, kinds):
    explored = [
        Explored(probes=(("go to {}", "crate", 2, {"vase": 1}),)),
        Explored(probes=(("go to {}", "crate", 3, {"cup": 2}), ("open {}", "crate", 1, {}))),
    ]
    others = [Known(kinds=("vase", "cup")), Source(task="t", source="expert", outcome="success", steps=3)]
    forward, backward = fold([*explored, *others]), fold([*others, *explored[::-1]])
    assert state(forward) == state(backward)
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
    assert memory.procedures
    assert memory.metas
    assert index.ids == [*memory.procedures, *memory.metas]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_an_empty_memory_embeds_to_nothing():
    index, vectors = Memory().embed(Hashing(32))
    assert (index.ids, vectors.shape) == ([], (0, 32))


def test_a_method_keeps_what_it_needs_beside_the_rest_by_its_class():
    memory = Memory()
    memory.extension(dict)["a"] = 1
    assert memory.extension(dict) == {"a": 1}
    assert memory.extension(list) == []


def test_skills_are_found_by_id_procedures_before_metas(learned):
    memory = learned()
    assert [skill.id for skill in memory.skills()] == [*memory.procedures, *memory.metas]
    assert all(memory.find(skill.id) is skill for skill in memory.skills())
    assert memory.counts().shape == (len(memory.skills()), 2)
    with pytest.raises(KeyError):
        memory.find("p9999")


def test_descriptors_hold_phi_where_skills_are_retrieved_by_it(segment, kinds):
    memory = fold([Defined(segment=segment())], Settings(departures={"goal_and_psi": False}))
    memory.apply(Extracted(procedure="p0001", segment=0, source=0, kinds=kinds))
    control, before = (Control(), Control()), ((Fact("<0>", "untouched"), 3),)
    memory.apply(
        Composed(meta="m0001", children=("p0001",) * 2, controls=control, goal="fire a <0> in <1>.", times=3,
                 shown=3, failed=0, before=before)
    )  # fmt: skip
    (_, procedure), (_, meta) = memory.descriptors()
    assert procedure.endswith("<0> did: take it from …, <1> untouched then <0> did: fire it in …")
    assert meta == "fire a <0> in <1>. <0> untouched then <0> did: fire it in …"
    plain = fold(memory.events)
    assert [text for _, text in plain.descriptors()] == [text.partition(" then ")[0] for text in (procedure, meta)]
