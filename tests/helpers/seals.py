"""Seals of memory directories, changed by hand: what lies behind the checksums is to be reached, too."""

import json
from pathlib import Path
from typing import Any

from macla.files import CHECK, write_checked
from macla.methods.stored import SEAL, checksum


def seal_again(folder: Path) -> None:
    """Renew the checksums of a memory whose files were edited."""
    seal = read_seal(folder)
    renewed = {part: {name: checksum(folder / name) for name in seal[part]} for part in ("checksums", "beside")}
    write_seal(folder, **renewed)


def read_seal(folder: Path) -> dict[str, Any]:
    """Return what ``method.json`` says."""
    return dict(json.loads((folder / SEAL).read_text()))


def write_seal(folder: Path, **changes: Any) -> None:
    """Change values of ``method.json``."""
    values = {name: value for name, value in read_seal(folder).items() if name != CHECK}
    write_checked(folder / SEAL, {**values, **changes})
