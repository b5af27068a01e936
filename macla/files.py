"""The folder of caches, writing that a kill cannot tear (temporary file, fsync, rename), fingerprints of values."""

import hashlib
import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from macla.errors import UserError


def home() -> Path:
    """Return the folder for data and caches: ``$MACLA_HOME`` or ``~/.cache/macla``."""
    return Path(os.environ.get("MACLA_HOME", "~/.cache/macla")).expanduser()


def check_folder(folder: Path) -> None:
    """Raise UserError when no file can be written to ``folder``, which is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"--out {folder}: nothing can be written there ({error.strerror}); give another") from None


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
