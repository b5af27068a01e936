"""Properties of the six official rates."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.travelplanner.evaluate.aggregate import OFFICIAL, Denominators, aggregate, counted, measures
from envs.travelplanner.evaluate.commonsense import COMMONSENSE
from envs.travelplanner.evaluate.hard import COST, LOCAL
from envs.travelplanner.evaluate.verdict import Evaluation

_WISHES = {name: wish for name, (_, wish) in LOCAL.items()}


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], Evaluation]:
    """A query with any wishes and any verdicts that the evaluator could give on it."""
    asked = {wish: draw(st.booleans()) for wish in _WISHES.values()}
    query = {"local_constraint": {wish: "x" if yes else None for wish, yes in asked.items()}}
    if not draw(st.booleans()):
        return query, Evaluation(False, dict.fromkeys(COMMONSENSE), None, None)
    commonsense = {name: draw(st.booleans()) for name in COMMONSENSE}
    hard = None
    if commonsense["is_not_absent"] and commonsense["is_valid_information_in_sandbox"]:
        hard = {name: draw(st.booleans()) if asked[wish] else None for name, wish in _WISHES.items()}
        hard[COST] = draw(st.booleans())
    return query, Evaluation(True, commonsense, hard, 1.0)


@given(st.lists(cases(), min_size=1, max_size=12))
def test_rates_are_bounded_and_ordered(drawn: list[tuple[dict[str, Any], Evaluation]]):
    queries, evaluations = zip(*drawn, strict=True)
    rates = aggregate(evaluations, counted(queries))
    assert all(0 <= rate <= 1 for rate in rates.as_record().values())
    assert rates.final_pass_rate <= min(rates.commonsense_macro, rates.hard_macro)
    assert rates.commonsense_macro <= rates.commonsense_micro <= rates.delivery_rate
    assert rates.hard_macro <= rates.delivery_rate


@given(st.lists(cases(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_order_does_not_matter(drawn: list[tuple[dict[str, Any], Evaluation]], rng: Any):
    shuffled = list(drawn)
    rng.shuffle(shuffled)
    assert _rates(drawn) == _rates(shuffled)


@given(st.lists(cases(), min_size=1, max_size=6), st.lists(cases(), min_size=1, max_size=6))
def test_two_sets_together_are_their_weighted_mean(first: list[Any], second: list[Any]):
    both, left, right = (_rates(part) for part in (first + second, first, second))
    share = len(first) / (len(first) + len(second))
    for name in ("delivery_rate", "commonsense_micro", "commonsense_macro", "hard_macro", "final_pass_rate"):
        assert both[name] == pytest.approx(share * left[name] + (1 - share) * right[name])
    hard = counted(query for query, _ in first).hard, counted(query for query, _ in second).hard
    assert both["hard_micro"] * sum(hard) == pytest.approx(left["hard_micro"] * hard[0] + right["hard_micro"] * hard[1])


@given(st.lists(cases(), min_size=1, max_size=8))
def test_an_undelivered_plan_only_lowers_the_rates(drawn: list[Any]):
    nothing = ({"local_constraint": {}}, Evaluation(False, dict.fromkeys(COMMONSENSE), None, None))
    before, after = _rates(drawn), _rates([*drawn, nothing])
    assert all(after[name] <= before[name] for name in before)


def _rates(drawn: list[Any]) -> dict[str, float]:
    queries, evaluations = zip(*drawn, strict=True)
    return aggregate(evaluations, counted(queries)).as_record()


def test_official_denominators_count_missing_plans_as_failed():
    passed = Evaluation(True, dict.fromkeys(COMMONSENSE, True), {COST: True, **dict.fromkeys(LOCAL)}, 1.0)
    rates = aggregate([passed] * 90, OFFICIAL["validation"])
    assert rates.delivery_rate == rates.commonsense_micro == rates.final_pass_rate == 0.5
    assert rates.hard_micro == 90 / 420
    assert OFFICIAL["test"] == Denominators(1000, 2290, "test")


def test_empty_set():
    assert set(aggregate([], counted([])).as_record().values()) == {0.0}


@given(st.lists(cases(), min_size=1, max_size=8))
def test_measures_of_the_episodes_sum_to_the_rates(drawn: list[tuple[dict[str, Any], Evaluation]]):
    parts = [measures(query, evaluation) for query, evaluation in drawn]
    for name, rate in _rates(drawn).items():
        reached, whole = (sum(part[name][k] for part in parts) for k in (0, 1))
        assert reached / whole == pytest.approx(rate)
