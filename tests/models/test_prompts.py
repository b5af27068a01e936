"""Prompts, the schema of their replies, and the rule that cuts them to the context."""

import json
import string
from contextlib import suppress

import pytest
from helpers.misbehaving_server import filled
from helpers.model_requests import ONE_OF_EACH, STEPS, act, ground
from hypothesis import given
from hypothesis import strategies as st

from macla.models import requests
from macla.models.openai.schema import MAX_ENUM, BadReplyError, Offer, offer, parse, schema
from macla.models.prompts import FOLDER, prompt
from macla.models.requests import AbstractSegment, Grounding, ParseTask, Request, Segmentation, SegmentTrajectory
from macla.models.truncate import LADDER, Cut, tokens

PLENTY = 100_000


def offered(request: Request) -> Offer:
    return offer(request, prompt(request.purpose).head.model_copy(update={"first": 0}))


def test_every_purpose_has_a_prompt_and_every_prompt_a_purpose() -> None:
    kinds = [kind for kind in vars(requests).values() if isinstance(kind, type) and "purpose" in vars(kind)]
    purposes = {kind.purpose for kind in kinds}
    assert purposes == {file.stem for file in FOLDER.glob("*.j2")}
    assert purposes == {request.purpose for request in ONE_OF_EACH}


@pytest.mark.parametrize("request_", ONE_OF_EACH, ids=lambda request: request.purpose)
def test_a_prompt_shows_every_text_of_its_request(request_: Request) -> None:
    text = prompt(request_.purpose).render(request_, PLENTY)
    assert text is not None

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for child in value.values() for text in texts(child)]
        if isinstance(value, list):
            return [text for child in value for text in texts(child)]
        return [value] if isinstance(value, str) else []

    hidden = {"steps": {"__all__": {"entities"}}} if request_.purpose in ("segment", "abstract") else {"entities"}
    for shown in texts(request_.model_dump(mode="json", exclude=hidden)):
        assert shown in text


@pytest.mark.parametrize("request_", ONE_OF_EACH, ids=lambda request: request.purpose)
def test_what_the_schema_allows_parses(request_: Request) -> None:
    its = offered(request_)
    value = filled(schema(its, 40))
    reply = parse(request_, its, json.dumps(value))
    marks = {field: [*value[field].values()] for field in prompt(request_.purpose).head.marks}
    assert reply.model_dump(mode="json", include=set(value)) == value | marks


@pytest.mark.parametrize("request_", ONE_OF_EACH, ids=lambda request: request.purpose)
def test_schemas_are_closed_and_complete(request_: Request) -> None:
    def check(node: dict) -> None:
        if node["type"] == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
            for child in node["properties"].values():
                check(child)
        if node["type"] == "array":
            assert node["maxItems"] > 0
            check(node["items"])
        if node["type"] == "string" and "enum" not in node:
            assert node["maxLength"] == 40

    check(schema(offered(request_), 40))


def test_choices_are_enumerated_and_nothing_to_choose_is_not_asked() -> None:
    request = AbstractSegment(task="t", steps=STEPS, before=(), after=("a", "b"))
    properties = schema(offered(request), None)["properties"]
    assert properties["postconditions"] == {
        "type": "array",
        "items": {"type": "integer", "enum": [0, 1]},
        "maxItems": 2,
    }
    assert "preconditions" not in properties
    keep = '"keep": {"1. go to desk 1": true, "2. take mug 2": false}'
    reply = parse(request, offered(request), f'{{{keep}, "postconditions": [1]}}')
    assert reply.model_dump() == {"keep": (True, False), "preconditions": (), "postconditions": (1,)}
    with pytest.raises(BadReplyError, match=r"preconditions\.0 holds 0"):
        parse(request, offered(request), f'{{{keep}, "preconditions": [0], "postconditions": [1]}}')


def test_what_is_marked_is_named_and_read_in_the_order_of_the_request() -> None:
    request = SegmentTrajectory(task="t", steps=STEPS)
    names = ["1. go to desk 1", "3. take mug 2 from desk 1"]  # the second was not accepted
    form = {"type": "object", "properties": {name: {"type": "boolean"} for name in names}, "required": names}
    assert schema(offered(request), None)["properties"] == {"ends": {**form, "additionalProperties": False}}
    reply = parse(request, offered(request), json.dumps({"ends": {names[1]: True, names[0]: False}}))
    assert request.spans(reply) == ((0, 2),)
    nothing = SegmentTrajectory(task="t", steps=STEPS[1:2])
    assert schema(offered(nothing), None)["properties"] == {}
    assert parse(nothing, offered(nothing), "{}") == Segmentation(ends=())


@given(st.lists(st.booleans(), max_size=9), st.lists(st.booleans(), max_size=12))
def test_subtasks_are_in_order_apart_and_end_in_an_accepted_step_whatever_is_replied(
    accepted: list[bool], ends: list[bool]
) -> None:
    steps = tuple(STEPS[0].model_copy(update={"accepted": each}) for each in accepted)
    spans = SegmentTrajectory(task="t", steps=steps).spans(Segmentation(ends=tuple(ends)))
    assert [span.start for span in spans] == [0, *(span.end + 1 for span in spans)][: len(spans)]
    assert all(span.start <= span.end and accepted[span.end] for span in spans)
    assert len(spans) == sum(ends[: sum(accepted)])


def test_too_many_choices_are_bounds_and_the_check_knows_them_all() -> None:
    request = ground(*map(str, range(MAX_ENUM + 1)))
    choice = schema(offered(request), None)["properties"]["choice"]
    assert choice == {"type": "integer", "minimum": 0, "maximum": MAX_ENUM}
    assert parse(request, offered(request), json.dumps({"choice": MAX_ENUM})) == Grounding(choice=MAX_ENUM)
    words = ParseTask(task="t", vocabulary=tuple(map(str, range(MAX_ENUM + 1))))
    assert schema(offered(words), 40)["properties"]["kinds"]["items"] == {"type": "string", "maxLength": 40}
    with pytest.raises(BadReplyError, match=r'kinds\.0 holds "no"'):
        parse(words, offered(words), '{"kinds": ["no"]}')


@pytest.mark.parametrize("value", ["0", "null"])
def test_nothing_fits_where_there_is_nothing_to_choose(value: str) -> None:
    with pytest.raises(BadReplyError, match="choice"):
        parse(ground(), offered(ground()), f'{{"choice": {value}}}')


@pytest.mark.parametrize(
    ("index", "text", "reason"),
    [
        (1, '{"ends": [true, false]}', "ends: it is no object"),
        (1, '{"ends": {"1. go to desk 1": true}}', 'ends: it says nothing of "3. take'),
        (1, '{"ends": {"1. go to desk 1": 7}}', "ends"),
        (0, '{"kinds": ["spoon"]}', "kinds.0 holds"),
        (4, '{"controls": [{"skip": true, "attempts": 2}]}', "at least 2 items"),
        (4, '{"controls": [{"skip": true, "attempts": 11}, {"skip": true, "attempts": 1}]}', "controls.0.attempts"),
        (5, "{}", "choice"),
        (5, '{"choice": null}', "choice holds null"),
    ],
)
def test_a_reply_outside_its_choices_says_why(index: int, text: str, reason: str) -> None:
    request = ONE_OF_EACH[index]
    with pytest.raises(BadReplyError, match=reason):
        parse(request, offered(request), text)


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)).map(
        json.dumps
    )
)
def test_no_text_breaks_the_parser(text: str) -> None:
    request = ground("a", "b")
    with suppress(BadReplyError):
        assert parse(request, offered(request), text).model_dump()["choice"] in (0, 1)


@given(st.integers(0, 60), st.integers(0, 4000), st.integers(700, 5000))
def test_a_cut_prompt_fits_and_keeps_the_fixed_parts(history: int, length: int, budget: int) -> None:
    request = act(history, length)
    text = prompt("act").render(request, budget)
    assert text is not None
    assert tokens(text) <= budget
    assert request.task in text
    assert request.help in text
    assert request.example in text
    if history:
        assert f"Action {history}: go to desk {history - 1}" in text


def test_bare_control_characters_pass_as_vllm_lets_them() -> None:
    reply = parse(act(), offered(act()), '{"thought": "a\x04\nb", "action": "look"}')
    assert reply.model_dump()["thought"] == "a\x04\nb"


def test_numbers_survive_the_cut() -> None:
    steps = tuple(STEPS[0].model_copy(update={"action": f"action {n}"}) for n in range(100))
    text = prompt("segment").render(SegmentTrajectory(task="t", steps=steps), 700)
    assert text is not None
    assert "\n1. action 0\n" in text
    assert "\n100. action 99\n" in text
    assert "\n51. action 50\n" not in text


def test_an_impossible_budget_is_none() -> None:
    assert prompt("act").render(act(), 50) is None


@given(st.text(string.ascii_letters, max_size=300), st.integers(1, 200), st.integers(1, 4))
def test_a_cut_text_keeps_head_and_tail(text: str, limit: int, share: int) -> None:
    cut = Cut(limit).text(text, share)
    if len(text) <= limit * share:
        assert cut == text
    else:
        head, tail = cut.split(" […] ")
        assert len(head) + len(tail) == limit * share
        assert text.startswith(head)
        assert text.endswith(tail)


def test_rungs_only_shorten() -> None:
    request = act(60, 3000)
    lengths = [
        len(
            prompt("act").template.render(
                {name: getattr(request, name) for name in type(request).model_fields}, cut=cut
            )
        )
        for cut in LADDER
    ]
    assert lengths == sorted(lengths, reverse=True)
