"""``method.json``: which method a memory directory belongs to, and the checksums that seal its files."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from macla.errors import UserError, why
from macla.files import fingerprint, read_checked, write_checked

SCHEMA = 4
SEAL = "method.json"
SUMMARY = "summary.json"
"""Of the build: written after the seal, so that it carries a check of its own. It may go, but not change."""


class Stored(BaseModel):
    """What ``method.json`` says of a memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_number: int
    method: str
    """The method that wrote it: an entry point of ``macla.methods``."""
    name: str
    """The choice of ``configs/memory`` it was built with."""
    settings: dict[str, Any]
    """The method's settings when it was saved."""
    benchmark: str
    encoder: str
    about: dict[str, Any]
    """Where it comes from."""
    checksums: dict[str, str]
    """File → SHA-256, of all that the memory is read from."""
    beside: dict[str, str] = {}
    """The same of what is kept beside it (trajectories, configuration, practice): it may go, but not change."""

    @property
    def fingerprint(self) -> str:
        """What tells this memory from others: its method and the content of its files."""
        return fingerprint([self.method, self.checksums])


def read(folder: Path) -> Stored:
    """Return what a directory says of its memory; UserError when there is none that this version reads."""
    path = folder / SEAL
    if not path.is_file():
        if (folder / "memory.json").is_file():
            raise UserError(
                f"{folder} is of an older version of macla, or half-written; rebuild with macla build-memory"
            )
        raise UserError(f"no memory at {folder}: it holds no {SEAL}; build one with macla build-memory")
    try:
        values = read_checked(path, older=True)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} does not read ({why(error)}); rebuild with macla build-memory") from None
    if values.get("schema_number") != SCHEMA:
        found = values.get("schema_number")
        raise UserError(f"{path} has schema {found}, this version reads {SCHEMA}; rebuild with macla build-memory")
    try:
        return Stored.model_validate(values)
    except ValidationError as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} does not read ({reason}); rebuild with macla build-memory") from None


def write(folder: Path, stored: Stored) -> None:
    """Write ``method.json``, with a check of the seal itself."""
    write_checked(folder / SEAL, stored.model_dump(mode="json"))


def read_build(folder: Path) -> dict[str, Any]:
    """Return the summary of a memory's build; UserError when it is missing, was changed, or is another memory's."""
    return _build_of(folder, read(folder))


def _build_of(folder: Path, stored: Stored) -> dict[str, Any]:
    path = folder / SUMMARY
    try:
        summary = read_checked(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} does not read ({why(error)}); rebuild with macla build-memory") from None
    if summary.get("fingerprint") != fingerprint(stored.about.get("construction")):
        raise UserError(f"{path} is of another memory; rebuild with macla build-memory")
    return summary


def check_files(folder: Path, stored: Stored) -> None:
    """Raise UserError when a file of a memory is missing or is not the one that was written."""
    for name, sealed in {**stored.checksums, **stored.beside}.items():
        if name in stored.beside and not (folder / name).exists():
            continue
        if not (folder / name).is_file() or checksum(folder / name) != sealed:
            raise UserError(f"{folder / name} is missing or was changed since it was written; rebuild the memory")
    if (folder / SUMMARY).exists():
        _build_of(folder, stored)


def check_sealed(folder: Path) -> None:
    """Raise UserError when a folder holds a sealed memory of which a file is missing or was changed since."""
    if (folder / SEAL).is_file():
        check_files(folder, read(folder))


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
