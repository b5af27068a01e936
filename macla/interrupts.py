"""Signals that ask this process to end (Ctrl-C, kill, a closed terminal) all end it alike: nothing is left behind."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Which signal came, if one did, and whether it has to wait."""

    number: int | None = None
    held: bool = False


_current = Interrupts()


@contextmanager
def interruptible() -> Iterator[Interrupts]:
    """Raise KeyboardInterrupt inside the block for every signal that asks us to end.

    A signal that is ignored (as SIGHUP is under ``nohup``) stays so. A second one ends the process at once.
    """
    global _current
    came = _current = Interrupts()

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.number = number
        for other in before:
            signal.signal(other, signal.SIG_DFL)
        if not came.held:
            raise KeyboardInterrupt

    wanted = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in wanted}
    try:
        yield came
    finally:
        _current = Interrupts()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held_back() -> Iterator[None]:
    """Let a signal wait until the block is done: for code in which Python would drop the exception (callbacks)."""
    came = _current
    came.held = True
    try:
        yield
    finally:
        came.held = False
    if came.number is not None:
        raise KeyboardInterrupt


@contextmanager
def kept() -> Iterator[None]:
    """Keep our handlers of the signals that ask us to end through a block in which another package sets its own."""
    ours = {number: handler for number in ENDING if (handler := signal.getsignal(number)) is not None}
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)
