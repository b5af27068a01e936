"""What a running vLLM says of itself."""

import re

import httpx

from macla.models.settings import ModelSettings


def counted(settings: ModelSettings, *names: str) -> list[int]:
    """Return counters of the server, since its start."""
    metrics = httpx.get(settings.url.removesuffix("/v1") + "/metrics").text
    found = [re.findall(rf"^vllm:{name}\{{.*\}} (\S+)$", metrics, re.MULTILINE) for name in names]
    assert all(len(values) == 1 for values in found), found
    return [int(float(values[0])) for values in found]


def served_tokens(settings: ModelSettings) -> int:
    """Return the prompt and generated tokens that the server has counted since its start."""
    return sum(counted(settings, "prompt_tokens_total", "generation_tokens_total"))
