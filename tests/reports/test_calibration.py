"""Brier score and reliability diagram."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macla.reports.calibration import calibrate, of_decisions, of_episodes
from macla.reports.crossed import Place


def tasks(n):
    """Return the places of ``n`` observations of one memory, each on a task of its own."""
    return [Place(0, ("toy", "unseen", f"{number:04d}")) for number in range(n)]


def test_perfect_and_worst_predictions():
    assert calibrate([1.0, 0.0], [True, False], tasks(2)).brier == 0
    assert calibrate([1.0, 0.0], [False, True], tasks(2)).brier == 1


def test_the_diagram_of_known_counts():
    found = calibrate([0.25] * 4 + [0.85] * 5, [True, *[False] * 3, *[True] * 4, False], tasks(9))
    low, high = found.bins[2], found.bins[8]
    assert (low.n, low.predicted, low.realised) == (4, 0.25, 0.25)
    assert (high.n, high.realised) == (5, 0.8)
    assert high.interval.low < 0.8 < high.interval.high
    assert found.expected_error == pytest.approx(5 / 9 * 0.05)
    assert sum(point.n for point in found.bins) == 9


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60))
def test_murphy_decomposition_holds_when_predictions_in_a_bin_are_equal(pairs):
    predicted = [(place + 0.5) / 10 for place, _ in pairs]
    found = calibrate(predicted, [y for _, y in pairs], tasks(len(pairs)))
    assert found.brier == pytest.approx(found.reliability - found.resolution + found.uncertainty)


def test_a_true_rate_is_well_calibrated_and_an_inflated_one_is_not():
    rng = np.random.default_rng(0)
    rates = rng.uniform(0.05, 0.95, 4000)
    happened = rng.uniform(size=4000) < rates
    honest = calibrate(rates.tolist(), happened.tolist(), tasks(4000))
    boastful = calibrate(np.sqrt(rates).tolist(), happened.tolist(), tasks(4000))
    assert honest.expected_error < 0.03 < boastful.expected_error
    assert honest.brier < boastful.brier


@pytest.mark.parametrize("predicted", [[], [1.2], [-0.1]])
def test_what_is_no_probability_is_refused(predicted):
    with pytest.raises(ValueError, match="probabilities"):
        calibrate(predicted, [True] * len(predicted), tasks(len(predicted)))


def test_decisions_and_episodes_are_different_events(run, episode, decision):
    lost = run(episode("a", decision("p1", posterior=0.9), decision("act", posterior=0), success=False))
    assert of_decisions([lost]).brier == pytest.approx(0.01)
    assert of_episodes([lost]).brier == pytest.approx(0.81)
    assert of_decisions([lost]).n == 1


def test_nothing_executed_has_no_calibration(run, episode, decision):
    assert of_decisions([run(episode("a", decision("act")))]) is None
