"""What is sent, what is understood, how many at a time, and what it is booked as."""

import threading
import time

import pytest
from helpers.misbehaving_server import FakeServer, Handler, obey, saying, status
from helpers.model_requests import ONE_OF_EACH, STEPS, act, ground

from macla.errors import UserError
from macla.models.create import create
from macla.models.requests import Action, Grounding, Segmentation, SegmentTrajectory
from macla.models.settings import ModelSettings


def test_every_purpose_is_answered_in_order(server: FakeServer) -> None:
    with create(server.settings()) as model:
        replies = model.ask(ONE_OF_EACH)
    assert [type(reply) for reply in replies] == [request.reply for request in ONE_OF_EACH]


def test_one_user_message_so_templates_without_a_system_role_work(server: FakeServer) -> None:
    with create(server.settings()) as model:
        model.ask(ONE_OF_EACH)
    assert {tuple(message["role"] for message in body["messages"]) for body in server.bodies} == {("user",)}


def test_sampling_is_what_the_settings_say(server: FakeServer) -> None:
    with create(server.settings(temperature=0.7, top_p=0.9, max_tokens=99, extra_body={"x": {"y": 1}})) as model:
        model.ask([ground("a")])
    body = server.bodies[-1]
    assert (body["temperature"], body["top_p"], body["max_tokens"], body["x"]) == (0.7, 0.9, 99, {"y": 1})


def test_names_that_a_reply_has_to_repeat_are_no_part_of_its_limit(server: FakeServer) -> None:
    request = SegmentTrajectory(task="put a mug in cabinet", steps=STEPS * 40)
    with create(server.settings(max_tokens=99)) as model:
        (reply,) = model.ask([request])
    assert isinstance(reply, Segmentation)
    assert reply.ends == (True,) * 80
    assert server.bodies[-1]["max_tokens"] > 99 + 80 * 4  # "118. go to desk 1" is no less than four tokens


def test_seeds_depend_on_the_request_and_the_run_only(server: FakeServer) -> None:
    seeds = []
    for seed in (0, 0, 1):
        with create(server.settings(seed=seed)) as model:
            model.ask([act(), act(history=2)])
        seeds.append(sorted(body["seed"] for body in server.bodies[-2:]))
    assert seeds[0] == seeds[1] != seeds[2]
    assert seeds[0][0] != seeds[0][1]


def test_a_server_without_structured_outputs_is_noticed_once(server: FakeServer) -> None:
    server.always = saying('Sure! {"choice": 2} is my choice.')
    with create(server.settings()) as model:
        assert model.identity()["structured"] == "none"
        assert model.ask([ground("a", "b")] * 3) == [Grounding(choice=1)] * 3
    assert ["response_format" in body for body in server.bodies] == [True, False, False, False]


def test_a_server_that_refuses_schemas_is_asked_without(server: FakeServer) -> None:
    server.behaviours = [status(400, "response_format is not supported")]
    with create(server.settings()) as model:
        assert model.ask([ground("a")]) == [Grounding(choice=0)]


def test_thoughts_and_fences_around_a_reply(server: FakeServer) -> None:
    text = '<think>{"choice": 0} or …?</think>\n```json\n{"thought": "é", "action": "look"}\n```'
    with create(server.settings(structured="none")) as model:
        server.always = saying(text)
        assert model.ask([act()]) == [Action(thought="é", action="look")]


def test_concurrency_is_used_and_bounded(server: FakeServer) -> None:
    def slow(handler: Handler, body: dict[str, object]) -> None:
        time.sleep(0.05)
        obey(handler, body)

    with create(server.settings(concurrency=8)) as model:
        server.always = slow
        started = time.perf_counter()
        model.ask([act(seed=n) for n in range(64)])
        assert 6 <= server.most_in_flight <= 8
        assert time.perf_counter() - started < 64 * 0.05


def test_the_first_of_a_purpose_goes_alone_so_that_what_all_share_is_computed_once(server: FakeServer) -> None:
    log, together = [], threading.Barrier(8)

    def slow(handler: Handler, body: dict[str, object]) -> None:
        log.append("begins")
        if len(log) > 1:
            together.wait(timeout=30)  # the eight others are all in flight
        log.append("ends")
        obey(handler, body)

    with create(server.settings(concurrency=8)) as model:
        server.always = slow
        model.ask([act(seed=n) for n in range(9)])
    assert log == ["begins", "ends", *["begins"] * 8, *["ends"] * 8]


def test_what_the_server_had_computed_before_is_counted(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.cached_tokens = 4
        model.ask([act()])
        assert model.totals["act"].cached_tokens == 4
        server.cached_tokens = None
        model.ask([act(seed=1)])
        assert model.totals["act"].cached_tokens == 4


def test_threads_share_one_client(server: FakeServer) -> None:
    accounts = {}
    with create(server.settings()) as model:

        def play(n: int) -> None:
            with model.episode() as book:
                for _ in range(n):
                    model.ask([ground("a"), act()])
            accounts[n] = book.usage

        threads = [threading.Thread(target=play, args=(n,)) for n in (1, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {n: account["act"].requests for n, account in accounts.items()} == {1: 1, 2: 2, 3: 3}
        assert model.totals["ground"].requests == 6


def test_the_ledger_equals_the_servers_count(server: FakeServer) -> None:
    with create(server.settings()) as model:
        server.tokens = 0
        server.behaviours = [saying("no"), status(500)]
        model.ask(ONE_OF_EACH)
        booked = sum(usage.prompt_tokens + usage.completion_tokens for usage in model.totals.values())
        assert booked == server.tokens
        assert sum(usage.calls for usage in model.totals.values()) == len(ONE_OF_EACH) + 1
        assert all(usage.seconds > 0 for usage in model.totals.values())


def test_the_server_and_its_context_are_recorded(server: FakeServer) -> None:
    with create(server.settings()) as model:
        identity = model.identity()
    assert (identity["server"], identity["context"], identity["model"]) == ("fake 1.2", "4096", "m")


def test_more_context_than_served_is_refused(server: FakeServer) -> None:
    with pytest.raises(UserError, match="serves 4096 tokens"):
        create(server.settings(context_length=8192))


def test_a_context_too_small_for_any_prompt(server: FakeServer) -> None:
    with create(server.settings(context_length=300, max_tokens=200)) as model, pytest.raises(UserError, match="raise"):
        model.ask([act()])


def test_the_embedded_model_needs_nothing() -> None:
    with create(ModelSettings()) as model:
        assert model.ask([ground("a cup")]) == [Grounding(choice=0)]
        assert model.totals["ground"].requests == 1
        assert not model.is_language_model
