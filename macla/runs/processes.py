"""A pool of processes on this machine, which end with the one that started them."""

import atexit
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from macla.errors import InfrastructureError
from macla.interrupts import held_back
from macla.runs.pool import Desk, Opening

_desk: Desk | None = None


class Processes:
    """A :class:`macla.runs.pool.Pool`: its processes start with the first job and live until :meth:`close`."""

    def __init__(self, count: int, opening: Opening) -> None:
        self._count = count
        self._opening = opening
        self._executor: ProcessPoolExecutor | None = None

    def lend(self, folder: Path | None) -> Path | None:
        """Return the directory: these processes see it."""
        return folder

    def each(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield ``work(desk, *job)`` of every job, as they finish."""
        with held_back(), _no_interrupts():
            if self._executor is None:
                context = _spawning()
                self._executor = ProcessPoolExecutor(self._count, context, _start, self._opening)
            begun = [self._executor.submit(_one, work, *job) for job in jobs]
        yield from _finished(begun)

    def close(self, *, wait: bool = True) -> None:
        """End the processes."""
        if self._executor is not None:
            self._executor.shutdown(wait=wait, cancel_futures=True)
            self._executor = None


def _spawning() -> Any:
    """Return the context that spawns, whatever the default method is.

    New processes are told the default, too, and end over one they do not know, such as "loky" of joblib's launcher.
    """
    if multiprocessing.get_start_method(allow_none=True) not in (None, *multiprocessing.get_all_start_methods()):
        multiprocessing.set_start_method("spawn", force=True)
    return multiprocessing.get_context("spawn")


def _finished(futures: Sequence[Future[Any]]) -> Iterator[Any]:
    try:
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool:
        raise InfrastructureError("a worker process died; run the same command again to resume") from None


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, though they share our terminal: they end with us, without a word."""
    quiet = "ignore:resource_tracker"  # it would warn, in the user's face, of what it cleans up after a kill
    sys.warnoptions.append(quiet)
    resource_tracker.ensure_running()  # now, because its start lets signals through again
    sys.warnoptions.remove(quiet)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however that ended (kill -9 included)."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "workers are started by a process"
    parent.join()
    os._exit(1)


def _start(make: Callable[..., Desk], given: tuple[Any, ...]) -> None:
    global _desk
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _desk = make(*given)
    atexit.register(_desk.close)


def _one(work: Callable[..., Any], *job: Any) -> Any:
    return work(_desk, *job)
