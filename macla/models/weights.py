"""The weights that a server of ours loads: are they to be had, and where do they come from?"""

import os
from collections.abc import Mapping
from pathlib import Path

import httpx

from macla.errors import UserError
from macla.models.settings import CHECKPOINTS, ModelSettings

HUB = "https://huggingface.co"
HUB_S = 5.0
"""Seconds within which the hub says anything."""
ORIGIN = "ORIGIN.txt"
"""File of a checkpoint that says in a few lines what the weights are (``scripts/gguf_to_checkpoint.py`` writes it)."""
LONGEST = 400
"""Characters of it that are kept."""


def check_weights(settings: ModelSettings) -> None:
    """Raise UserError when weights that have a folder in $MACLA_CHECKPOINTS are neither there nor on the hub."""
    server = settings.server
    environment = {**os.environ, **server.env}
    if not server.folder or server.weights or _downloaded(settings.id, environment):
        return
    hub = environment.get("HF_ENDPOINT", HUB)
    if environment.get("HF_HUB_OFFLINE", "0") in ("", "0") and _reachable(hub):
        return
    lost = f"the hub ({hub}), which has {settings.id}, cannot be reached"
    if server.expected is None:
        raise UserError(f"{lost}; type export {CHECKPOINTS}=DIR where DIR/{server.folder} holds the weights")
    raise UserError(f"{server.expected} ({CHECKPOINTS}) does not exist, and {lost}")


def origin_of(checkpoint: str) -> str:
    """Return in one line what a checkpoint's folder says of its origin; empty where it says nothing."""
    try:
        lines = (Path(checkpoint) / ORIGIN).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "; ".join(filter(None, map(str.strip, lines)))[:LONGEST]


def _downloaded(hub_id: str, environment: Mapping[str, str]) -> bool:
    """Whether the hub's cache holds the model."""
    caches = environment.get("XDG_CACHE_HOME", "~/.cache")
    cache = environment.get("HF_HUB_CACHE") or f"{environment.get('HF_HOME') or f'{caches}/huggingface'}/hub"
    return (Path(cache).expanduser() / f"models--{hub_id.replace('/', '--')}").is_dir()


def _reachable(hub: str) -> bool:
    try:
        return httpx.head(hub, timeout=HUB_S).status_code < 500
    except httpx.HTTPError:
        return False
