"""Every call against a real vLLM: replies parse, the ledger agrees with the server, a recording replays."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from helpers.model_requests import ONE_OF_EACH, act
from helpers.served import served_tokens

from macla.models.bench import bench
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.requests.writing import Writing
from macla.models.settings import ModelSettings

pytestmark = pytest.mark.usefixtures("server")
DRAWS = 20


def test_every_call_parses_whatever_random_weights_say(settings: ModelSettings) -> None:
    replies: dict[str, Counter[Any]] = {}
    for seed in range(DRAWS):
        with create(settings.model_copy(update={"seed": seed, "structured": "json_schema"})) as model:
            for request, reply in zip(ONE_OF_EACH, model.ask(ONE_OF_EACH), strict=True):
                if isinstance(reply, Malformed) and isinstance(request, Writing):
                    assert reply.reason == "it was cut by max_tokens"  # what a memory holds has no length of its own
                    continue
                assert not isinstance(reply, Malformed), reply
                assert isinstance(reply, request.reply)
                replies.setdefault(request.purpose, Counter())[reply] += 1
    assert all(len(different) > 1 for different in replies.values())


def test_structured_outputs_and_version_are_found(settings: ModelSettings) -> None:
    with create(settings) as model:
        identity = model.identity()
    assert identity["structured"] == "json_schema"
    assert re.fullmatch(r"vllm \d+\.\d+.*", identity["server"])
    assert identity["context"] == "8192"


def test_the_ledger_equals_the_servers_usage(settings: ModelSettings) -> None:
    with create(settings) as model:
        before = served_tokens(settings)
        model.ask(ONE_OF_EACH)
        booked = sum(usage.prompt_tokens + usage.completion_tokens for usage in model.totals.values())
        assert booked == served_tokens(settings) - before


def test_a_prompt_longer_than_the_context_is_cut(settings: ModelSettings) -> None:
    request = act(history=50, length=2000)
    with create(settings) as model:
        assert isinstance(model.ask([request])[0], request.reply)
        assert 2000 < model.totals["act"].prompt_tokens < 8192


def test_a_recording_replays_bit_for_bit(settings: ModelSettings, tmp_path: Path) -> None:
    requests = [*ONE_OF_EACH, *(act(seed=seed) for seed in range(8))]
    with create(settings.model_copy(update={"record": tmp_path})) as model:
        replies, totals, identity = model.ask(requests), model.totals, model.identity()
    with create(ModelSettings(backend="replay", replay=tmp_path)) as model:
        assert model.ask(requests) == replies
        assert (model.totals, model.identity()) == (totals, identity)


def test_the_benchmark_of_requests_in_flight(settings: ModelSettings) -> None:
    rows = bench(settings, requests=8)["rows"]
    assert [row["in_flight"] for row in rows] == [1, 8, 64]
    assert all(row["requests_per_s"] > 0 and row["malformed"] == 0 for row in rows)
    assert all(row["prefix_cache_hit_rate"] > 0.5 for row in rows)  # the prompts are equal
