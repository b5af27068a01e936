"""The folder of caches, writing that a kill cannot tear (temporary file, fsync, rename), locks, checksums, hashes."""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from macla.errors import UserError, why

CHECK = "check"
"""Key of a JSON object under which the fingerprint of its other values stands."""
PARTIAL = re.compile(r"^\..+\.(\d+)\.partial$")
"""Name of a file that is being written, with the process that writes it."""


def home() -> Path:
    """Return the folder for data and caches: ``$MACLA_HOME`` or ``~/.cache/macla``."""
    return Path(os.environ.get("MACLA_HOME", "~/.cache/macla")).expanduser()


def check_folder(folder: Path, named: str = "--out ") -> None:
    """Raise UserError when no file can be written to ``folder``; nothing is left there by trying.

    ``named`` is what a user types before the folder.
    """
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
        for path in missing:
            path.rmdir()
    except OSError as error:
        raise UserError(f"{named}{folder}: nothing can be written there ({error.strerror}); give another") from None


@contextmanager
def locked(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the file at ``path`` in the block: another process that wants it waits; a killed one lets it go.

    ``waiting`` is called before this one waits for another.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_atomic(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Write ``content``, whole or in parts, to ``path``: readers see the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    parts = (content,) if isinstance(content, str | bytes) else content
    try:
        with partial.open("wb") as file:
            for part in parts:
                file.write(part.encode() if isinstance(part, str) else part)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        _name(error, path)
        raise


def _name(error: BaseException, path: Path) -> None:
    """Say in an error of the system which file it was: a full disk does not."""
    if isinstance(error, OSError) and error.errno and error.filename is None:
        error.filename = str(path)


def remove_partial(folder: Path) -> None:
    """Remove the files of a folder that processes left half-written when they were killed."""
    for file in folder.iterdir() if folder.is_dir() else ():
        named = PARTIAL.match(file.name)
        if named and not _alive(int(named[1])):
            file.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # somebody else's
    return process != os.getpid()  # a number that was given again: this process is writing nothing now


def append_line(path: Path, line: str) -> None:
    """Append one line and flush it to the disk; a last line that a kill tore is closed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as lines:
        torn = lines.tell() > 0 and not _ends_line(path)
        try:
            lines.write((b"\n" if torn else b"") + line.encode() + b"\n")
            lines.flush()
            os.fsync(lines.fileno())
        except OSError as error:
            _name(error, path)
            raise


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON with sorted keys, atomically."""
    write_atomic(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def write_checked(path: Path, values: dict[str, Any]) -> None:
    """Write a JSON object with a fingerprint of its values, so that :func:`read_checked` notices any change."""
    plain = json.loads(json.dumps(values))
    write_json(path, {**plain, CHECK: fingerprint(plain)})


def read_checked(path: Path, *, older: bool = False) -> dict[str, Any]:
    """Return what :func:`write_checked` wrote; OSError, or ValueError with the reason when it was changed.

    ``older``: whether files without a checksum, of earlier versions, are read, too; the caller knows their shape then.
    """
    values = parse_object(path.read_bytes())
    check = values.pop(CHECK, None)
    if check is None and not older:
        raise ValueError("it carries no checksum")
    if check is not None and check != fingerprint(values):
        raise ValueError("it was changed since it was written")
    return values


def parse_object(content: str | bytes) -> dict[str, Any]:
    """Return a JSON object; ValueError with the reason when the content is none."""
    try:
        values = json.loads(content.decode() if isinstance(content, bytes) else content)
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError(why(error)) from None
    if not isinstance(values, dict):
        raise ValueError("it is no JSON object")
    return values


def fingerprint(values: Any) -> str:
    """Return 12 hex digits that depend on every value, not on the order of keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
