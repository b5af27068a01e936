"""The nearest trajectories: what is remembered, what is found, what is kept on disk, what a model is shown of it."""

import json

import pytest
from helpers.language_model import scripted

from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.nearest import Nearest, NearestSettings, in_words
from macla.methods.session import Session
from macla.runs.play import run

TASKS = ("fire a vase in kiln.", "fire a bowl in kiln.", "mend a cup at bench.", "put a full jar on table.")
OPENING = "You are in a workshop. You see a shelf 1, a crate 1, and a kiln 1."


def attempt(task_id, task=TASKS[0], *, score=1.0, success=None, action="look"):
    """Return a trajectory of one step; by default a success, if its score is full."""
    won = score == 1.0 if success is None else success
    return Trajectory(
        task_id=task_id,
        task=task,
        first_observation=OPENING,
        steps=(Step(action=action, observation="You see a vase 1."),),
        outcome=Outcome.SUCCESS if won else Outcome.FAILURE,
        score=score,
    )


@pytest.fixture
def build(toy, tools):
    """Return a function (trajectories, k, model) → what is remembered of them."""

    def make(*trajectories, k=3, model=None):
        return Nearest(NearestSettings(k=k)).build(trajectories, tools(toy(), model))

    return make


@pytest.fixture
def four(build):
    return build(*(attempt(f"t{number}", task) for number, task in enumerate(TASKS)))


def actions(learned):
    return [trajectory.steps[0].action for trajectory in learned.trajectories]


def test_of_every_task_what_came_furthest_is_remembered(build):
    learned = build(
        attempt("a", score=0.9, success=False, action="nearly"),
        attempt("a", score=0.8, success=True, action="won"),
        attempt("a", score=0.2, action="hardly"),
        attempt("b", score=0.3, action="a little"),
        attempt("b", score=0.6, action="halfway"),
        attempt("c", score=0.0, action="nothing"),
    )
    assert actions(learned) == ["won", "halfway"]


def test_equally_good_attempts_at_a_task_are_all_remembered(build):
    assert actions(build(attempt("a", action="one way"), attempt("a", action="another"))) == ["one way", "another"]


def test_tasks_that_were_tried_in_vain_were_learned_from_too(build):
    learned = build(attempt("a"), attempt("b", score=0.0))
    assert learned.tasks() == {"a", "b"}
    assert dict(learned.figures()) == {"n_remembered": 1, "note_tokens": 42}


def test_without_any_reward_there_is_nothing_to_remember(build):
    with pytest.raises(UserError, match="no trajectory with any reward"):
        build(attempt("a", score=0.0))


@pytest.mark.parametrize("number", range(4))
def test_the_trajectory_of_the_same_words_is_the_nearest(four, number):
    near = four.nearest(TASKS[number])
    assert near[0].trajectory.task_id == f"t{number}"
    assert near[0].similarity == pytest.approx(1.0)
    assert [one.similarity for one in near] == sorted((one.similarity for one in near), reverse=True)
    assert len(near) == 3


def test_what_differs_in_one_word_is_nearer_than_what_differs_in_all(four):
    assert [one.trajectory.task_id for one in four.nearest("fire a dish in kiln.")][-1] not in ("t0", "t1")
    assert {one.trajectory.task_id for one in four.nearest("fire a dish in kiln.")[:2]} == {"t0", "t1"}


def test_fewer_are_found_where_fewer_are_remembered(build):
    assert len(build(attempt("a"), k=7).nearest(TASKS[0])) == 1


def test_of_equals_the_first_comes_first(build):
    learned = build(attempt("b"), attempt("a"), k=1)
    assert learned.nearest(TASKS[0])[0].trajectory.task_id == "b"


def test_the_kinds_that_a_task_names_are_remembered_with_it(build):
    (near,) = build(attempt("a")).nearest(TASKS[0])
    assert near.kinds == ("vase", "kiln")


def test_what_is_loaded_finds_the_same_without_asking_the_model_again(four, toy, tools, tmp_path):
    four.save(tmp_path)
    model, asked = scripted(lambda request: "look")
    again = Nearest(NearestSettings()).load(tmp_path, tools(toy(), model))
    assert asked == []
    assert again.tasks() == four.tasks()
    assert again.describe() == four.describe()
    assert again.vocabulary == four.vocabulary
    for task in (*TASKS, "fire a dish in kiln."):
        assert again.nearest(task) == four.nearest(task)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"tasks": [], "kinds": 1}'])
def test_a_file_that_does_not_read_is_one_line(four, toy, tools, tmp_path, content):
    four.save(tmp_path)
    (tmp_path / "nearest.json").write_text(content)
    with pytest.raises(UserError, match=r"nearest\.json does not read .*macla build-memory") as error:
        Nearest(NearestSettings()).load(tmp_path, tools(toy()))
    assert "\n" not in str(error.value)


def test_kinds_that_are_not_one_a_trajectory_are_one_line(four, toy, tools, tmp_path):
    four.save(tmp_path)
    learned = json.loads((tmp_path / "nearest.json").read_text())
    (tmp_path / "nearest.json").write_text(json.dumps({**learned, "kinds": learned["kinds"][:2]}))
    with pytest.raises(UserError, match=r"nearest\.json does not read .*macla build-memory"):
        Nearest(NearestSettings()).load(tmp_path, tools(toy()))


def episode(task_id, task, *, success):
    (step,) = attempt("", action="go to kiln 1").steps
    outcome = Outcome.SUCCESS if success else Outcome.FAILURE
    common = {"task": task_id, "type": "fire", "split": "train", "instruction": task, "first_observation": OPENING}
    return Episode(**common, outcome=outcome, success=success, score=float(success), steps=(step,))


def test_successes_are_absorbed_and_failures_only_as_tasks(four):
    four.absorb([episode("t8", "fire a pot in kiln.", success=True), episode("t9", "fill.", success=False)])
    assert {"t8", "t9"} <= four.tasks()
    assert dict(four.figures()) == {"n_remembered": 5, "note_tokens": 213}
    near = four.nearest("fire a pot in kiln.")[0]
    assert (near.trajectory.task_id, near.trajectory.source) == ("t8", "practice")
    assert near.trajectory.steps[0].action == "go to kiln 1"


def test_absorbing_nothing_changes_nothing(four):
    before = four.nearest(TASKS[0])
    four.absorb(())
    assert four.nearest(TASKS[0]) == before


def test_it_describes_a_line_a_trajectory_and_the_steps_of_one(four):
    assert four.describe()[2] == "t2: mend a cup at bench. (1 steps)"
    assert four.describe("t2") == [f"Task: mend a cup at bench.\n{OPENING}\nAction: look\nYou see a vase 1."]
    with pytest.raises(UserError, match=r"nothing named t7; e\.g\. t0"):
        four.describe("t7")


def test_a_language_model_is_shown_the_nearest_as_notes_and_takes_the_steps(build, toy):
    model, asked = scripted(lambda request: "look")
    learned = build(*(attempt(f"t{number}", task) for number, task in enumerate(TASKS)), k=2, model=model)
    benchmark = toy(n_train=1, jobs=["fire"], horizon=3)
    (task,) = benchmark.tasks("train")
    session = Session(benchmark.make(task, seed=0), learned.tools.reader, benchmark.horizon, 0)
    asked.clear()
    run(learned.actor(), session)
    expected = tuple(in_words(near.trajectory) for near in learned.nearest(session.task))
    assert [request.notes for request in asked] == [expected] * 3
    assert [(decision.kind, decision.chosen) for decision in session.decisions] == [("model", "act")] * 3
