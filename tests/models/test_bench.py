"""``macla bench model`` against a server that counts its prefix cache, and one that does not."""

from collections.abc import Callable
from typing import Any

import pytest
from helpers.misbehaving_server import FakeServer, Handler

from macla.config import Config
from macla.models.bench import IN_FLIGHT, bench
from macla.models.openai.metrics import Prompts

PAGE = """# HELP vllm:prefix_cache_queries_total Prefix cache queries, in terms of number of queried tokens.
# TYPE vllm:prefix_cache_queries_total counter
vllm:prefix_cache_queries_total{{engine="0",model_name="m"}} {queries}
vllm:prefix_cache_queries_total{{engine="1",model_name="m"}} 5.0
vllm:prefix_cache_queries_created{{engine="0",model_name="m"}} 1.7e+09
vllm:prefix_cache_hits_total{{engine="0",model_name="m"}} {hits}
vllm:external_prefix_cache_hits_total{{engine="0",model_name="m"}} 7.0
"""


def test_the_prefix_cache_is_counted_in_every_row(
    server: FakeServer, config: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    behave = Handler.do_GET

    def get(handler: Handler) -> None:
        asked = len(server.bodies)  # 100 tokens a prompt, all but the first request's from the cache
        if handler.path == "/metrics":
            handler.reply(200, PAGE.format(queries=100.0 * asked, hits=100.0 * max(0, asked - 1)).encode())
        else:
            behave(handler)

    monkeypatch.setattr(Handler, "do_GET", get)
    result = bench(config().model, requests=4)
    assert [row["in_flight"] for row in result["rows"]] == list(IN_FLIGHT)
    for row in result["rows"]:
        assert (row["prompt_tokens_new"], row["prompt_tokens_cached"], row["prefix_cache_hit_rate"]) == (0, 400, 1.0)
    assert result["prefix_cache"] == "as the server counts"


def test_a_server_that_does_not_count_is_said_to(server: FakeServer, config: Callable[..., Config]) -> None:
    result = bench(config().model, requests=2)
    expected = f"unknown: {server.url.removesuffix('/v1')}/metrics counts nothing of it"
    assert result["prefix_cache"] == expected
    assert all("prefix_cache_hit_rate" not in row for row in result["rows"])


def test_the_share_is_of_what_came_in_between() -> None:
    between: dict[str, Any] = Prompts(1000, 700).since(Prompts(600, 400))
    assert between == {"prompt_tokens_new": 100, "prompt_tokens_cached": 300, "prefix_cache_hit_rate": 0.75}
    assert Prompts(1, 1).since(Prompts(1, 1))["prefix_cache_hit_rate"] == 0.0
