"""Whose server listens on a port: two locked files, which the kernel unlocks when the processes that hold them end.

``PORT.owner`` is held by the process that starts a server, or shared by those that use one that stays (``kept.py``);
``PORT.server`` by the server itself: it holds the number of its process group. A server without an owner was left
behind, or stays until somebody needs the port: it is ended.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from macla.errors import InfrastructureError, UserError
from macla.files import home

POLL_S = 0.1


class Files:
    """The files of a port."""

    def __init__(self, port: int) -> None:
        folder = home() / "servers"
        folder.mkdir(parents=True, exist_ok=True)
        self.owner, self.server = folder / f"{port}.owner", folder / f"{port}.server"
        self.told = folder / f"{port}.json"
        """What a server that stays runs."""
        self.log = folder / f"{port}.log"
        """Its output."""

    @contextmanager
    def sharing(self) -> Iterator[bool]:
        """Hold the owner's file together with others; yield False where a process has it for itself."""
        with _open(self.owner) as owner:
            yield _lock(owner, fcntl.LOCK_SH)

    def group(self) -> int:
        """Return the process group of the server that runs, 0 when none does."""
        with _open(self.server) as server:
            return 0 if _lock(server) else int(server.read() or 0)


@contextmanager
def claimed(port: int, grace_s: float) -> Iterator[IO[bytes]]:
    """Yield the file to hand to the server; a server without an owner on the port is ended first.

    UserError when the port belongs to another process that still runs; InfrastructureError when the server does not
    end.
    """
    files = Files(port)
    with ExitStack() as opened:
        owner, server = (opened.enter_context(_open(path)) for path in (files.owner, files.server))
        if not _lock(owner):
            raise UserError(
                f"port {port} is taken by the server of another macla; use it with model.base_url="
                f"http://127.0.0.1:{port}/v1, or type e.g. model.server.port={port + 1}"
            )
        if not _lock(server):
            _end(server, port, grace_s)
        files.told.unlink(missing_ok=True)
        yield server


def _open(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)


def _lock(file: IO[bytes], kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(server: IO[bytes], port: int, grace_s: float) -> None:
    """End the process group that holds the lock, and take it."""
    group = int(server.read() or 0)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if group > 1:
            with suppress(ProcessLookupError):
                os.killpg(group, number)
        end = time.monotonic() + grace_s
        while time.monotonic() < end:
            if _lock(server):
                print(f"ended the server that an earlier macla left on port {port}", file=sys.stderr, flush=True)
                return
            time.sleep(POLL_S)
    raise InfrastructureError(f"the server that an earlier macla left on port {port} does not end: kill -9 -{group}")
