"""Contrast changes Ψ, and what happened outside the new Ψ stops counting (Eq 6)."""

import pytest

from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.learning.prune import uses
from macla.methods.macla.learning.refine import refine
from macla.methods.macla.memory.events import Credited, Defined, Extracted, Missed, Refined, Source
from macla.methods.macla.memory.segment import Condition, Context, Execution, Fact, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.why import sources
from macla.methods.macla.settings import Departures, Settings
from macla.models.embedded import Embedded

WET, DRY, RED = (Fact("<0>", text) for text in ("said: it is wet", "said: it is dry", "said: it is red"))
NO_WET = Refinement(forbid=(WET,), failures=1)
GO, TAKE = StepKey("go to {}", ("<a>",)), StepKey("take {}", ("<0>",))


@pytest.fixture
def departures():
    return {}


@pytest.fixture
def memory(segment, kinds, departures):
    """A memory of one procedure, demonstrated once."""
    made = Memory(Settings(departures=departures))
    made.apply(Source(task="shown", source="expert", outcome="success", steps=1))
    made.apply(Defined(segment=segment(at_milestone=(DRY,))))
    made.apply(Extracted(procedure="p1", segment=0, source=0, kinds=kinds))
    return made


@pytest.fixture
def tried(memory):
    """Return a function that credits ``times`` executions of the procedure."""
    episodes = iter(range(1, 1000))

    def credit(success, times, *facts, steps=(TAKE,), k_fail=15):
        for _ in range(times):
            lived = Context(text=f"{facts}", facts=facts, steps=steps, after=(), episode=next(episodes))
            memory.apply(Credited(execution=Execution(procedure="p1", success=success, context=lived), k_fail=k_fail))
        return memory.procedures["p1"]

    return credit


def replayed(memory):
    again = Memory(memory.settings)
    for event in memory.events:
        again.apply(event)
    return again


def test_failures_outside_the_new_psi_leave_the_posterior_and_the_failures_remembered(memory, tried):
    tried(True, 4, DRY)
    procedure = tried(False, 3, WET)
    assert refine(memory, Embedded()) == ["p1"]
    assert {condition.text() for condition in procedure.learned} == {"<0> said: it is dry", "not <0> said: it is wet"}
    assert procedure.evidence.counts() == (5, 0)
    assert (procedure.evidence.failure, procedure.evidence.outside.failure) == (3, 3)
    assert procedure.failed_in == []
    assert len(procedure.succeeded_in) == 4


@pytest.mark.parametrize("exact", [True, False])
def test_a_path_of_the_precondition_tree_is_contrasted_only_where_a_key_says_so(memory, tried, exact):
    memory.settings = Settings(departures=Departures(contrast_exact=exact))
    memory.procedures["p1"].path = (Condition("", "stated: The stall is closed."),)
    tried(True, 4, DRY)
    tried(False, 3, WET)
    assert refine(memory, Embedded()) == (["p1"] if exact else [])


def test_what_demonstrations_lacked_is_not_required_and_what_they_had_is_not_forbidden(memory, tried):
    tried(True, 3, RED)
    procedure = tried(False, 3, WET, DRY)
    assert refine(memory, Embedded()) == ["p1"]
    assert [condition.text() for condition in procedure.learned] == ["not <0> said: it is wet"]


def test_failures_within_the_new_psi_stay(memory, tried):
    tried(False, 3, WET)
    procedure = tried(False, 1, DRY)
    memory.apply(Refined(procedure="p1", change=NO_WET))
    assert procedure.evidence.counts() == (1, 1)
    assert [context.facts for context in procedure.failed_in] == [(DRY,)]


def test_successes_outside_the_new_psi_leave_as_well(memory, tried):
    tried(True, 1, WET)
    procedure = tried(True, 3, DRY)
    memory.apply(Refined(procedure="p1", change=NO_WET))
    assert procedure.evidence.earned() == (3, 0)
    assert procedure.evidence.outside.shown_success == 0.25  # of one demonstration, whose context is unknown


def test_what_was_forgotten_or_shown_leaves_in_the_share_of_what_is_remembered(memory, tried):
    for source in range(4):
        memory.apply(Missed(procedure="p1", source=source))
    tried(False, 6, WET, k_fail=4)
    procedure = tried(False, 2, DRY, k_fail=4)
    assert [context.facts for context in procedure.failed_in] == [(WET,), (WET,), (DRY,), (DRY,)]
    memory.apply(Refined(procedure="p1", change=NO_WET))
    assert procedure.evidence.outside.shown_failure == 2
    assert procedure.evidence.outside.failure == 4
    assert procedure.evidence.counts() == (1, 6)


def test_a_refinement_without_conditions_leaves_the_evidence_alone(memory, tried):
    tried(True, 2, DRY)
    procedure = tried(False, 2, WET)
    memory.apply(Refined(procedure="p1", change=Refinement(steps=(GO,), achieved=(RED,), failures=2)))
    assert procedure.evidence.counts() == (3, 2)
    assert len(procedure.failed_in) == 2


def test_the_next_contrast_waits_for_new_failures_within_psi(memory, tried):
    tried(True, 3, DRY)
    tried(False, 3, WET)
    assert refine(memory, Embedded()) == ["p1"]
    events = len(memory.events)
    tried(False, 2, DRY, RED)
    refine(memory, Embedded())
    assert len(memory.events) == events + 2
    tried(False, 1, DRY, RED)
    assert refine(memory, Embedded()) == ["p1"]
    assert Condition(*RED, negated=True) in memory.procedures["p1"].learned
    assert memory.procedures["p1"].evidence.counts() == (4, 0)


def test_the_variants_of_a_split_share_the_outcomes_out(memory, tried):
    tried(True, 6, DRY, steps=(TAKE,))
    tried(True, 3, WET, steps=(GO,))
    tried(False, 2, WET, steps=(GO,))
    usual = tried(False, 1, DRY)
    assert refine(memory, Embedded()) == ["p1", "p1v"]
    variant = memory.procedures["p1v"]
    assert usual.evidence.earned() == (6, 1)
    assert variant.evidence.earned() == (3, 2)
    assert {context.steps for context in usual.succeeded_in} == {(TAKE,)}
    assert {context.steps for context in variant.succeeded_in} == {(GO,)}


def test_replaying_the_events_gives_the_same_counts(memory, tried):
    tried(True, 20, DRY, k_fail=3)
    tried(False, 20, WET, k_fail=3)
    refine(memory, Embedded())
    assert replayed(memory).procedures["p1"] == memory.procedures["p1"]


@pytest.mark.parametrize(
    ("condition", "facts", "held"),
    [
        (Condition("<0>", "said: it is wet"), (WET,), True),
        (Condition("<0>", "said: it is wet"), (DRY,), False),
        (Condition("<0>", "said: it is wet", negated=True), (DRY,), True),
        (Condition("<0>", "untouched"), (), True),
        (Condition("<0>", "untouched"), (WET,), False),
        (Condition("", "said: The work is done."), (), False),
    ],
)
def test_conditions_hold_in_contexts_as_they_do_at_run_time(condition, facts, held):
    assert condition.held_in(Context(text="", facts=facts, steps=(), after=())) is held


def test_one_mode_after_the_other_is_split_off_each_on_new_failures(memory, tried):
    old = Fact("<0>", "said: it is old")
    tried(True, 5, DRY, steps=(TAKE,))
    tried(True, 4, WET, steps=(GO,))
    tried(True, 3, old, steps=(GO, TAKE))
    tried(False, 3, DRY)
    assert refine(memory, Embedded())[-2:] == ["p1", "p1v"]
    assert refine(memory, Embedded()) == []
    tried(False, 3, RED)
    assert refine(memory, Embedded())[-2:] == ["p1", "p1v2"]
    for name, fact, steps, times in (("p1v", WET, (GO,), 4), ("p1v2", old, (GO, TAKE), 3)):
        variant = memory.procedures[name]
        assert Condition(*fact) in variant.learned
        assert Condition(*fact, negated=True) in memory.procedures["p1"].learned
        assert {context.steps for context in variant.succeeded_in} == {steps}
        assert variant.evidence.success - variant.evidence.outside.success == times
    assert {context.steps for context in memory.procedures["p1"].succeeded_in} == {(TAKE,)}
    tried(False, 3, Fact("<0>", "said: it is new"))
    refine(memory, Embedded())
    assert sorted(memory.procedures) == ["p1", "p1v", "p1v2"]
    assert {name: replayed(memory).procedures[name] for name in memory.procedures} == memory.procedures
    assert [source.task for source in sources(memory, "p1v2")] == ["shown"]
    assert uses(memory)[1]["p1v2"][0] == uses(memory)[1]["p1"][0]


def test_a_mode_that_is_too_rare_or_that_no_fact_tells_apart_is_none_of_its_own(memory, tried):
    tried(True, 5, DRY, steps=(TAKE,))
    tried(True, 4, DRY, steps=(GO,))
    tried(True, 2, WET, steps=(GO, TAKE))
    tried(False, 3, DRY)
    refine(memory, Embedded())
    assert [*memory.procedures] == ["p1"]


@pytest.mark.parametrize("departures", [{"posterior_within": False}])
def test_to_the_letter_outcomes_outside_the_new_psi_stay(memory, tried):
    tried(True, 4, DRY)
    procedure = tried(False, 3, WET)
    assert refine(memory, Embedded()) == ["p1"]
    assert Condition(*WET, negated=True) in procedure.learned
    assert procedure.evidence.counts() == (5, 3)
    assert (len(procedure.succeeded_in), len(procedure.failed_in)) == (4, 3)


@pytest.mark.parametrize("departures", [{"posterior_within": False, "contrast_anew": False}])
def test_to_the_letter_variants_inherit_all_counts_and_split_no_second_time(memory, tried):
    tried(True, 4, DRY, steps=(TAKE,))
    tried(True, 3, WET, steps=(GO,))
    tried(False, 3, RED)
    for _ in range(3):
        refine(memory, Embedded())
    assert sorted(memory.procedures) == ["p1", "p1v"]
    assert {procedure.evidence.counts() for procedure in memory.procedures.values()} == {(8, 3)}


@pytest.mark.parametrize("departures", [{"demonstrations_agree": False}])
def test_to_the_letter_demonstrations_have_no_say(memory, tried):
    tried(True, 3, RED)
    procedure = tried(False, 3, WET, DRY)
    refine(memory, Embedded())
    assert {condition.text() for condition in procedure.learned} == {
        "<0> said: it is red", "not <0> said: it is wet", "not <0> said: it is dry"
    }  # fmt: skip


@pytest.mark.parametrize("departures", [{"contrast_anew": False, "posterior_within": False}])
def test_to_the_letter_contrast_comes_again_without_new_failures(memory, tried):
    tried(True, 3, DRY)
    tried(False, 3, WET)
    for _ in range(3):
        refine(memory, Embedded())
    assert sum(event.event == "refined" for event in memory.events) == 3
