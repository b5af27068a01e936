"""The model alone: it takes every step, and there is nothing to learn, to keep or to look into."""

import pytest
from helpers.language_model import scripted

from macla.errors import UserError
from macla.methods.none import NoMemory, NoSettings
from macla.methods.session import Session
from macla.runs.play import run

METHOD = NoMemory(NoSettings())


@pytest.fixture
def played(toy, tools):
    """Return a function (what the model says) → the session of one task, and what the model was asked."""

    def make(act):
        benchmark = toy(n_train=1, horizon=4)
        model, asked = scripted(act)
        (task,) = benchmark.tasks("train")
        lent = tools(benchmark, model)
        session = Session(benchmark.make(task, seed=3), lent.reader, benchmark.horizon, 3)
        run(METHOD.build((), lent).actor(), session)
        return session, asked

    return make


def test_the_model_takes_every_step_and_is_told_all_that_happened(played):
    session, asked = played(lambda request: f"go to crate {len(request.history) + 1}")
    assert [step.action for step in session.steps] == [f"go to crate {n}" for n in (1, 2, 3, 4)]
    assert [len(request.history) for request in asked] == [0, 1, 2, 3]
    last = asked[-1]
    assert last.history == tuple((step.action, step.observation) for step in session.steps[:3])
    assert (last.task, last.first_observation, last.seed) == (session.task, session.first_observation, 3)
    assert {"crate 1", "kiln 1"} <= set(last.entities)
    assert last.notes == ()


def test_a_decision_says_whether_the_step_was_accepted(played):
    session, _ = played(lambda request: "go to kiln 1" if not request.history else "eat kiln 1")
    assert [(one.kind, one.chosen, one.success) for one in session.decisions] == [
        ("model", "act", accepted) for accepted in (True, False, False, False)
    ]
    assert session.rejected == 3


def test_a_reply_of_no_use_costs_the_step_and_is_no_rejected_one(played):
    session, _ = played(lambda request: None)
    assert [step.action for step in session.steps] == [""] * 4
    assert session.rejected == 0
    assert not any(decision.success for decision in session.decisions)


def test_nothing_is_learned_kept_or_told(toy, tools, tmp_path):
    benchmark = toy(n_train=4)
    lent = tools(benchmark)
    trajectories = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    learned = METHOD.build(trajectories, lent)
    learned.absorb(())
    learned.save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    for nothing in (learned, METHOD.load(tmp_path, lent)):
        assert (nothing.tasks(), dict(nothing.figures()), nothing.describe()) == (frozenset(), {}, ["no memory"])
    with pytest.raises(UserError, match="nothing named p1"):
        learned.describe("p1")
