"""Which part goes with which wording: log odds that add up over cues, learned from examples."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.cloning.settings import StatementSettings
from macla.methods.cloning.statements.fit_parts import fit_parts
from macla.methods.cloning.statements.part_model import BIAS, PartModel, normalised

SETTINGS = StatementSettings()


def test_the_log_odds_of_a_part_are_the_sum_of_its_cues_weights():
    model = PartModel(weights={"by": {"by {}": {"sorted": 2.0, "along": 0.5}, "": {BIAS: 1.0, "sorted": -1.0}}})
    assert model.scores("by", {"sorted": 1.0, "along": 2.0, BIAS: 1.0}) == {"by {}": 3.0, "": 0.0}


def test_cues_that_were_never_seen_say_nothing_and_unknown_kinds_have_no_parts():
    model = PartModel(weights={"by": {"by {}": {"sorted": 2.0}}})
    assert model.scores("by", {"purple": 1.0}) == {"by {}": 0.0}
    assert model.scores("only", {"sorted": 1.0}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(-900, 900), min_size=1, max_size=6))
def test_normalised_log_odds_are_log_probabilities_that_keep_their_distances(scores):
    found = normalised(scores)
    assert set(found) == set(scores)
    assert sum(map(exp, found.values())) == pytest.approx(1)
    base = next(iter(scores))
    for verb, score in scores.items():
        assert found[verb] - found[base] == pytest.approx(score - scores[base], abs=1e-9)


def test_of_nothing_there_is_nothing_to_normalise():
    assert normalised({}) == {}


def learned(*examples, shares=None):
    """Return the model that examples (words, part) of one kind of part give."""
    made = {"by": [(dict.fromkeys(words.split(), 1.0), verb) for words, verb in examples]}
    model = PartModel(heads=("by",), weights={"by": {}})
    for event in fit_parts(made, shares or [1.0] * len(examples), SETTINGS):
        assert event.head == "by"
        model.weights["by"][event.verb] = event.weights
    return model


def odds(model, words):
    return normalised(model.scores("by", dict.fromkeys(words.split(), 1.0) | {BIAS: 1.0}))


def test_the_part_that_went_with_a_word_is_likely_where_it_is_said():
    model = learned(*[("fetch sorted", "by {}"), ("fetch all", "")] * 20)
    assert odds(model, "fetch sorted")["by {}"] > log(0.9)
    assert odds(model, "fetch all")["by {}"] < log(0.1)


def test_two_parts_are_as_likely_as_they_were_common():
    model = learned(*[("sorted", "by {}")] * 60, *[("sorted", "")] * 20, *[("all", "by {}")] * 20, *[("all", "")] * 60)
    assert odds(model, "sorted")["by {}"] == pytest.approx(log(0.75), abs=0.03)
    assert odds(model, "all")["by {}"] == pytest.approx(log(0.25), abs=0.1)


def test_three_parts_are_told_apart_as_two_are():
    model = learned(*[("sorted", "by {}"), ("ranked", "by most {}"), ("all", "")] * 20)
    for words, verb in (("sorted", "by {}"), ("ranked", "by most {}"), ("all", "")):
        assert max(odds(model, words), key=odds(model, words).get) == verb


def test_examples_count_by_their_shares():
    examples = [("fetch", "by {}"), ("fetch", "by {}"), ("fetch", "")]
    assert odds(learned(*examples), "fetch")["by {}"] > log(0.5)
    assert odds(learned(*examples, shares=[0.1, 0.1, 1.0]), "fetch")["by {}"] < log(0.5)


def test_a_part_without_rival_is_certain():
    model = learned(("fetch", "by {}"), ("all", "by {}"))
    assert odds(model, "whatever") == {"by {}": 0.0}


def test_cues_that_hardly_occur_have_no_weight():
    assert SETTINGS.cue_seen == 3
    model = learned(*[("sorted", "by {}"), ("all", "")] * 20, ("odd sorted", "by {}"), ("odd sorted", "by {}"))
    assert all("odd" not in weights for weights in model.weights["by"].values())
    assert any("sorted" in weights for weights in model.weights["by"].values())


def test_with_more_cues_than_examples_the_weights_are_those_of_the_plain_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    cues = (rng.random((24, 60)) < 0.3).astype(float)
    labels = ["a" if row[0] + row[1] > 1 else "b" if row[2] else "c" for row in cues]
    made = {
        "where": [
            ({f"c{n}": v for n, v in enumerate(row) if v}, label) for row, label in zip(cues, labels, strict=True)
        ]
    }
    settings = StatementSettings(cue_seen=1, smallest_weight=0.0)
    plain = LogisticRegression(C=settings.trust, max_iter=settings.iterations, tol=1e-6).fit(cues, labels)
    own = {event.verb: event.weights for event in fit_parts(made, [1.0] * 24, settings)}
    for label, weights in zip(plain.classes_, plain.coef_, strict=True):
        assert [own[label].get(f"c{n}", 0.0) for n in range(60)] == pytest.approx(list(weights), abs=0.02)
