"""Segments become patterns: entities turn into slots, and what differs only in names becomes equal."""

import pytest

from envs.toy.lexicon import REJECTION, ToyLexicon
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.instruction import ParsedTask
from macla.methods.macla.learning.abstract import Abstracter, Relevance, relevance, uses
from macla.methods.macla.learning.trace import read
from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader
from macla.models.embedded import Embedded
from macla.models.malformed import Malformed

MODEL = Embedded()
USUAL = Settings().abstraction.usual


def trajectory(piece, number, crate, *, wiped=False, detour=False):
    name = f"{piece} {number}"
    steps = [(f"go to shelf {number}", f"You arrive at the shelf {number}.")] if detour else []
    steps += [
        (f"go to {crate}", f"You arrive at the {crate}. In it you see a {name}."),
        (f"take {name} from {crate}", f"You take the {name} from the {crate}. The {name} is red."),
    ]
    if wiped:
        steps.append((f"wipe {name}", f"You wipe the {name}. The {name} is dry."))
    steps += [
        ("go to kiln 1", "You arrive at the kiln 1."),
        ("dance", REJECTION),
        (f"fire {name} in kiln 1", f"You fire the {name} in the kiln 1. The work is done."),
        ("look", "You see a kiln 1. It is late."),
    ]
    return Trajectory(
        task_id="t",
        task=f"fire a {piece} in kiln.",
        first_observation=f"You see a shelf {number}, a {crate}, and a kiln 1.",
        steps=tuple(Step(action=action, observation=observation) for action, observation in steps),
        outcome=Outcome.SUCCESS,
    )


def traced(its):
    task = ParsedTask(goal="fire a <0> in <1>.", slots=(its.task.split()[2], "kiln"))
    return read(Reader(ToyLexicon()), its, task, its.success, None)


def abstracters(*trajectories):
    traces = [traced(its) for its in trajectories]
    shares = Relevance({**relevance(uses(traces), USUAL).shares, ("go to {}", 0): 0.3}, USUAL)
    return [Abstracter(trace, shares) for trace in traces]


def cut(abstracter):
    request = abstracter.cut_request()
    return request.spans(MODEL.ask([request])[0])


def segments(*trajectories):
    result = []
    for abstracter in abstracters(*trajectories):
        spans = cut(abstracter)
        result.append(abstracter.segments(spans, MODEL.ask(list(abstracter.requests(spans)))))
    return result


@pytest.fixture(scope="module")
def parts():
    return segments(trajectory("vase", 1, "crate 1", wiped=True, detour=True))[0]


def test_each_milestone_ends_a_segment(parts):
    assert [each.segment.milestone.text() for each in parts] == ["take <0> from <a>", "wipe <0>", "fire <0> in <1>"]
    assert {each.segment.goal for each in parts} == {"fire a <0> in <1>."}


def test_steps_that_serve_the_milestone_are_kept_and_detours_are_not(parts):
    assert [[step.key.text() for step in each.segment.steps] for each in parts] == [["go to <a>"], [], ["go to <1>"]]


def test_slots_carry_kinds_outside_the_segment_and_relations_inside(parts):
    assert parts[0].kinds == {"<0>": "vase", "<a>": "crate"}
    assert parts[2].kinds == {"<0>": "vase", "<1>": "kiln"}
    by_name = {slot.name: slot for slot in parts[0].segment.slots}
    assert by_name["<a>"].holder_of == ("<0>",)
    assert [slot.reuse for slot in parts[0].segment.slots] == ["", ""]
    assert {slot.name: slot.reuse for slot in parts[2].segment.slots} == {"<0>": "same", "<1>": ""}


def test_an_entity_that_takes_the_place_of_another_in_its_role_is_a_fresh_one():
    whole = trajectory("vase", 1, "crate 1")
    more = [
        ("go to shelf 1", "You arrive at the shelf 1. In it you see a vase 2."),
        ("take vase 2 from shelf 1", "You take the vase 2 from the shelf 1."),
    ]
    steps = (*whole.steps[:-1], *(Step(action=action, observation=observation) for action, observation in more))
    (*_, last) = segments(whole.model_copy(update={"steps": steps}))[0]
    assert last.segment.milestone.text() == "take <0> from <a>"
    assert {slot.name: slot.reuse for slot in last.segment.slots} == {"<0>": "fresh", "<a>": ""}


def test_needs_tell_what_was_last_done_to_the_tasks_entities(parts):
    assert [dict(each.segment.needs())["<0>"] for each in parts] == ["untouched", "did: take it from …", "did: wipe it"]


def test_effects_are_what_the_segment_did(parts):
    assert Fact("<0>", "did: fire it in …") in parts[2].segment.after
    assert Fact("", "said: The work is done.") in parts[2].segment.after


def test_cues_are_known_right_before_the_milestone(parts):
    assert Fact("<0>", "said: The it is dry.") in parts[2].segment.at_milestone


def test_other_entities_in_another_episode_give_equal_segments():
    first, second = segments(trajectory("vase", 1, "crate 1"), trajectory("cup", 7, "crate 4"))
    assert first
    assert [each.segment for each in first] == [each.segment for each in second]
    assert [each.kinds for each in first] != [each.kinds for each in second]


def test_a_different_way_gives_different_segments():
    first, second = segments(trajectory("vase", 1, "crate 1"), trajectory("vase", 1, "crate 1", wiped=True))
    assert first[-1].segment != second[-1].segment


def test_the_last_step_also_says_how_it_went():
    """The episode ends with its decisive command: what was said then is an effect like any other."""
    whole = trajectory("vase", 1, "crate 1")
    ended = whole.model_copy(update={"steps": whole.steps[:-1]})
    ((*_, last),) = segments(ended)
    assert Fact("", "said: The work is done.") in last.segment.after


def test_a_segment_that_the_model_could_not_abstract_is_left_out_and_the_others_know_what_it_did():
    (abstracter,) = abstracters(trajectory("vase", 1, "crate 1"))
    spans = cut(abstracter)
    replies = MODEL.ask(list(abstracter.requests(spans)))
    whole = abstracter.segments(spans, replies)
    assert len(whole) == 2
    assert abstracter.segments(spans, [Malformed(purpose="abstract", reason="none", text=""), replies[1]]) == whole[1:]


def test_only_the_last_segment_of_a_failed_episode_is_a_failure():
    whole = trajectory("vase", 1, "crate 1", wiped=True)
    failed = whole.model_copy(update={"steps": whole.steps[:-1], "outcome": Outcome.FAILURE})
    (parts,) = segments(failed)
    assert [part.success for part in parts] == [True, True, False]
    (parts,) = segments(whole.model_copy(update={"outcome": Outcome.FAILURE}))
    assert [part.success for part in parts] == [True, True, True], "it failed after its last segment"


@pytest.fixture(scope="module")
def fired():
    """A trace in which every command but going somewhere works on what the task names."""
    return traced(trajectory("vase", 1, "crate 1", detour=True))


def test_relevance_is_the_share_of_accepted_uses_on_what_the_task_names(fired):
    assert relevance(uses([fired]), USUAL).shares == {
        ("go to {}", 0): 1 / 3,
        ("take {} from {}", 0): 1.0,
        ("take {} from {}", 1): 0.0,
        ("fire {} in {}", 0): 1.0,
        ("fire {} in {}", 1): 1.0,
    }


def test_a_usual_place_that_holds_something_else_makes_a_command_irrelevant(fired):
    shares = Relevance({("fire {} in {}", 0): 0.9, ("fire {} in {}", 1): 0.8}, USUAL)
    (command,) = [step.command for step in fired.steps if step.command and step.command.verb == "fire {} in {}"]
    assert shares.of(fired, command) == 0.9
    assert shares.of(fired, command._replace(arguments=("cup 1", "kiln 1"))) == 0.0
    assert Relevance(shares.shares, 0.95).of(fired, command._replace(arguments=("cup 1", "kiln 1"))) == 0.8


def test_a_place_is_usual_from_the_setting_on():
    shares = Relevance({("take {} from {}", 0): 0.5}, 0.5)
    assert shares.usual_at("take {} from {}", 0)
    assert not Relevance(shares.shares, 0.51).usual_at("take {} from {}", 0)
    assert not shares.usual_at("take {} from {}", 1)
