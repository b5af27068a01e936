"""Signals that wait: none is lost, none comes in the middle of what must not be interrupted."""

import os
import signal

import pytest

from macla.interrupts import held_back, interruptible


def test_a_signal_waits_until_the_block_is_done() -> None:
    done = False
    with pytest.raises(KeyboardInterrupt), interruptible() as interrupts, held_back():
        os.kill(os.getpid(), signal.SIGTERM)
        done = True
    assert done
    assert interrupts.number == signal.SIGTERM


def test_a_signal_of_before_is_none_of_the_next_block() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
    with held_back():
        pass
