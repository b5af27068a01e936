"""The embedded model answers by rule: the same every time, and only from what a request holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.models.embedded import Embedded
from macla.models.requests import AbstractSegment, Act, Ground, ParseTask, SegmentTrajectory, StepView

MODEL = Embedded()
WORD = st.text(alphabet="abc ", min_size=1, max_size=6)


def ask(request):
    (reply,) = MODEL.ask([request])
    return reply


def act(seed=0, history=(), entities=("vase 1", "shelf 1"), help_="go to {place}\ntake {piece} from {holder}\nlook"):
    return Act(task="t", help=help_, example="", first_observation="", history=history, entities=entities, seed=seed)


def view(action, *, accepted=True, entities=(), relevance=0.0):
    return StepView(action=action, observation="", accepted=accepted, entities=entities, relevance=relevance)


@given(st.lists(st.integers(0, 1000), max_size=5))
def test_replies_come_in_order_and_do_not_depend_on_the_batch(seeds):
    requests = [act(seed) for seed in seeds]
    assert MODEL.ask(requests) == [ask(request) for request in requests] == Embedded().ask(requests)


def test_it_says_that_it_is_no_language_model():
    assert MODEL.is_language_model is False
    assert "not a language model" in MODEL.identity()["model"]


def test_an_instruction_is_read_by_the_kinds_it_was_told_exist():
    reply = ask(ParseTask(task="put a tea cup on table.", vocabulary=("cup", "table", "tea")))
    assert reply.kinds == ("tea", "cup", "table")
    assert ask(ParseTask(task="put a cupboard away.", vocabulary=("cup",))).kinds == ()


def test_longer_kinds_win_over_their_beginnings():
    assert ask(ParseTask(task="a tea-cup", vocabulary=("tea", "tea-cup"))).kinds == ("tea-cup",)


def test_what_the_adapter_recognised_is_taken_as_it_is():
    request = ParseTask(task="move vase 3 now", mentioned=(("vase", 5, 11),), vocabulary=("move",))
    assert ask(request).kinds == ("vase",)


def test_segments_end_at_accepted_steps_that_touch_the_task():
    steps = (
        view("go to shelf 1"),
        view("take vase 1 from shelf 1", relevance=0.9),
        view("fire vase 1 in kiln 1", accepted=False, relevance=0.9),
        view("fire vase 1 in kiln 1", relevance=0.9),
        view("look"),
    )
    request = SegmentTrajectory(task="t", steps=steps)
    assert request.spans(ask(request)) == ((0, 1), (2, 3))


def test_steps_that_share_an_entity_with_the_last_one_are_kept_once():
    steps = (
        view("go to shelf 2", entities=("shelf 2",)),
        view("go to kiln 1", entities=("kiln 1",)),
        view("open kiln 1", accepted=False, entities=("kiln 1",)),
        view("go to kiln 1", entities=("kiln 1",)),
        view("fire vase 1 in kiln 1", entities=("vase 1", "kiln 1")),
    )
    reply = ask(AbstractSegment(task="t", steps=steps, before=("a", "b"), after=("c",)))
    assert reply.keep == (False, False, False, True)
    assert (reply.preconditions, reply.postconditions) == ((0, 1), (0,))


@given(st.lists(WORD, min_size=1, max_size=5), WORD)
def test_grounding_chooses_a_candidate_that_shares_most_words_with_the_task(candidates, task):
    request = Ground(task=task, step="", slot="<a>", candidates=tuple(candidates), observation="")
    choice = ask(request).choice
    overlap = [len(set(task.split()) & set(candidate.split())) for candidate in candidates]
    assert overlap[choice] == max(overlap)
    assert choice == overlap.index(max(overlap))


@given(st.integers(0, 2**62), st.integers(0, 5))
def test_zero_shot_steps_are_listed_commands_on_entities_seen(seed, length):
    history = tuple((f"step {number}", "") for number in range(length))
    action = ask(act(seed, history)).action
    assert action in {
        "look",
        *(f"go to {name}" for name in ("vase 1", "shelf 1")),
        *(f"take {a} from {b}" for a in ("vase 1", "shelf 1") for b in ("vase 1", "shelf 1")),
    }


def test_zero_shot_steps_vary_with_the_seed_and_avoid_what_was_tried():
    assert len({ask(act(seed)).action for seed in range(50)}) > 3
    history = (("look", ""), ("go to vase 1", ""))
    request = [act(seed, history, entities=("vase 1",), help_="go to {place}\nlook\nwait") for seed in range(30)]
    assert {reply.action for reply in MODEL.ask(request)} == {"wait"}


def test_without_entities_it_still_answers():
    actions = {ask(act(seed, entities=())).action for seed in range(30)}
    assert actions == {"go to ", "take  from ", "look"}  # holes stay empty; the environment says what it makes of them


def test_an_unknown_request_is_a_programming_error():
    with pytest.raises(TypeError, match="no rule for str"):
        MODEL.ask(["act"])
