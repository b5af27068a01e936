"""The manifests of all runs behind a table in one file, in which what several runs share is written once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from macla.files import fingerprint, write_json
from macla.methods.run import Run

PART = "part"
"""The only key of an object that stands for a part: its name in ``parts``."""
LONG = 100
"""Characters of JSON from which on a value is a part."""


def write_manifests(out: Path, name: str, runs: Sequence[Run]) -> None:
    """Write ``name``.manifest.json to ``out``: the manifests of a table's runs, as ``packed`` returns them."""
    write_json(out / f"{name}.manifest.json", packed([run.manifest for run in runs]))


def packed(manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return ``{"parts": {name: value}, "runs": [...]}``: long values are parts, and named where they stood.

    A part may name others. ``unpacked`` returns the manifests again.

    Example: two runs of one long ``config`` become ``{"parts": {"1f…": {…}}, "runs": [{"config": {"part": "1f…"},
    "seed": 0}, {"config": {"part": "1f…"}, "seed": 1}]}``.
    """
    parts: dict[str, Any] = {}

    def put(value: Any) -> Any:
        if not isinstance(value, dict | list):
            return value
        inner = {key: put(own) for key, own in value.items()} if isinstance(value, dict) else [put(v) for v in value]
        if len(json.dumps(inner)) < LONG:
            return inner
        name = fingerprint(inner)
        parts[name] = inner
        return {PART: name}

    runs = [{key: put(value) for key, value in manifest.items()} for manifest in manifests]
    return {"parts": parts, "runs": runs}


def unpacked(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the manifests of a document that ``packed`` returned."""
    parts = document["parts"]

    def take(value: Any) -> Any:
        if isinstance(value, list):
            return [take(own) for own in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {PART} and value[PART] in parts:
            return take(parts[value[PART]])
        return {key: take(own) for key, own in value.items()}

    return [take(run) for run in document["runs"]]
