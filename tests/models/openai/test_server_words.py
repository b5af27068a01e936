"""What a server says of a refusal is told in its own words, with the remedy that they name, and no other."""

from typing import Any

import pytest
from helpers.misbehaving_server import Behaviour, FakeServer, obey, raw, status
from helpers.model_requests import ground
from helpers.server_habits import message, refusing

from macla.errors import InfrastructureError, UserError
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.requests import Grounding


def answering(code: int, body: Any) -> Behaviour:
    return lambda handler, _: handler.reply(code, body)


KEY_REMEDY = "set model.api_key_env to the variable that holds a valid one"


@pytest.mark.parametrize(
    ("code", "body", "told"),
    [
        (
            403,
            {"error": {"message": "Country not supported"}},
            " does not allow the request (HTTP 403): Country not sup",
        ),
        (403, {"detail": "model is gated"}, " does not allow the request (HTTP 403): model is gated"),
        (403, {"error": {"message": "Invalid API key."}}, f" refuses the key (Invalid API key); {KEY_REMEDY}"),
        (403, b"", f" refuses the key; {KEY_REMEDY}"),
        (401, {"error": "expired"}, f" refuses the key (expired); {KEY_REMEDY}"),
        (200, {"error": {"code": "invalid_api_key", "message": "Wrong."}}, f" refuses the key (Wrong); {KEY_REMEDY}"),
    ],
)
def test_the_remedy_for_a_key_is_told_where_the_server_speaks_of_one(
    server: FakeServer, code: int, body: Any, told: str
) -> None:
    server.always = answering(code, body)
    with pytest.raises(UserError) as error:
        create(server.settings())
    assert str(error.value).startswith(f"{server.url}{told}")
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("temperature", "invalid temperature: only 1 is allowed for this model"),
        ("temperature", "temperature must be 1.0 for this model"),
        ("top_p", "top_p must be exactly 1"),
        ("seed", "Invalid value for seed"),
    ],
)
def test_a_parameter_refused_in_other_words_is_found(server: FakeServer, name: str, text: str) -> None:
    server.always = refusing(name, text)
    with create(server.settings()) as model:
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
        assert model.identity()["omitted"] == name


def test_the_field_for_the_parameter_is_read(server: FakeServer) -> None:
    def refuse(handler: Any, body: dict[str, Any]) -> None:
        if "seed" in body:
            return handler.reply(400, {"error": {"message": "Invalid request.", "param": "seed"}})
        return obey(handler, body)

    server.always = refuse
    with create(server.settings()) as model:
        assert model.identity()["omitted"] == "seed"


@pytest.mark.parametrize("structured", ["auto", "json_schema"])
def test_a_reply_longer_than_the_model_gives_is_told_with_the_number(server: FakeServer, structured: str) -> None:
    server.always = refusing("max_tokens", "max_tokens is too large: 512. This model supports at most 256 tokens")
    with pytest.raises(UserError, match=r"at most 256 tokens; type model\.max_tokens=256$"):
        create(server.settings(structured=structured)).ask([ground("a")])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": 1113, "msg": "insufficient balance", "success": False}, "insufficient balance"),
        ({"choices": None, "base_resp": {"status_code": 1008, "status_msg": "no balance"}}, "no balance"),
        ({"detail": "model not loaded"}, "model not loaded"),
        ({"error": "overloaded"}, "overloaded"),
        ({"error": {"error_msg": "too busy"}}, "too busy"),
    ],
)
def test_an_error_in_a_body_of_any_form_is_told_in_its_words(server: FakeServer, body: Any, words: str) -> None:
    with create(server.settings(retries=0)) as model:
        server.always = answering(200, body)
        with pytest.raises(InfrastructureError, match=f"HTTP 200 with an error as its body: {words}"):
            model.ask([ground("a")])


ANSWER: dict[str, Behaviour] = {
    "tool calls of no kind": message(content="ANSWER", tool_calls="none"),
    "a tool call of no kind": message(content="ANSWER", tool_calls=["x"]),
    "a function call of no kind": message(content="ANSWER", function_call="x"),
    "usage": message(content="ANSWER", usage={"prompt_tokens": "10", "prompt_tokens_details": [1]}),
    "endless usage": message(content="ANSWER", usage={"completion_tokens": float("inf"), "prompt_tokens": 10**30}),
    "usage that is true": message(content="ANSWER", usage={"completion_tokens": True}),
}


@pytest.mark.parametrize("habit", ANSWER)
def test_odd_fields_beside_an_answer_do_not_cost_it(server: FakeServer, habit: str) -> None:
    server.always = ANSWER[habit]
    with create(server.settings(retries=0)) as model:
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
        assert (model.totals["ground"].prompt_tokens, model.totals["ground"].completion_tokens) == (0, 0)


@pytest.mark.parametrize("error", ["null", '""', "{}", '{"code": 0, "message": ""}'])
def test_an_empty_error_beside_an_answer_is_none(server: FakeServer, error: str) -> None:
    with create(server.settings(retries=0)) as model:
        server.always = raw(
            b'{"error": ' + error.encode() + b', "choices": [{"message": {"content": "{\\"choice\\": 1}"}}]}'
        )
        assert model.ask([ground("a")]) == [Grounding(choice=0)]


@pytest.mark.parametrize("limit", [-1, 0, True, "4096", None])
def test_what_is_no_number_of_tokens_is_no_limit(server: FakeServer, limit: Any) -> None:
    server.card = {"max_model_len": limit}
    with create(server.settings()) as model:
        assert model.identity()["context"] == "4096"


def test_a_refusal_without_words_says_so(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.always = lambda handler, body: handler.reply(400, b"")
        (reply,) = model.ask([ground("a")])
    assert isinstance(reply, Malformed)
    assert reply.reason == "the server refused the request (HTTP 400): it gives no reason"


def test_a_server_error_without_words_says_so(server: FakeServer) -> None:
    with create(server.settings(retries=0)) as model:
        server.always = status(500, "")
        with pytest.raises(InfrastructureError, match="HTTP 500: it gives no reason"):
            model.ask([ground("a")])
