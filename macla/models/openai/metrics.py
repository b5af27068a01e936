"""What vLLM counts of its prefix cache: ``/metrics``, in the text format of Prometheus."""

import re
from typing import NamedTuple

import httpx

from macla.models.openai.address import is_loopback
from macla.models.settings import ModelSettings
from macla.secrets import bare_url

PATIENCE_S = 10.0
_COUNTER = re.compile(r"^vllm:prefix_cache_(queries|hits)(?:_total)?(?:\{.*\})? (\S+)$", re.MULTILINE)


class Prompts(NamedTuple):
    """Tokens of prompts that a server has looked up in its prefix cache since its start, and found there."""

    queries: float
    hits: float

    def since(self, before: "Prompts") -> dict[str, float]:
        """Return the prompt tokens between two looks: computed anew, from the cache, and the cache's share."""
        queries, hits = self.queries - before.queries, self.hits - before.hits
        return {
            "prompt_tokens_new": int(queries - hits),
            "prompt_tokens_cached": int(hits),
            "prefix_cache_hit_rate": round(hits / queries, 4) if queries else 0.0,
        }


def prompts(settings: ModelSettings) -> Prompts | None:
    """Return the counters, summed over the servers and the engines behind them; None where one does not count."""
    counted = [_counters(url) for url in metrics_urls(settings)]
    if not all(counted):
        return None
    found = [pair for pairs in counted for pair in pairs]
    return Prompts(*(sum(float(value) for name, value in found if name == kind) for kind in Prompts._fields))


def _counters(url: str) -> list[tuple[str, str]]:
    try:
        response = httpx.get(url, timeout=PATIENCE_S, trust_env=not is_loopback(url))
    except httpx.HTTPError:
        return []
    return _COUNTER.findall(response.text) if response.status_code == 200 else []


def metrics_urls(settings: ModelSettings) -> list[str]:
    """Return where the servers would say it."""
    return [bare_url(url).removesuffix("/v1") + "/metrics" for url in settings.urls]
