"""Learning from the agent's own episodes."""

import pytest

from macla.benchmarks.trajectory import Outcome
from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.practice import Practice, meta_runs
from macla.methods.macla.learning.recurrence import MetaRun
from macla.methods.macla.memory.events import Composed, Credited, Defined, Extracted, Practised
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Context, Execution, Fact
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Departures, Settings
from macla.methods.session import Decision

GOAL = "fire a <0> in <1>."
WET, DRY = Fact("<0>", "said: it is wet"), Fact("<0>", "said: it is dry")


@pytest.fixture
def memory_with(segment, kinds):
    """Return a function → a memory of procedures that were each demonstrated once."""

    def make(*names, **settings):
        memory = Memory(Settings(**settings))
        for number, name in enumerate(names):
            memory.apply(Defined(segment=segment(milestone=(f"{name} {{}}", ("<0>",)))))
            memory.apply(Extracted(procedure=name, segment=number, source=0, kinds=kinds))
        return memory

    return make


@pytest.fixture
def practice(tools, toy):
    """Return a function (memory) → what folds episodes into it."""

    def make(memory, handover=None):
        return Practice(memory, MetaComposer(memory.settings), tools(toy()), handover)

    return make


def executed(name, success=True, *facts):
    context = Context(text=f"{facts}", facts=facts, steps=(), after=())
    return Execution(procedure=name, success=success, context=context)


def episode(*executions, task="t", success=True):
    """Return the record of an episode with one decision per execution."""
    decisions = tuple(
        Decision(
            step=step, kind="skill", chosen=each.procedure, success=each.success, details=Selection(executions=(each,))
        )
        for step, each in enumerate(executions)
    )
    outcome = Outcome.SUCCESS if success else Outcome.FAILURE
    return Episode(task=task, type="", split="train", goal=GOAL, outcome=outcome, success=success, decisions=decisions)


def test_a_memory_that_goes_on_learning_counts_its_episodes_on(memory_with, practice):
    memory = memory_with("p1")
    for expected in ([1, 2, 3], [1, 2, 3, 4, 5, 6]):
        learner = practice(memory)
        learner.absorb([episode(executed("p1", False), success=False)] * 3)
        assert learner.episodes == 3
        assert [context.episode for context in memory.procedures["p1"].failed_in] == expected


def test_every_execution_is_credited_to_what_was_executed_and_the_tasks_are_remembered(memory_with, practice):
    memory = memory_with("p1", "p2")
    done = [executed("p1"), executed("p2", False), executed("p1")]
    practice(memory).absorb([episode(*done, task="a"), episode(executed("p2"), task="b")])
    assert [memory.procedures[name].evidence.earned() for name in ("p1", "p2")] == [(2, 0), (1, 1)]
    assert memory.practised == {"a", "b"}
    assert [event.event for event in memory.events[-5:]] == ["credited"] * 4 + ["practised"]


def ran(meta, *children, success=True):
    """Return the executions of a meta-procedure that ran children."""
    parts = [executed(name).model_copy(update={"part_of": meta}) for name in children]
    return [*parts, executed(meta, success)]


@pytest.mark.parametrize("credit_children", [True, False])
def test_what_a_meta_ran_is_credited_too_unless_that_departure_is_off(memory_with, practice, credit_children):
    memory = memory_with("p1", "p2", departures=Departures(credit_children=credit_children))
    controls = (Control(), Control())
    memory.apply(
        Composed(
            meta="m1", children=("p1", "p2"), controls=controls, goal=GOAL, times=1, shown=0, failed=0, before=(),
        )
    )  # fmt: skip
    practice(memory).absorb([episode(*ran("m1", "p1", "p2"), executed("p1"))])
    assert memory.metas["m1"].evidence.earned() == (1, 0)
    expected = [(2, 0), (1, 0)] if credit_children else [(1, 0), (0, 0)]
    assert [memory.procedures[name].evidence.earned() for name in ("p1", "p2")] == expected


def test_runs_of_metas_are_what_was_executed_right_before_them():
    done = [executed("p1"), *ran("m1", "p1", "p2"), *ran("m2", "p2", success=False), executed("p3")]
    assert meta_runs(done) == (
        MetaRun(meta="m1", success=True, ran=frozenset({"p1", "p2"})),
        MetaRun(meta="m2", success=False, ran=frozenset({"p2"})),
    )


@pytest.mark.parametrize(("kept", "counts"), [(1.0, (5, 0)), (0.5, (3, 0))])
def test_evidence_fades_from_batch_to_batch_where_it_is_told_to(memory_with, practice, kept, counts):
    memory = memory_with("p1", fading=kept)
    learner = practice(memory)
    for _ in range(2):
        learner.absorb([episode(executed("p1"))] * 2)
    assert memory.procedures["p1"].evidence.counts() == (counts[0] + (0.25 if kept < 1 else 0), counts[1])
    assert memory.procedures["p1"].evidence.success == 4, "what was counted stays countable"


@pytest.mark.parametrize("within", [True, False])
def test_a_meta_is_judged_anew_once_a_procedure_that_it_runs_is_refined(memory_with, practice, within):
    memory = memory_with("p1", "p2", "p3", departures=Departures(posterior_within=within))
    for name, children in (("m1", ("p1", "p2")), ("m2", ("p2", "p3"))):
        counts = {"times": 1, "shown": 1, "failed": 0, "before": ()}
        memory.apply(Composed(meta=name, children=children, controls=(Control(), Control()), goal=GOAL, **counts))
    done = [episode(*ran(meta, "p2", success=False), success=False) for meta in ("m1", "m2")]
    practice(memory).absorb([*done, *separable(memory)])
    assert memory.procedures["p1"].learned
    assert memory.metas["m1"].evidence.counts() == ((1, 0) if within else (1, 1))
    assert bool(memory.metas["m1"].failed_in) is not within
    assert memory.metas["m2"].evidence.counts() == (1, 1), "it does not run what was refined"


def test_what_was_pruned_since_the_episode_is_credited_no_more(memory_with, practice):
    memory = memory_with("p1")
    practice(memory).absorb([episode(executed("p9"), executed("p1"))])
    assert [event.execution.procedure for event in memory.events if isinstance(event, Credited)] == ["p1"]


def test_what_recurs_in_successful_episodes_is_composed_of_what_succeeded(memory_with, practice):
    memory = memory_with("p1", "p2", "p3")
    done = [executed("p1"), executed("p3", False), executed("p2")]
    practice(memory).absorb([episode(*done, success=False)] * 5)
    assert not memory.metas
    practice(memory).absorb([episode(*done)] * 5)
    (meta,) = memory.metas.values()
    assert meta.children == ("p1", "p2")
    assert meta.evidence.counts() == (0, 0), "it did not run as a meta"


def separable(memory):
    """Return episodes in which the procedure fails exactly where it is wet."""
    return [episode(executed("p1", True, DRY))] * 3 + [episode(executed("p1", False, WET), success=False)] * 3


def test_contrast_follows_a_batch_unless_it_is_switched_off(memory_with, practice):
    refined, plain = memory_with("p1"), memory_with("p1", contrastive=False)
    for memory in (refined, plain):
        practice(memory).absorb(separable(memory))
    assert "not <0> said: it is wet" in [condition.text() for condition in refined.procedures["p1"].preconditions]
    assert not plain.procedures["p1"].learned


def test_metas_can_be_switched_off_and_capacities_hold(memory_with, practice):
    memory = memory_with("p1", "p2", "p3", metas=False, n_procedures=2)
    practice(memory).absorb([episode(executed("p1"), executed("p2"))] * 5)
    assert not memory.metas
    assert len(memory.procedures) == 2


class Taker:
    """A method that takes tasks over; notes what it is asked to absorb."""

    def __init__(self):
        self.noted, self.contrasts = [], 0

    def absorber(self, tools):
        return self

    def note(self, episode, memory):
        self.noted.append(episode.task)

    def contrast(self, memory):
        self.contrasts += 1


@pytest.mark.parametrize(("contrastive", "choice_contrast"), [(True, False), (False, True)])
def test_a_method_that_tasks_are_handed_over_to_learns_along_under_a_key_of_its_own(
    memory_with, practice, contrastive, choice_contrast
):
    memory, taker = memory_with("p1", contrastive=contrastive, choice_contrast=choice_contrast), Taker()
    practice(memory, taker).absorb([*separable(memory)])
    assert memory.procedures["p1"].evidence.earned() == ((3, 0) if contrastive else (3, 3))
    assert bool(memory.procedures["p1"].learned) is contrastive
    assert len(taker.noted) == 6
    assert taker.contrasts == choice_contrast


def test_an_empty_batch_changes_nothing_that_counts(memory_with, practice):
    memory = memory_with("p1")
    before = len(memory.events)
    practice(memory).absorb([])
    assert memory.events[before:] == [Practised(tasks=())]
