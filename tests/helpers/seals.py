"""Seals of memory directories, changed by hand: what lies behind the checksums is to be reached, too."""

import json
from pathlib import Path
from typing import Any

from macla.files import write_json
from macla.methods.stored import SEAL, checksum


def seal_again(folder: Path) -> None:
    """Renew the checksums of a memory whose files were edited."""
    write_seal(folder, checksums={name: checksum(folder / name) for name in read_seal(folder)["checksums"]})


def read_seal(folder: Path) -> dict[str, Any]:
    """Return what ``method.json`` says."""
    return dict(json.loads((folder / SEAL).read_text()))


def write_seal(folder: Path, **changes: Any) -> None:
    """Change values of ``method.json``."""
    write_json(folder / SEAL, {**read_seal(folder), **changes})
