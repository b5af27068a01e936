"""A memory is built aside and takes its place when it is whole: a build that fails or is killed leaves the old one."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import Any

from macla.errors import UserError
from macla.files import fingerprint, remove_partial
from macla.methods.stored import SEAL, read
from macla.runs.directory import difference

ASIDE = ".building"
"""The folder, in that of the memory, in which it is built."""
REPLACED = (SEAL, "summary.json", "practice.jsonl")
"""What an earlier build left and this one may not: nothing of it is taken for this one's after a kill."""


def check_free(folder: Path, construction: Mapping[str, Any]) -> None:
    """Raise UserError when a folder holds a memory that was built in another way: it would be lost."""
    try:
        built = read(folder).about.get("construction")
    except UserError:
        return  # no whole memory
    if fingerprint(built) != fingerprint(construction):
        what = difference(built, dict(construction))
        raise UserError(f"{folder} holds another memory ({what}); give another --out, or remove that folder")


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield an empty folder; what it holds takes the place of the memory in ``folder`` when the block ends well."""
    aside = folder / ASIDE
    rmtree(aside, ignore_errors=True)
    fresh = not folder.exists()
    aside.mkdir(parents=True)
    try:
        yield aside
        remove_partial(folder)
        for name in REPLACED:
            (folder / name).unlink(missing_ok=True)
        for file in sorted((one for one in aside.iterdir() if one.is_file()), key=lambda one: one.name == SEAL):
            os.replace(file, folder / file.name)  # the seal goes last: without it nothing is read
    finally:
        rmtree(aside, ignore_errors=True)
        if fresh:
            with suppress(OSError):  # of a build that failed nothing is left, unless it listed what it left out
                folder.rmdir()
