"""A trajectory as it is read: what was known before each step, what the task names, what probes revealed."""

import pytest

from envs.toy.lexicon import REJECTION, ToyLexicon
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.instruction import ParsedTask
from macla.methods.macla.learning.trace import exemplary, explore, read, vocabulary
from macla.methods.reading import Reader

TASK = ParsedTask(goal="fire a <0> in <1>.", slots=("vase", "kiln"))
STEPS = (
    ("go to crate 1", "You arrive at the crate 1. In it you see a vase 1."),
    ("wipe vase 1", REJECTION),
    ("take vase 1 from crate 1", "You take the vase 1 from the crate 1. The vase 1 is red. It rains."),
    ("dance", REJECTION),
    ("go to crate 1", "You arrive at the crate 1. In it you see nothing."),
    ("go to kiln 1", "You arrive at the kiln 1."),
    ("fire vase 1 in kiln 1", "You fire the vase 1 in the kiln 1. The work is done."),
)


@pytest.fixture(scope="module")
def reader():
    return Reader(ToyLexicon())


@pytest.fixture(scope="module")
def trajectory():
    return Trajectory(
        task_id="t",
        task="fire a vase in kiln.",
        first_observation="You see a crate 1, and a kiln 1.",
        steps=tuple(Step(action=action, observation=observation) for action, observation in STEPS),
        outcome=Outcome.SUCCESS,
    )


@pytest.fixture(scope="module")
def trace(reader, trajectory):
    return read(reader, trajectory, TASK, True, None)


def test_the_vocabulary_is_every_kind_that_observations_mention(reader, trajectory):
    assert vocabulary(reader, [trajectory]) == {"crate", "kiln", "vase"}


def test_steps_are_accepted_when_of_the_grammar_and_not_rejected(trace):
    assert [step.accepted for step in trace.steps] == [True, False, True, False, True, True, True]
    assert trace.steps[3].command is None


def test_what_is_known_before_a_step_does_not_include_the_step(trace):
    assert trace.known(2, "vase 1") == {"said: In it you see a it.", "untouched"}
    assert trace.known(3, "vase 1") == {
        "said: You take the it from the ….",
        "said: The it is red.",
        "did: take it from …",
    }
    assert trace.known(len(trace.steps), "vase 1") >= {"did: fire it in …"}
    assert trace.known(0, "moon 1") == frozenset()


def test_the_situation_is_what_was_said_of_nothing_in_particular(trace):
    assert trace.steps[0].general == frozenset()
    assert trace.steps[3].general == {"said: It rains."}


def test_an_untouched_argument_has_the_holder_that_revealed_it(trace):
    assert trace.steps[2].holders == {"vase 1": "crate 1"}
    assert trace.steps[6].holders == {}


def test_only_first_probes_of_single_entities_count(reader, trace):
    counts = explore(reader, [trace])
    assert counts.probes == {("go to {}", "crate"): 1, ("go to {}", "kiln"): 1}
    assert counts.revealed["go to {}", "crate"] == {"vase": 1}
    assert not counts.revealed["go to {}", "kiln"]


@pytest.mark.parametrize(
    ("demonstrations", "shows"),
    [
        ([("a", True, 1.0), ("a", False, 0.8)], [True, False]),
        ([("a", False, 0.5), ("a", False, 0.8), ("b", False, 0.5)], [False, True, True]),
        ([("a", False, 0.0), ("a", False, 0.0)], [False, False]),
        ([("a", True, 0.6), ("a", False, 0.9)], [True, False]),
    ],
)
def test_the_best_demonstration_of_a_task_that_nobody_solved_shows_how_far_one_can_come(demonstrations, shows):
    made = [
        Trajectory(
            task_id=task, task="t", first_observation="", steps=(), score=score,
            outcome=Outcome.SUCCESS if success else Outcome.FAILURE,
        )
        for task, success, score in demonstrations
    ]  # fmt: skip
    assert exemplary(made) == shows
