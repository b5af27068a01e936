"""Selection: Eq 4 over the nearest procedures, risk from remembered failures, the gate."""

import numpy as np
import pytest

from macla.encoder import Hashing
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.equations.expected_utility import expected_utility
from macla.methods.macla.memory.events import Clustered, Composed, Credited, Defined, Extracted
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Context, Execution
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings

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


def rank(memory, text, applicable=lambda skill: True, settings=None):
    return selector(memory, settings).rank([text], applicable)


def selector(memory, settings=None, *, gated=True):
    index, _ = memory.embed(ENCODER)
    return Selector(memory, index, ENCODER, settings or Settings(), gated=gated)


def names(candidates):
    return [candidate.skill.id for candidate in candidates]


def near(memory, name):
    """Return a context that is the procedure's own descriptor: relevance 1."""
    return next(text for owner, text in memory.descriptors() if owner == name)


def test_the_nearest_of_equally_proven_procedures_comes_first(memory):
    for name in GOALS:
        ranked = rank(memory, near(memory, name))
        assert names(ranked)[0] == name
        assert ranked[0].relevance == pytest.approx(1, abs=1e-6)


def test_a_proven_procedure_for_another_goal_wins_by_eq_4_and_not_within_a_margin_of_relevance(memory):
    for _ in range(20):
        credit(memory, "p2", True)
        credit(memory, "p1", False, "somewhere")
        credit(memory, "p1", True)
    text = near(memory, "p1")
    assert names(rank(memory, text))[0] == "p2"
    within = rank(memory, text, settings=Settings(margin=1e-3))
    assert names(within) == ["p1"]
    assert names(rank(memory, text, settings=Settings(margin=1.0))) == names(rank(memory, text))


def test_candidates_carry_equation_4_taken_apart(memory):
    credit(memory, "p1", False, "fire a <0> in <1>. today")
    text = "fire a <0> in <1>. now"
    ranked = rank(memory, text)
    assert sorted(names(ranked)) == sorted(GOALS)
    assert any(candidate.risk for candidate in ranked)
    for candidate in ranked:
        successes, failures = candidate.skill.evidence.counts()
        vectors = ENCODER.encode([text, near(memory, candidate.skill.id)])
        assert candidate.relevance == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-6)
        expected = expected_utility(
            np.array([candidate.relevance]),
            np.array([candidate.risk]),
            np.array([1.0 + successes]),
            np.array([1.0 + failures]),
            Settings(),
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
    assert len(rank(memory, "fire", settings=Settings(k=2))) == 2
    assert names(rank(memory, near(memory, "p3"), settings=Settings(k=1))) == ["p3"]


def test_what_is_not_applicable_is_left_out(memory):
    assert sorted(names(rank(memory, near(memory, "p1"), lambda skill: skill.id != "p1"))) == ["p2", "p3"]
    assert rank(memory, "fire", lambda skill: False) == []


def test_risk_is_the_share_of_failures_in_contexts_like_this_one(memory):
    here = "fire a <0> in <1>. <0> did: take it from …, <1> untouched"
    for text in (here, here, here, "an altogether different story of ships"):
        credit(memory, "p1", False, text)
    risks = {candidate.skill.id: candidate.risk for candidate in rank(memory, here)}
    assert risks["p1"] == pytest.approx(0.75)
    assert risks["p2"] == 0.0
    elsewhere = {c.skill.id: c.risk for c in rank(memory, "an altogether different story of ships")}
    assert elsewhere["p1"] == pytest.approx(0.25)


def test_the_threshold_of_likeness_is_a_setting(memory):
    credit(memory, "p1", False, "fire a <0> in <1>. yesterday")
    for similarity, risk in ((-1.0, 1.0), (1.0, 0.0)):
        ranked = rank(memory, "fire a <0>", settings=Settings(risk_similarity=similarity))
        assert {c.skill.id: c.risk for c in ranked}["p1"] == risk


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


def test_of_several_ways_to_put_the_situation_the_nearest_to_a_skill_counts_for_it(memory):
    ways = [near(memory, "p1"), near(memory, "p3")]
    found = {candidate.skill.id: candidate.relevance for candidate in selector(memory).rank(ways, lambda skill: True)}
    assert (found["p1"], found["p3"]) == pytest.approx((1, 1), abs=1e-6)
    assert found["p2"] < 0.99


def test_similarity_alone_ranks_by_nearness_whatever_was_credited(memory, kinds):
    memory.apply(Extracted(procedure="p9", segment=1, source=9, kinds=kinds))
    for _ in range(9):
        credit(memory, "p1", False)
        credit(memory, "p2", True)
    here = near(memory, "p1")
    assert names(rank(memory, here))[0] != "p1"
    assert names(rank(memory, here, settings=Settings(selection="similarity")))[0] == "p1"


def test_the_gate_opens_from_theta_conf_on_and_only_for_bayesian_selection(memory):
    here = near(memory, "p1")
    best = rank(memory, here)[0]
    for theta_conf, opens in ((best.utility, True), (best.utility + 1e-9, False)):
        settings = Settings(theta_conf=theta_conf)
        assert selector(memory, settings).confident(best) is opens
        assert selector(memory, settings, gated=False).confident(best)
        assert selector(memory, settings.model_copy(update={"selection": "similarity"})).confident(best)


def test_without_metas_none_is_offered(memory):
    memory.apply(
        Composed(
            meta="m1", children=("p1", "p2"), controls=(Control(), Control()), goal=GOALS["p1"], times=3, shown=3,
            failed=0, before=(),
        )
    )  # fmt: skip
    assert "m1" in names(rank(memory, GOALS["p1"]))
    assert sorted(names(rank(memory, GOALS["p1"], settings=Settings(metas=False)))) == sorted(GOALS)


def test_words_that_memory_never_met_are_read_as_the_nearest_it_knows(memory):
    memory.apply(Clustered(words=("fire",), clusters={}))
    settings = Settings(theta_sim=-0.5)
    known = [c.relevance for c in rank(memory, "fire", settings=settings)]
    assert known[0] > 0
    assert [c.relevance for c in rank(memory, "kindle", settings=settings)] == known
    without = settings.model_copy(update={"ontology": False})
    assert [c.relevance for c in rank(memory, "kindle", settings=without)] == [0, 0, 0]


def test_clusters_serve_retrieval_when_words_of_contexts_and_descriptors_map_to_them(memory):
    memory.apply(Clustered(words=("mend", "sell", "fire"), clusters={"mend": ("fire",), "fire": ("mend",)}))
    credit(memory, "p1", False, "fire a <0> in <1>. today")
    text = near(memory, "p1").replace("fire", "mend")
    plain, mapped = (rank(memory, text, settings=Settings(departures={"unknown_words": on})) for on in (True, False))
    before, after = (next(one for one in ranked if one.skill.id == "p1") for ranked in (plain, mapped))
    assert before.relevance < 1 - 1e-3
    assert after.relevance == pytest.approx(1, abs=1e-6)
    assert after.risk >= before.risk
    off = Settings(ontology=False, departures={"unknown_words": False})
    assert [one[1:] for one in rank(memory, text, settings=off)] == [one[1:] for one in plain]
