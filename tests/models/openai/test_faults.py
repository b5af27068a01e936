"""Misbehaving servers: no lost answer, no endless retry, clear errors."""

import time

import pytest
from helpers.misbehaving_server import FakeServer, cut, huge, obey, raw, saying, short_of_context, stall, status
from helpers.model_requests import act, ground

from macla.errors import InfrastructureError, UserError
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.requests import Grounding

PASSING = {
    "500": status(500, "boom"),
    "429": status(429, "slow down", retry_after="0"),
    "stall": stall,
    "cut": cut,
    "huge": huge,
    "no JSON": raw(b"<html>"),
    "no completion": raw(b'{"choices": []}'),
    "JSON of another kind": raw(b"[1]"),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_loses_no_answer(server: FakeServer, fault: str) -> None:
    with create(server.settings(timeout_s=0.5)) as model:
        server.behaviours = [PASSING[fault]]
        assert model.ask([ground("a"), ground("b")]) == [Grounding(choice=0)] * 2
        assert model.totals["ground"].requests == 2


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_stays_is_an_infrastructure_error_after_the_last_attempt(server: FakeServer, fault: str) -> None:
    with create(server.settings(timeout_s=0.3, retries=2)) as model:
        server.bodies.clear()
        server.always = PASSING[fault]
        with pytest.raises(InfrastructureError, match=r"3 attempts") as failure:
            model.ask([ground("a")])
        assert len(server.bodies) == 3
        assert server.url in str(failure.value)
        assert "\n" not in str(failure.value)


def test_ten_megabytes_are_not_read(server: FakeServer) -> None:
    with create(server.settings(retries=0)) as model:
        server.always = huge
        started = time.perf_counter()
        with pytest.raises(InfrastructureError, match="more than 1048576 bytes"):
            model.ask([ground("a")])
        assert time.perf_counter() - started < 2


def test_the_longest_wait_is_what_the_server_asks_for(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.behaviours = [status(503, "loading", retry_after="1")]
        started = time.perf_counter()
        model.ask([ground("a")])
        assert 1 <= time.perf_counter() - started < 3


def test_one_lost_request_does_not_wait_for_the_others(server: FakeServer) -> None:
    with create(server.settings(timeout_s=30, retries=0)) as model:
        server.behaviours = [status(500)]
        server.always = stall
        started = time.perf_counter()
        with pytest.raises(InfrastructureError, match="500"):
            model.ask([act(seed=n) for n in range(4)])
        assert time.perf_counter() - started < 5
        server.always = obey
        assert len(model.ask([ground("a")])) == 1


def test_nobody_listens() -> None:
    server = FakeServer()
    settings = server.settings()
    server.server_close()
    with pytest.raises(UserError, match="macla serve"):
        create(settings)


def test_another_model_is_found_before_work(server: FakeServer) -> None:
    server.models = ["other", "third"]
    with pytest.raises(UserError, match="serves other, third, not m"):
        create(server.settings())
    assert server.bodies == []


def test_a_model_that_goes_away_is_the_users_error(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.always = status(404, "The model `m` does not exist.")
        with pytest.raises(UserError, match=r"refuses requests to m: The model"):
            model.ask([ground("a")])


def test_a_url_without_v1(server: FakeServer) -> None:
    with pytest.raises(UserError, match="ends in /v1"):
        create(server.settings(base_url=server.url.removesuffix("/v1")))


@pytest.mark.parametrize("url", ["not a url", "ftp://host/v1", "http://[::"])
def test_no_url(server: FakeServer, url: str) -> None:
    with pytest.raises(UserError, match="is no URL"):
        create(server.settings(base_url=url))


def test_keys(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MACLA_TEST_KEY", raising=False)
    with pytest.raises(UserError, match="export MACLA_TEST_KEY="):
        create(server.settings(api_key_env="MACLA_TEST_KEY"))
    monkeypatch.setenv("MACLA_TEST_KEY", "k")
    with create(server.settings(api_key_env="MACLA_TEST_KEY")) as model:
        model.ask([ground("a")])
        assert server.keys[-1] == "Bearer k"
        server.always = status(401)
        with pytest.raises(UserError, match="api_key_env"):
            model.ask([ground("a")])


@pytest.mark.parametrize(
    "bad", ["", "I choose the desk.", '{"choice": 7}', '{"choice": "a"}', '{"choice": 1', "[" * 9999]
)
def test_a_bad_reply_is_repaired_once(server: FakeServer, bad: str) -> None:
    with create(server.settings()) as model:
        server.behaviours = [saying(bad), saying('{"choice": 2}')]
        assert model.ask([ground("a", "b")]) == [Grounding(choice=1)]
        assert (model.totals["ground"].calls, model.totals["ground"].malformed) == (2, 0)
        roles = [message["role"] for message in server.bodies[-1]["messages"]]
        assert roles == ["user", "assistant", "user"]
        assert server.bodies[-1]["seed"] != server.bodies[-2]["seed"]


def test_two_bad_replies_are_a_typed_failure_and_the_others_live(server: FakeServer) -> None:
    with create(server.settings(concurrency=1)) as model:
        server.behaviours = [saying("no"), saying("never")]
        (first,) = model.ask([ground("a")])
        assert isinstance(first, Malformed)
        assert (first.purpose, first.text) == ("ground", "never")
        assert model.ask([ground("a")]) == [Grounding(choice=0)]
        assert model.totals["ground"].malformed == 1
        assert model.totals["ground"].calls == 3


def test_extra_keys_in_a_reply_are_no_answer(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.always = saying('{"choice": 1, "why": "x"}')
        assert isinstance(model.ask([ground("a")])[0], Malformed)


def test_a_prompt_the_server_finds_too_long_is_cut_further(server: FakeServer) -> None:
    server.card = {"max_model_len": 4096}
    with create(server.settings(max_tokens=64)) as model:
        server.always = short_of_context(4096 - 64)
        (reply,) = model.ask([act(history=40, length=900)])
        assert not isinstance(reply, Malformed)
        prompts = [body["messages"][0]["content"] for body in server.bodies[1:]]
        assert len(prompts) > 1
        assert [len(text) for text in prompts] == sorted((len(text) for text in prompts), reverse=True)


def test_a_server_that_always_finds_the_prompt_too_long(server: FakeServer) -> None:
    """The prompt is as short as it gets at once, so it is sent once; what the server says is kept."""
    with create(server.settings()) as model:
        server.bodies.clear()
        server.always = short_of_context(1)
        (reply,) = model.ask([act()])
        assert isinstance(reply, Malformed)
        assert (reply.refused, len(server.bodies)) == (True, 1)
        assert reply.reason == (
            "the server refused the request (HTTP 400): This model's maximum context length is 1 tokens."
        )


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/v1",
        "http://127.0.0.1:x/v1",
        "http://[::1/v1",
        "localhost:8000/v1",
        "http:///v1",
        "ftp://a/v1",
    ],
)
def test_what_is_no_address_is_one_line(server: FakeServer, url: str) -> None:
    with pytest.raises(UserError) as error:
        create(server.settings(base_url=url))
    assert str(error.value) == f"model.base_url={url} is no URL; type e.g. http://localhost:8000/v1"


@pytest.mark.parametrize("target", ["http://[bad/", "http://127.0.0.1:99999/v1/models"])
def test_a_redirect_to_what_is_no_address_is_one_line(server: FakeServer, target: str) -> None:
    server.listing = lambda handler, body: handler.reply(302, b"", location=target)
    with pytest.raises(UserError) as error:
        create(server.settings())
    assert str(error.value) == f"{server.url} redirects to what is no URL; mend the server, or type model.base_url"
