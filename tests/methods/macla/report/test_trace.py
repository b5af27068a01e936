"""A trace of one episode: a row a decision, and every cell fits into a table."""

import pytest

from macla.errors import UserError
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.report.candidates import terms_of
from macla.methods.macla.report.history import memory_of, settings_of
from macla.methods.macla.report.trace import EMPTY, NOTHING, trace
from macla.methods.run import read_run


@pytest.fixture
def longest(frozen):
    return max(frozen.episodes.values(), key=lambda episode: len(episode.decisions))


def test_a_trace_has_a_row_a_decision_and_every_action(frozen, longest):
    frame = trace(frozen, longest)
    assert [*frame["step"]] == [str(decision.step) for decision in longest.decisions]
    assert [*frame["y"]] == [str(int(decision.success)) for decision in longest.decisions]
    told = "; ".join(actions for actions in frame["actions"] if actions != NOTHING)
    assert told == "; ".join(" ".join(step.action.split()) or EMPTY for step in longest.steps)
    assert not frame.map(lambda cell: "|" in cell or "\n" in cell).any(axis=None)


def test_terms_are_those_of_the_log_and_y_is_counted_once(frozen, longest):
    for decision, row in zip(longest.decisions, trace(frozen, longest).to_dict("records"), strict=True):
        if decision.kind == "model":
            assert {row[name] for name in ("relevance", "posterior", "risk", "EU", "α/β", "α/β after")} == {NOTHING}
            continue
        assert row["EU"] == f"{decision.details.utility:.3f}"
        before, after = ([float(part) for part in row[name].split("/")] for name in ("α/β", "α/β after"))
        assert sum(after) == sum(before) + 1
        assert after[0] - before[0] == decision.success


def test_candidates_are_weighed_again_with_the_best_first(frozen, longest):
    settings, memory = settings_of(frozen), memory_of(frozen)
    prior = prior_of(memory, settings)
    logged = [(made, Selection.model_validate(made.details.model_dump())) for made in longest.decisions]
    for made, found in logged:
        order = terms_of(found.candidates, prior, settings)
        assert [one.utility for one in order] == sorted((one.utility for one in order), reverse=True)
        if made.kind != "model":
            chosen = next(one for one in order if one.id == made.chosen)
            assert chosen.utility == pytest.approx(found.utility, abs=1e-5)
    assert terms_of((), prior, settings) == []


def test_a_run_without_memory_has_no_trace(played):
    run = read_run(played["none"])
    with pytest.raises(UserError, match="only decisions of macla can be looked into"):
        trace(run, next(iter(run.episodes.values())))
