"""Each measure on episodes whose figures can be counted by hand."""

import dataclasses

import pytest

from macla.benchmarks.trajectory import Outcome
from macla.reports import measures
from macla.reports.crossed import placed


@pytest.fixture
def two(run, episode, decision):
    """Task a: p0001 (3 steps, y), act (gated), m0001 (4 steps, not y). Task b: act with nothing applicable."""
    offered = [("p0001", 0.9, 0.0, 1.0, 0.0)]
    return run(
        episode(
            "a",
            decision("p0001", steps=3, posterior=0.9, candidates=offered),
            decision("act", posterior=0, candidates=offered),
            decision("m0001", steps=4, success=False, posterior=0.6, candidates=offered),
            calls=2,
            rejected=2,
        ),
        episode("b", decision("act", posterior=0, success=False), success=False, calls=3, score=0.25),
    )


@pytest.mark.parametrize(
    ("name", "value", "n"),
    [
        ("gate_rate", 1 / 3, 3),
        ("fallback_rate", 2 / 4, 4),
        ("reuse_rate", 7 / 9, 9),
        ("follow_through", 1 / 2, 2),
        ("meta_hit_rate", 1 / 4, 4),
        ("procedure_length", 7 / 2, 2),
        ("procedures_used", 2, 1),
        ("posterior_used", 0.75, 2),
        ("model_calls", 5 / 2, 2),
        ("mean_score", 1.25 / 2, 2),
        ("rejected_rate", 2 / 9, 9),
    ],
)
def test_value(two, name, value, n):
    found = measures.measures([two])[name]
    assert found.value == pytest.approx(value)
    assert found.n == n
    if found.interval is not None:
        assert found.interval.low <= found.value <= found.interval.high


def test_every_measure_is_tested_above():
    tested = {mark.args[1][k][0] for mark in test_value.pytestmark for k in range(len(mark.args[1]))}
    assert tested == set(measures.MEASURES)


def test_steps_of_a_rule_are_neither_memorys_nor_the_models(run, episode, decision):
    ruled = decision("rules", posterior=0).model_copy(update={"kind": "rule"})
    found = measures.measures([run(episode("a", ruled, ruled))])
    assert (found["fallback_rate"].value, found["reuse_rate"].value, found["procedures_used"].value) == (0, 0, 0)


def test_gate_rate_is_unknown_without_candidates(run, episode, decision):
    assert measures.gate_rate([run(episode("a", decision("act")))]) is None


def test_infrastructure_errors_do_not_count(run, episode, decision, two):
    lost = episode("c", decision("act", steps=50), success=False, outcome=Outcome.INFRASTRUCTURE_ERROR)
    assert measures.reuse_rate([two, run(lost)]) == measures.reuse_rate([two])


def test_procedures_used_is_a_mean_and_spread_over_runs(run, episode, decision):
    runs = [run(episode("a", *(decision(f"p{k}") for k in range(n)))) for n in (2, 4)]
    found = measures.procedures_used(runs)
    assert found.value == 3
    assert found.interval == pytest.approx((3 - 2**0.5, 3 + 2**0.5))


def test_a_second_memory_that_does_the_same_changes_no_interval(two):
    again = dataclasses.replace(two, summary=two.summary | {"seed": 1})
    assert measures.reuse_rate([two, again]).interval == pytest.approx(measures.reuse_rate([two]).interval)


def test_real_runs_add_up(frozen):
    for each in frozen.episodes.values():
        assert sum(decision.steps for decision in each.decisions) == each.n_steps
    found = measures.measures([frozen])
    assert all(found[name] is not None for name in measures.MEASURES)
    assert found["fallback_rate"].value == pytest.approx(frozen.summary["fallback_rate"])
    assert found["model_calls"].value == pytest.approx(frozen.summary["model_calls_per_episode"])
    assert found["procedures_used"].value == frozen.summary["procedures_used"]


def test_the_benchmarks_own_figures_are_ratios_of_sums(run, episode):
    one = episode("a").model_copy(update={"measures": {"micro": (3.0, 8.0), "whole": (0.0, 1.0)}})
    two = episode("b").model_copy(update={"measures": {"micro": (8.0, 8.0), "whole": (1.0, 1.0)}})
    found = measures.own(placed([run(one, two, episode("c"))]))
    assert {name: (measure.value, measure.n) for name, measure in found.items()} == {
        "micro": (11 / 16, 16),
        "whole": (0.5, 2),
    }
