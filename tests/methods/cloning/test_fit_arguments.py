"""The conditional logit: its gradient, the weights it recovers, and how a command's own weights lean on the place's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import check_grad

from macla.methods.cloning.argument_model import score
from macla.methods.cloning.candidate_features import place
from macla.methods.cloning.choices import Choice
from macla.methods.cloning.fit_arguments import _design, _loss, conditions, fit, fit_arguments, logit
from macla.methods.cloning.settings import ArgumentSettings

SETTINGS = ArgumentSettings()
OFTEN, NO_ACCIDENT, PRECISION = SETTINGS.often, SETTINGS.no_accident, SETTINGS.precision
TRUE = {"near": 2.0, "red": -1.0, "dear": 0.0}


def draw(seed, n, weights=TRUE, verb="take {}", kind="ware"):
    """Return choices of someone whose odds are exp(weights · features)."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(n):
        rows = [{name: float(rng.random() < 0.5) for name in weights} for _ in range(6)]
        odds = np.exp([score(row, weights) for row in rows])
        chosen = rng.choice(6, p=odds / odds.sum())
        made.append(Choice(verb, 0, kind, (rows[chosen], *rows[:chosen], *rows[chosen + 1 :])))
    return made


def test_the_true_weights_are_recovered():
    found = fit(draw(0, 1500), {}, SETTINGS, PRECISION)
    for name, weight in TRUE.items():
        assert found.get(name, 0.0) == pytest.approx(weight, abs=0.25)


@given(st.integers(0, 10**6))
def test_the_gradient_is_the_loss_functions(seed):
    design = _design(draw(seed, 5), {}, 1)
    assert design.features
    centre = np.random.default_rng(seed).normal(size=len(design.features))
    point = np.random.default_rng(seed + 1).normal(size=len(design.features))
    error = check_grad(
        lambda w: _loss(w, design, centre, 0.3)[0], lambda w: _loss(w, design, centre, 0.3)[1], point, epsilon=1e-6
    )
    assert error < 1e-4


SCORES = st.lists(st.lists(st.floats(-800, 800), min_size=1, max_size=5), min_size=1, max_size=5)


@given(SCORES, st.floats(-100, 100))
def test_shares_are_those_of_a_softmax_in_each_choice_however_high_the_scores(choices, more):
    sizes = np.array([len(scores) for scores in choices])
    starts = np.append(0, np.cumsum(sizes)[:-1])
    scores = np.concatenate(choices)
    total, share = logit(scores, starts, sizes)
    np.testing.assert_allclose(np.add.reduceat(share, starts), 1.0)
    np.testing.assert_allclose(share, np.exp(scores - np.repeat(total, sizes)), rtol=1e-9, atol=1e-12)
    raised, same = logit(scores + more, starts, sizes)
    np.testing.assert_allclose(raised, total + more, atol=1e-9)
    np.testing.assert_allclose(same, share, atol=1e-9)


def test_features_that_hardly_occur_are_ignored_where_that_is_asked():
    choices = [Choice("take {}", 0, "", ({"near": 1.0}, {"red": 1.0})) for _ in range(3)]
    odd = Choice("take {}", 0, "", ({"odd": 1.0}, {"red": 1.0}))
    assert set(fit([*choices, odd], {}, SETTINGS, PRECISION, seen=1)) == {"near", "red", "odd"}
    assert set(fit([*choices, odd], {}, SETTINGS, PRECISION, seen=2)) == {"near", "red"}


def test_without_choices_the_start_is_kept():
    start = {"near": 1.5}
    assert fit([Choice("take {}", 0, "ware", ({"near": 1.0}, {"near": 1.0}))], start, SETTINGS, PRECISION) == start


def test_a_command_seen_often_has_weights_of_its_own_between_the_places_and_its_data():
    usual, odd = draw(1, 200), draw(2, OFTEN, {"near": -4.0, "red": 0.0, "dear": 0.0}, verb="now take {}")
    events = fit_arguments([*usual, *odd], SETTINGS)
    assert place("take {}", 0) == place("now take {}", 0) == "take"
    pooled = next(event for event in events if event.place == "take").weights
    own = next(event for event in events if event.verb == "now take {}").weights
    assert own.get("near", 0.0) < pooled["near"]


def test_a_choice_without_alternatives_teaches_nothing():
    assert fit_arguments([Choice("take {}", 0, "ware", ({"near": 1.0},))], SETTINGS) == []


def test_few_choices_only_count_for_the_place():
    assert [event.verb for event in fit_arguments(draw(3, OFTEN - 1), SETTINGS)] == [""]


def always_near_never_dear(n):
    """Return choices of someone who takes what is near and never what is dear; colours are of no concern."""
    rows = [{"near": 1.0}, {"red": 1.0, "dear": 1.0}, {"near": 1.0, "dear": 1.0}, {"red": 1.0}]
    return [
        Choice("take {}", 0, "ware", ({**rows[0], **({"red": 1.0} if k % 2 else {})}, *rows[1:], {"size": 2.0}))
        for k in range(n)
    ]


def test_what_is_kept_without_exception_is_a_condition():
    assert conditions(always_near_never_dear(60), NO_ACCIDENT) == ({"near"}, {"dear"})


def test_one_exception_makes_it_a_matter_of_weights():
    exception = Choice("take {}", 0, "ware", ({"dear": 1.0}, {"near": 1.0}))
    assert conditions([*always_near_never_dear(60), exception], NO_ACCIDENT) == (set(), set())


def test_few_choices_make_no_condition():
    assert conditions(always_near_never_dear(8), NO_ACCIDENT) == (set(), set())
