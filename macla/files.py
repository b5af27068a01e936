"""The folder of caches, writing that a kill cannot tear (temporary file, fsync, rename), fingerprints of values."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def home() -> Path:
    """Return the folder for data and caches: ``$MACLA_HOME`` or ``~/.cache/macla``."""
    return Path(os.environ.get("MACLA_HOME", "~/.cache/macla")).expanduser()


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write ``content`` to ``path``: readers see the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    data = content.encode() if isinstance(content, str) else content
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON with sorted keys, atomically."""
    write_atomic(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def fingerprint(values: Any) -> str:
    """Return 12 hex digits that depend on every value, not on the order of keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
