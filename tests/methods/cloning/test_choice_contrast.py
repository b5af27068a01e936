"""Contrasting choices of successes and failures on one task."""

import numpy as np
import pytest

from macla.methods.cloning.argument_model import ArgumentModel, ArgumentWeights
from macla.methods.cloning.choice_contrast import ChoiceContrast, _fit, _pairs
from macla.methods.cloning.choices import Choice
from macla.methods.cloning.settings import ArgumentSettings

KIND = "ware"
DECIMALS = ArgumentSettings().decimals


def choice(chosen, *others):
    return Choice("take {}", 0, KIND, (chosen, *others))


def outcomes(*episodes, model=None):
    noted = ChoiceContrast()
    for task, success, choices in episodes:
        noted.note(task, choices, success, model or ArgumentModel())
    return noted


def weights(noted):
    return {event.kind: event.weights for event in noted.events(DECIMALS)}


CHEAP, DEAR = {"cheap": 1.0}, {"dear": 1.0}


def test_what_successes_chose_and_failures_did_not_gains_weight():
    noted = outcomes(("a", True, [choice(CHEAP, DEAR)] * 3), ("a", False, [choice(DEAR, CHEAP)] * 3))
    learned = weights(noted)[KIND]
    assert learned["cheap"] > 0.2
    assert learned["dear"] == pytest.approx(-learned["cheap"])


def test_tasks_that_always_end_the_same_way_tell_nothing():
    assert weights(outcomes(("a", True, [choice(CHEAP, DEAR)]), ("b", False, [choice(DEAR, CHEAP)]))) == {}


def test_a_choice_without_alternative_tells_nothing():
    noted = outcomes(("a", True, [choice(CHEAP)]), ("a", False, [choice(DEAR)]))
    assert weights(noted) == {}


def test_one_task_played_often_counts_no_more_than_its_rarer_outcome():
    good, bad = ("a", True, [choice(CHEAP, DEAR)]), ("a", False, [choice(DEAR, CHEAP)])
    once, often = weights(outcomes(good, bad)), weights(outcomes(good, *[bad] * 5))
    assert often[KIND]["cheap"] == pytest.approx(once[KIND]["cheap"], abs=0.01)


def test_the_gradient_is_that_of_the_loss(monkeypatch):
    rng = np.random.default_rng(1)

    def draw():
        rows = [{f"f{n}": float(rng.normal()) for n in range(4)} for _ in range(5)]
        return [choice(*rows), choice(*rows[::-1])]

    shown = ArgumentModel(by_place={("take", KIND): ArgumentWeights({"f0": 1.0, "f2": -2.0})})
    noted = outcomes(*[(f"t{k % 3}", bool(k % 2), draw()) for k in range(12)], model=shown)
    seen = {}

    def minimize(loss, start, **_):
        seen["loss"] = loss

        class Result:
            x = start

        return Result()

    monkeypatch.setattr("scipy.optimize.minimize", minimize)
    _fit(*_pairs(noted._played), 4)
    assert "loss" in seen
    point, step = rng.normal(size=4), 1e-6
    _, gradient = seen["loss"](point)
    numeric = [
        (seen["loss"](point + step * axis)[0] - seen["loss"](point - step * axis)[0]) / (2 * step) for axis in np.eye(4)
    ]
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-7)
