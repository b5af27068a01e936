"""Signals that wait: none is lost, none comes in the middle of what must not be interrupted."""

import os
import signal

import pytest

from macla.interrupts import held_back, interruptible


def test_a_signal_waits_until_the_block_is_done() -> None:
    done = []

    def interrupted() -> None:
        with held_back():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("all of it")
        done.append("what follows")

    with interruptible() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert interrupts.number == signal.SIGTERM
    assert done == ["all of it"]


def test_a_signal_of_before_is_none_of_the_next_block() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
    with held_back():
        pass
