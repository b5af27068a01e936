"""Construction stage by stage, whatever the size of a batch."""

from collections import Counter

import pytest

from macla.methods.macla.equations.description_length import theta_by_mdl
from macla.methods.macla.handover import find
from macla.methods.macla.learning import shards
from macla.methods.macla.learning.build import STAGES, Construction, build
from macla.methods.macla.settings import Settings
from macla.models.embedded import Embedded
from macla.models.malformed import Malformed

JOBS = {"jobs": ("fire", "glaze"), "n_train": 30, "fire": 0.7}


@pytest.fixture(scope="module")
def shown(toy):
    benchmark = toy(**JOBS)
    return list(benchmark.experts(benchmark.tasks("train"), seed=0))


@pytest.fixture
def built(toy, tools, shown):
    """Return a function (model, settings) → the construction of a memory from the experts of small jobs."""

    def make(model=None, **settings):
        constants = Settings(**settings)
        return build(shown, tools(toy(**JOBS), model), constants, find(constants))

    return make


class Silent(Embedded):
    """Gives no usable reply to requests of one purpose, from the ``first``-th on, ``times`` of them."""

    def __init__(self, purpose, times, first=0):
        self.purpose, self.numbers = purpose, range(first, first + times)
        self.asked = 0

    def ask(self, requests):
        replies = super().ask(requests)
        for place, request in enumerate(requests):
            if request.purpose == self.purpose:
                if self.asked in self.numbers:
                    replies[place] = Malformed(purpose=self.purpose, reason="none", text="")
                self.asked += 1
        return replies


def kinds_of(memory):
    return [event.event for event in memory.events]


def test_the_stages_can_be_run_one_by_one_and_each_leaves_what_the_next_one_needs(toy, tools, shown, built):
    settings = Settings()
    work = Construction(shown, tools(toy(**JOBS)), settings, find(settings))
    left = {}
    for stage in STAGES:
        before = len(work.memory.events)
        stage(work)
        left[stage.__name__] = {event.event for event in work.memory.events[before:]}
    assert left == {
        "read_trajectories": {"known", "read", "tasks_named"},
        "explore_traces": {"explored"},
        "cluster_words": {"clustered"},
        "hand_over": {"invariants_found"},
        "segment_and_abstract": set(),
        "merge": {"source", "defined", "extracted", "merged", "missed"},
        "compose": {"composed"},
        "prune": set(),
    }
    assert len(work.traces) == len(work.abstracted) == len(shown)
    assert work.memory.events == built().memory.events


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_memory_does_not_depend_on_the_size_of_a_batch_or_shard(built, monkeypatch, size):
    expected = built().memory.events
    assert size != shards.BATCH
    monkeypatch.setattr(shards, "BATCH", size)
    assert built().memory.events == expected


def test_progress_counts_up_to_the_end(built, monkeypatch, shown, toy, tools):
    reported = []
    monkeypatch.setattr(shards, "BATCH", 20)
    lent = tools(toy(**JOBS))
    counting = type(lent)(
        lent.encoder, lent.model, lent.reader, lent.interface, report=lambda *counts: reported.append(counts)
    )
    build(shown, counting, Settings(), None)
    assert reported == [
        (stage, done, 30) for stage in ("reading trajectories", "learning procedures") for done in (20, 30)
    ]


def test_a_trajectory_whose_instruction_could_not_be_read_teaches_nothing(built, shown):
    made = built(Silent("parse_task", 4))
    assert [source.task for source in made.memory.sources] == [its.task_id for its in shown[4:]]


def test_a_trajectory_that_could_not_be_cut_counts_but_has_no_segments(built, shown):
    made = built(Silent("segment", 4))
    assert len(made.memory.sources) == len(shown)
    assert made.abstracted[:4] == [[]] * 4
    assert all(made.abstracted[4:])
    assert not {0, 1, 2, 3} & {source for each in made.memory.procedures.values() for source in each.sources}


def test_failures_find_what_they_failed_at_and_never_become_procedures(built, shown):
    memory = built().memory
    failed = {number for number, its in enumerate(shown) if not its.success}
    missed = [event for event in memory.events if event.event == "missed"]
    assert {event.source for event in missed} == failed != set()
    last = len(memory.events) - 1 - kinds_of(memory)[::-1].index("merged")
    assert kinds_of(memory).index("missed") > last


def test_what_only_ever_failed_is_no_procedure_and_counts_against_none(toy, tools):
    benchmark = toy(jobs=("fire",), n_train=9, fire=0.0)
    experts = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    memory = build(experts, tools(benchmark), Settings(), find(Settings())).memory
    assert not any(expert.success for expert in experts)
    assert [each.milestone.verb for each in memory.procedures.values()] == ["take {} from {}"]
    assert "missed" not in kinds_of(memory)


def test_what_is_switched_off_leaves_no_event(built):
    assert {"clustered", "composed"} <= set(kinds_of(built().memory))
    assert "clustered" not in kinds_of(built(ontology=False).memory)
    assert "composed" not in kinds_of(built(metas=False).memory)
    assert "invariants_found" not in kinds_of(built(grounded="none").memory)


def test_capacities_hold_and_what_was_dropped_is_logged(built):
    memory = built(n_procedures=3, n_metas=1).memory
    assert len(memory.procedures) == 3
    assert len(memory.metas) <= 1
    assert "pruned" in kinds_of(memory)


def test_theta_dup_by_description_length_is_that_of_all_segments(built):
    made = built(theta_dup="mdl")
    segments = Counter(each.segment for of_one in made.abstracted for each in of_one)
    theta, _ = theta_by_mdl(segments, made.tools.encoder, made.settings.mdl)
    assert made.memory.procedures
    assert made.memory.events == built(theta_dup=theta).memory.events


def test_one_reading_a_job_is_kept_as_a_worked_example(built):
    readings = built().memory.readings
    goals = [reading.goal for reading in readings]
    assert goals
    assert len(set(goals)) == len(goals)
    for reading in readings:
        filled = reading.goal
        for number, kind in enumerate(reading.kinds):
            filled = filled.replace(f"<{number}>", kind)
        assert filled == reading.task
