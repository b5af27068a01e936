"""The official gold plans, and what happens when one constraint at a time is broken."""

import math
from typing import Any

import pytest
from helpers.travelplanner_breaking import BREAKERS

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.aggregate import OFFICIAL, aggregate, counted
from envs.travelplanner.evaluate.verdict import Evaluation, evaluate
from envs.travelplanner.throughput import measure

Gold = list[tuple[dict[str, Any], list[dict[str, Any]]]]


def failed(evaluation: Evaluation) -> set[str]:
    verdicts = {**evaluation.commonsense, **(evaluation.hard or {})}
    return {name for name, verdict in verdicts.items() if verdict is False}


def test_every_gold_plan_is_a_final_pass(official_database: Database, gold: Gold):
    evaluations = [evaluate(query, plan, official_database) for query, plan in gold]
    assert [e.reasons for e in evaluations] == [{}] * 45
    assert all(e.final_pass for e in evaluations)
    rates = aggregate(evaluations, OFFICIAL["train"])
    assert set(rates.as_record().values()) == {1.0}
    assert counted(query for query, _ in gold).hard == OFFICIAL["train"].hard


def test_budgets_are_the_gold_costs_rounded_up(official_database: Database, gold: Gold):
    """As released: 43 of 45 budgets are the gold plan's cost, rounded up; 11 and 18 are the exceptions."""
    costs = {query["idx"]: evaluate(query, plan, official_database).total_cost or 0 for query, plan in gold}
    other = {query["idx"] for query, _ in gold if math.ceil(costs[query["idx"]] / 100) * 100 != query["budget"]}
    assert other == {11, 18}
    assert (costs[11], costs[18]) == (5425, 4914)


@pytest.mark.parametrize("constraint", BREAKERS)
def test_broken_variants_fail_what_they_break(constraint: str, official_database: Database, gold: Gold):
    """Each way of breaking fails its constraint, and at least four gold plans have one that fails nothing else."""
    clean = 0
    for query, plan in gold:
        variants = [evaluate(q, p, official_database) for q, p in BREAKERS[constraint](query, plan, official_database)]
        broken = [failed(variant) for variant in variants if variant.hard is not None or constraint.startswith("is_")]
        assert all(constraint in names for names in broken)
        clean += {constraint} in broken
    print(f"{constraint}: {clean} gold plans broken in exactly this way")
    assert clean >= 4


def test_throughput(official_database: Database, gold: Gold):
    speed = measure(gold, official_database)
    print(f"{speed.ours:.0f} plans/s; with pandas look-ups {speed.pandas:.1f} plans/s")
    assert speed.same_verdicts
    assert speed.ours > 20 * speed.pandas
