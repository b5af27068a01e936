"""What merges: the same milestone from the same situation, closer than θ_dup."""

import pytest

from macla.encoder import Hashing
from macla.methods.macla.learning.abstract import Abstracted
from macla.methods.macla.learning.merge import Merger
from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings


@pytest.fixture
def insert(kinds):
    memory = Memory()

    def run(*segments, theta_dup=0.85):
        merger = Merger(memory, Hashing(), theta_dup)
        for number, segment in enumerate(segments):
            merger.insert(Abstracted(segment, kinds), number)
        return memory

    return run


def plain(segment, goal):
    """Return a segment whose descriptor is hardly more than its goal."""
    return segment(goal=goal, before=(), after=())


def kinds_of(memory):
    return [event.event for event in memory.events]


def test_equal_segments_merge_and_are_defined_once(insert, segment):
    memory = insert(segment(), segment(), segment())
    assert kinds_of(memory) == ["defined", "extracted", "merged", "merged"]
    (procedure,) = memory.procedures.values()
    assert (procedure.support, procedure.sources) == (3, [0, 1, 2])


def test_similar_segments_merge_and_the_event_says_how_similar(insert, segment):
    memory = insert(segment(), segment(goal="fire the <0> in <1>."))
    assert len(memory.procedures) == 1
    assert 0.85 < memory.events[-1].similarity < 1


def test_unlike_segments_stay_apart(insert, segment):
    assert len(insert(plain(segment, "fire a <0>"), plain(segment, "mend your <1>")).procedures) == 2


@pytest.mark.parametrize(("theta_dup", "procedures"), [(0.5, 1), (0.999, 2)])
def test_theta_dup_decides(insert, segment, theta_dup, procedures):
    memory = insert(segment(), segment(goal="fire the <0> in <1>."), theta_dup=theta_dup)
    assert len(memory.procedures) == procedures


def test_another_milestone_never_merges_however_similar(insert, segment):
    memory = insert(segment(), segment(milestone=("fire {} at {}", ("<0>", "<1>"))), theta_dup=-1.0)
    assert len(memory.procedures) == 2


def test_another_situation_never_merges_however_similar(insert, segment):
    other = (Fact("<0>", "did: wipe it"), Fact("<1>", "untouched"))
    assert len(insert(segment(), segment(before=other), theta_dup=-1.0).procedures) == 2


def test_the_nearest_of_several_is_taken(insert, segment):
    goals = ("a b c d e f", "u v w x y z", "u v w x y q")
    memory = insert(*(plain(segment, goal) for goal in goals), theta_dup=0.6)
    assert [procedure.support for procedure in memory.procedures.values()] == [1, 2]


def test_a_segment_goes_where_its_equal_went_before(insert, segment):
    first, second = plain(segment, "a b c d e f"), plain(segment, "u v w x y z")
    memory = insert(first, second, first, second, first)
    assert [procedure.support for procedure in memory.procedures.values()] == [3, 2]
    assert [event.similarity for event in memory.events if event.event == "merged"] == [1.0, 1.0, 1.0]


def test_a_failure_counts_against_the_nearest_procedure_and_changes_nothing_else(segment, kinds):
    memory = Memory()
    merger = Merger(memory, Hashing(), 0.9)
    for number, goal in enumerate(("a b c d e f", "u v w x y z")):
        merger.insert(Abstracted(plain(segment, goal), kinds), number)
    before = {name: (made.plan, made.preconditions, made.support) for name, made in memory.procedures.items()}
    assert merger.fail(Abstracted(plain(segment, "u v w x y q"), kinds, success=False), 2) == "p0002"
    assert [made.evidence.counts() for made in memory.procedures.values()] == [(1, 0), (1, 1)]
    assert {name: (made.plan, made.preconditions, made.support) for name, made in memory.procedures.items()} == before


def test_a_failure_of_what_never_succeeded_is_left_out(segment, kinds):
    memory = Memory()
    merger = Merger(memory, Hashing(), 0.9)
    merger.insert(Abstracted(segment(), kinds), 0)
    events = len(memory.events)
    other = segment(milestone=("bake {}", ("<0>",)))
    assert merger.fail(Abstracted(other, kinds, success=False), 1) is None
    assert len(memory.events) == events


def test_a_memory_that_holds_procedures_already_gives_new_ones_new_names(insert, segment):
    insert(segment())
    memory = insert(segment(milestone=("bake {}", ("<0>",))))
    assert list(memory.procedures) == ["p0001", "p0002"]
    assert len(memory.segments) == 2


def test_by_similarity_alone_other_milestones_merge_and_fail_at_the_nearest(segment, kinds):
    memory = Memory(Settings(departures={"same_milestone": False}))
    merger = Merger(memory, Hashing(), 0.85)
    other = segment(milestone=("bake {} on {}", ("<0>", "<a>")), before=(Fact("<0>", "did: take it from …"),))
    merger.insert(Abstracted(segment(), kinds), 0)
    merger.insert(Abstracted(other, kinds), 1)
    assert merger.fail(Abstracted(other, kinds, success=False), 2) == "p0001"
    (procedure,) = memory.procedures.values()
    assert [step.key.text() for step in procedure.plan] == ["fire <0> in <1>"]
    assert procedure.evidence.counts() == (2, 1)
    merger.insert(Abstracted(plain(segment, "sell everything at once!"), kinds), 3)
    assert len(memory.procedures) == 2


def test_what_another_method_took_over_is_merged_in_its_way(segment):
    one, other = (segment(milestone=(verb, ("<0>",))).model_copy(update={"part": True}) for verb in ("a {}", "b {}"))
    assert one.alike(same_milestone=False) != other.alike(same_milestone=False)
