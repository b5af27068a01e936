"""Selection: Eq 4 over the nearest procedures, risk from remembered failures, the gate."""

import numpy as np
import pytest

from macla.encoder import Hashing
from macla.methods.macla.acting.select import Selector, SelectSettings
from macla.methods.macla.equations.expected_utility import UtilitySettings, expected_utility
from macla.methods.macla.memory.events import Credited, Defined, Extracted
from macla.methods.macla.memory.segment import Context, Execution
from macla.methods.macla.memory.store import Memory

GOALS = {"p1": "fire a <0> in <1>.", "p2": "mend a <0> at <1>.", "p3": "sell every <0> to the <1>!"}
ENCODER = Hashing()


@pytest.fixture
def memory(segment, kinds):
    made = Memory()
    for number, (name, goal) in enumerate(GOALS.items()):
        made.apply(Defined(segment=segment(goal=goal)))
        made.apply(Extracted(procedure=name, segment=number, source=number, kinds=kinds))
    return made


def credit(memory, name, success, text="somewhere"):
    context = Context(text=text, facts=(), steps=(), after=())
    memory.apply(Credited(execution=Execution(procedure=name, success=success, context=context), k_fail=15))


def rank(memory, text, applicable=lambda skill: True, settings=None, utility=None):
    index, _ = memory.embed(ENCODER)
    return Selector(memory, index, ENCODER, settings or SelectSettings(), utility or UtilitySettings()).rank(
        [text], applicable
    )


def names(candidates):
    return [candidate[0].id for candidate in candidates]


def near(memory, name):
    """Return a context that is the procedure's own descriptor: relevance 1."""
    return next(text for owner, text in memory.descriptors() if owner == name)


def test_the_nearest_of_equally_proven_procedures_comes_first(memory):
    for name in GOALS:
        ranked = rank(memory, near(memory, name))
        assert names(ranked)[0] == name
        assert ranked[0].relevance == pytest.approx(1, abs=1e-6)


def test_candidates_carry_equation_4_taken_apart(memory):
    credit(memory, "p1", False, "fire a <0> in <1>. today")
    text = "fire a <0> in <1>. now"
    for candidate in rank(memory, text):
        successes, failures = candidate[0].evidence.counts()
        vectors = ENCODER.encode([text, near(memory, candidate[0].id)])
        assert candidate.relevance == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-6)
        expected = expected_utility(
            np.array([candidate.relevance]),
            np.array([candidate.risk]),
            np.array([1.0 + successes]),
            np.array([1.0 + failures]),
            UtilitySettings(),
        )
        assert candidate.utility == pytest.approx(float(expected.total[0]))
        assert candidate.posterior_mean == pytest.approx((1 + successes) / (2 + successes + failures))


def test_what_proved_itself_beats_what_failed_when_equally_near(memory, segment, kinds):
    memory.apply(Extracted(procedure="p9", segment=0, source=9, kinds=kinds))
    for _ in range(6):
        credit(memory, "p1", False)
        credit(memory, "p9", True)
    ranked = rank(memory, near(memory, "p1"))
    assert names(ranked)[0] == "p9"
    assert names(ranked).index("p1") > 0


def test_only_the_k_nearest_are_ranked(memory):
    assert len(rank(memory, "fire", settings=SelectSettings(k=2))) == 2
    assert names(rank(memory, near(memory, "p3"), settings=SelectSettings(k=1))) == ["p3"]


def test_what_is_not_applicable_is_left_out(memory):
    assert "p1" not in names(rank(memory, near(memory, "p1"), lambda skill: skill.id != "p1"))
    assert rank(memory, "fire", lambda skill: False) == []


def test_risk_is_the_share_of_failures_in_contexts_like_this_one(memory):
    here = "fire a <0> in <1>. <0> did: take it from …, <1> untouched"
    for text in (here, here, here, "an altogether different story of ships"):
        credit(memory, "p1", False, text)
    risks = {candidate[0].id: candidate.risk for candidate in rank(memory, here)}
    assert risks["p1"] == pytest.approx(0.75)
    assert risks["p2"] == 0.0
    elsewhere = {c[0].id: c.risk for c in rank(memory, "an altogether different story of ships")}
    assert elsewhere["p1"] == pytest.approx(0.25)


def test_the_threshold_of_likeness_is_a_setting(memory):
    credit(memory, "p1", False, "fire a <0> in <1>. yesterday")
    for similarity, risk in ((-1.0, 1.0), (1.1, 0.0)):
        ranked = rank(memory, "fire a <0>", settings=SelectSettings(risk_similarity=similarity))
        assert {c[0].id: c.risk for c in ranked}["p1"] == risk


def test_failures_like_this_one_let_another_procedure_go_first(memory, kinds):
    memory.apply(Extracted(procedure="p9", segment=0, source=9, kinds=kinds))
    here = near(memory, "p1")
    for name in ("p1", "p9"):
        for success in (True, False):
            credit(memory, name, success, here if name == "p1" else "far away on the sea")
    ranked = names(rank(memory, here))
    assert ranked.index("p9") < ranked.index("p1")


def test_ties_are_broken_by_id(memory, kinds):
    memory.apply(Extracted(procedure="p0", segment=0, source=9, kinds=kinds))
    assert names(rank(memory, near(memory, "p1")))[:2] == ["p0", "p1"]


def test_an_empty_memory_offers_nothing():
    assert rank(Memory(), "anything") == []
