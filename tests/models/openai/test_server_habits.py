"""Servers as they are: what a good one says is understood, what a bad one does is told in one true line."""

import time
from typing import Any

import pytest
from helpers.misbehaving_server import Behaviour, FakeServer, obey, raw, saying, status
from helpers.model_requests import act, ground
from helpers.server_habits import (
    USELESS,
    WHOLE,
    at_a_date,
    error_in_200,
    message,
    moved,
    no_seed,
    quota,
    refusing,
)
from tenacity import AsyncRetrying, Future, RetryCallState

from macla.errors import InfrastructureError, UserError
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.openai.transport import Transport
from macla.models.requests import Action, Grounding


@pytest.mark.parametrize("habit", WHOLE)
def test_an_answer_is_found_where_the_server_puts_it(server: FakeServer, habit: str) -> None:
    server.always = WHOLE[habit]
    with create(server.settings()) as model:
        assert model.identity()["structured"] == "json_schema"
        assert model.ask([ground("a", "b")]) == [Grounding(choice=0)]
        assert (model.totals["ground"].calls, model.totals["ground"].malformed) == (1, 0)


@pytest.mark.parametrize("habit", USELESS)
def test_a_useless_reply_keeps_its_reason(server: FakeServer, habit: str) -> None:
    server.always, reason, finish = USELESS[habit]
    with create(server.settings(structured="none")) as model, model.episode() as book:
        (reply,) = model.ask([act()])
    assert isinstance(reply, Malformed)
    assert (reply.reason, reply.finish_reason, reply.refused) == (reason, finish, False)
    assert book.useless == [reply]


def test_a_surrogate_is_neither_sent_nor_kept(server: FakeServer) -> None:
    with create(server.settings(structured="none")) as model:
        server.behaviours = [saying("no \ud800"), saying('{"action": "\\ud800"}')]
        assert model.ask([act()]) == [Action(action="\ufffd")]
        assert server.bodies[-1]["messages"][1]["content"] == "no \ufffd"


REFUSED: dict[str, tuple[Behaviour, str, str]] = {
    "max_tokens": (
        refusing("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        "max_tokens",
        "max_completion_tokens",
    ),
    "temperature": (
        refusing("temperature", "'temperature' does not support 0.0. Only the default (1)."),
        *["temperature", ""],
    ),
    "top_p": (refusing("top_p", "`temperature` and `top_p` cannot both be specified."), "top_p", ""),
    "seed": (no_seed, "seed", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_parameter_that_the_model_refuses_is_found_out_once(server: FakeServer, name: str) -> None:
    server.always, gone, instead = REFUSED[name]
    with create(server.settings(max_tokens=99)) as model:
        asked = len(server.bodies)
        assert model.ask([ground("a")] * 2) == [Grounding(choice=0)] * 2
        identity = model.identity()
    assert (asked, len(server.bodies)) == (2, 4)
    assert all(gone not in body for body in server.bodies[1:])
    assert identity.get("omitted", "") == ("" if instead else gone)
    assert server.bodies[-1].get(instead) == (99 if instead else None)


def test_parameters_can_be_left_out_by_hand(server: FakeServer) -> None:
    changes: dict[str, Any] = {"omit": ("seed", "top_p"), "max_tokens_key": "max_completion_tokens", "max_tokens": 99}
    with create(server.settings(structured="json_schema", **changes)) as model:
        model.ask([ground("a")])
    (body,) = server.bodies
    assert set(body) == {"model", "messages", "temperature", "response_format", "max_completion_tokens"}


def test_without_the_probe_a_refused_parameter_is_one_line(server: FakeServer) -> None:
    server.always = no_seed
    with (
        create(server.settings(structured="json_schema")) as model,
        pytest.raises(UserError, match=r"refuses requests to m: .*; type model\.omit=\[seed\]$"),
    ):
        model.ask([ground("a")])


TOO_LONG = [
    "request (1200 tokens) exceeds the available context size (870 tokens), try increasing it",
    "This model's maximum context length is 870 tokens.",
    "`inputs` tokens + `max_new_tokens` must be <= 870. Given: 1200",
    "prompt is too long: 1200 tokens > 870 maximum",
    "The input (1200 tokens) is longer than the model's context length (870 tokens).",
    "The input token count (1200) exceeds the maximum number of tokens allowed (870).",
    "Please reduce the length of the messages or completion.",
    "the request exceeds the available context size. try increasing the context size or enable context shift",
]


@pytest.mark.parametrize("context", [4096, 100_000])
@pytest.mark.parametrize("code", [200, 400, 500])
@pytest.mark.parametrize("text", TOO_LONG)
def test_a_prompt_too_long_is_cut_whatever_the_words(server: FakeServer, text: str, code: int, context: int) -> None:
    """Also where the server has much less context than it is said to have."""
    refuse = error_in_200(text) if code == 200 else status(code, text)

    def check(handler: Any, body: dict[str, Any]) -> None:
        fits = len(body["messages"][0]["content"]) < 2500
        return obey(handler, body) if fits else refuse(handler, body)

    server.card = {}
    with create(server.settings(retries=0, context_length=context)) as model:
        server.always = check
        (reply,) = model.ask([act(history=40, length=900)])
    assert isinstance(reply, Action)


@pytest.mark.parametrize(
    "listing",
    [
        status(404, "Not Found"),
        status(405, "no"),
        raw(b"<html>"),
        raw(b"{}"),
        raw(b'[{"id": "m"}, {"id": "other"}]'),
        raw(b'["m"]'),
        raw(b'{"models": [{"name": "m", "model": "m"}]}'),
        raw(b'{"data": [{"id": "models/m"}]}'),
        raw(b'{"data": [{"id": "m"}, {"id": "n", "description": "' + b"d" * 2_000_000 + b'"}]}'),
    ],
)
@pytest.mark.parametrize("structured", ["auto", "json_schema"])
def test_lists_of_models_in_other_forms(server: FakeServer, listing: Behaviour, structured: str) -> None:
    server.listing = listing
    with create(server.settings(structured=structured)) as model:
        model.check()
        assert model.ask([ground("a")]) == [Grounding(choice=0)]


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_redirects_on_the_same_host_are_followed(server: FakeServer, code: int) -> None:
    server.listing = server.always = moved(code)
    with create(server.settings()) as model:
        assert model.ask([ground("a")]) == [Grounding(choice=0)]


def test_a_redirect_to_another_host_is_told_and_not_followed(server: FakeServer) -> None:
    server.listing = lambda handler, body: handler.reply(
        301, b"", location="https://user:pw@elsewhere.example/v1/models"
    )
    with pytest.raises(UserError, match=r"has moved to https://elsewhere\.example; type its new address"):
        create(server.settings())


@pytest.mark.parametrize(("wait", "least"), [("1.5", 1.4), ("nan", 0), ("soon", 0), ("-3", 0)])
def test_retry_after_as_a_number(server: FakeServer, wait: str, least: float) -> None:
    with create(server.settings()) as model:
        server.behaviours = [status(429, "slow down", retry_after=wait)]
        started = time.perf_counter()
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
        assert least <= time.perf_counter() - started < least + 1.5


def test_retry_after_as_a_date(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.behaviours = [at_a_date]
        started = time.perf_counter()
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
        assert 0.9 <= time.perf_counter() - started < 4


@pytest.mark.parametrize(
    ("wait", "asked"), [("86400", "86400 s"), ("31", "31 s"), ("inf", "for ever"), ("1e999", "for ever")]
)
def test_a_wait_that_is_too_long_is_not_begun(server: FakeServer, wait: str, asked: str) -> None:
    with create(server.settings(timeout_s=20)) as model:
        server.bodies.clear()
        server.always = status(429, "daily limit reached.", retry_after=wait)
        started = time.perf_counter()
        told = rf"HTTP 429: daily limit reached; it asks to wait {asked}, here 30 s are the most$"
        for _ in range(2):
            with pytest.raises(InfrastructureError, match=told):
                model.ask([ground("a")])
        with pytest.raises(InfrastructureError, match=told):
            model.check()
        assert len(server.bodies) == 1
        assert time.perf_counter() - started < 5


@pytest.mark.parametrize(("wait_s", "told"), [(11.0, 1), (9.0, 0)])
def test_a_long_wait_is_told_once(capsys: pytest.CaptureFixture[str], wait_s: float, told: int) -> None:
    transport = Transport("http://host/v1", None, timeout_s=20, retries=2, concurrency=2)
    state = RetryCallState(AsyncRetrying(), None, (), {})
    state.upcoming_sleep = wait_s
    state.outcome = Future(1)
    state.outcome.set_exception(RuntimeError("HTTP 429: slow down"))
    for _ in range(3):  # requests that wait at the same time
        transport._tell(state)
    assert capsys.readouterr().err == "http://host/v1: HTTP 429: slow down; asked again in 11 s\n" * told


def test_quota_that_is_used_up_is_not_waited_for(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.bodies.clear()
        server.always = quota
        with pytest.raises(UserError, match="You exceeded your current quota"):
            model.ask([ground("a")])
        assert len(server.bodies) == 1


def test_errors_in_a_body_of_http_200(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.behaviours = [error_in_200("overloaded", code=503), error_in_200("upstream")]
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
        server.always = error_in_200("no such tool", code=400)
        (reply,) = model.ask([ground("a")])
        assert isinstance(reply, Malformed)
        assert (reply.refused, reply.reason) == (
            True,
            "the server refused the request (HTTP 200 with an error as its body): no such tool",
        )
        server.always = obey
    with create(server.settings(retries=0)) as model:
        server.always = error_in_200("overloaded", code=503)
        with pytest.raises(InfrastructureError, match=r": HTTP 200 with an error as its body: overloaded \(1 att"):
            model.ask([ground("a")])


def test_a_refused_request_is_no_reply_in_construction_and_no_score_in_an_episode(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.always = status(400, "flagged")
        (reply,) = model.ask([ground("a")])
        assert isinstance(reply, Malformed)
        with model.episode() as book, pytest.raises(InfrastructureError, match=r"HTTP 400\): flagged"):
            model.ask([ground("a")])
        assert [one.refused for one in book.useless] == [True]


@pytest.mark.parametrize("proxy", [{"ALL_PROXY": "socks5://127.0.0.1:1"}, {"NO_PROXY": "[::1]"}, {"HTTP_PROXY": "x"}])
def test_no_proxy_stands_before_this_machine(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, proxy: dict[str, str]
) -> None:
    for name, value in proxy.items():
        monkeypatch.setenv(name, value)
    with create(server.settings()) as model:
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
    with pytest.raises(UserError, match=r"ALL_PROXY|no model server"):
        create(server.settings(base_url="http://model.invalid/v1", retries=0))


def test_a_null_message_is_no_completion(server: FakeServer) -> None:
    with create(server.settings(retries=0)) as model:
        server.always = raw(b'{"choices": [{"message": null}]}')
        with pytest.raises(InfrastructureError, match="no chat completion"):
            model.ask([ground("a")])
        server.always = message(content=7)
        with pytest.raises(InfrastructureError, match="no chat completion"):
            model.ask([ground("a")])
