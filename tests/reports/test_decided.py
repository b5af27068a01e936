"""What a decision shows: the terms of Eq 4, why the model acted, and bindings that are read off the actions."""

import pytest

from macla.methods.macla.memory.segment import StepKey
from macla.reports.decided import aligned, decided


def bindings(steps, actions):
    found = {}
    for place, arguments in aligned(steps, actions):
        found.update(zip(steps[place].slots, arguments, strict=True))
    return found


GO, TAKE, USE = StepKey("go to {}", ("<a>",)), StepKey("take {} from {}", ("<0>", "<a>")), StepKey("use {}", ("<1>",))


def test_bindings_are_read_off_the_actions():
    actions = ["go to bed 1", "take book 1 from bed 1"]
    assert bindings([GO, TAKE], actions) == {"<a>": "bed 1", "<0>": "book 1"}


def test_commands_that_were_in_effect_and_steps_of_a_search_are_passed_over():
    actions = ["go to bed 1", "take book 1 from bed 1", "go to dresser 1", "open dresser 1", "use desklamp 1"]
    assert bindings([GO, GO, TAKE], actions) == {"<a>": "bed 1", "<0>": "book 1"}
    assert bindings([TAKE, GO, GO, USE], actions)["<1>"] == "desklamp 1"
    assert bindings([USE], []) == {}


def test_an_action_of_another_form_binds_nothing():
    assert bindings([StepKey("take {}", ("<0>",))], ["go to bed 1"]) == {}
    assert bindings([StepKey("a.b({})", ("<0>",))], ["axb(c)", "a.b(c)"]) == {"<0>": "c"}


def test_the_model_acts_for_a_reason(run, episode, decision):
    considered = [("p1", 0.5, 0.0, 3.0, 1.0)]
    played = run(episode("t", decision("act"), decision("act", candidates=considered)), memory="macla")
    alone, gated = decided(played, played.episodes["t"])
    assert alone.why == "nothing in memory was applicable"
    assert gated.why == "no expected utility reached the gate"
    assert not alone.terms
    assert not gated.terms


def test_candidates_are_weighed_as_the_run_did(frozen):
    for played in frozen.episodes.values():
        for one in decided(frozen, played):
            if not one.terms:
                continue
            best = {ranked.id: ranked for ranked in one.candidates}[one.decision.chosen]
            assert best.utility == pytest.approx(one.terms["EU"], abs=1e-5)
            assert best.posterior == pytest.approx(one.terms["posterior"], abs=1e-5)
            assert one.ran
    assert any(ran.bindings for one in decided(frozen, next(iter(frozen.episodes.values()))) for ran in one.ran)
