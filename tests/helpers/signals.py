"""Signals in processes that tests start."""

import signal


def heed_interrupts() -> None:
    """Undo what a shell does to a command in the background: it ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
