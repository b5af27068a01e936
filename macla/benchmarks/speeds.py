"""What a bench finds out: how fast something is, beside a reference that does the same in the same run."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Speed:
    """A line of ``macla bench report``.

    Example:
        ``Speed("selection among 199 procedures", "selections", 9_000.0, "a plain loop", 45.0)``
    """

    what: str
    unit: str
    """What is counted: the figures are so many a second."""
    figure: float
    reference: str
    """What it is compared with."""
    of_reference: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as fast as the reference."""
        return self.figure / self.of_reference


@dataclass(frozen=True)
class Skipped:
    """A bench that could not run here."""

    what: str
    why: str


def per_second(call: Callable[[], object], *, count: int = 1, seconds: float = 0.5) -> float:
    """Return how many things a second a call does that does ``count`` of them.

    Args:
        call: What is measured. One call warms up, unless a single one takes as long as ``seconds``.
        count: How many things one call does.
        seconds: How long it is called at least.

    Returns:
        Things a second.
    """
    started = perf_counter()
    call()
    if (first := perf_counter() - started) >= seconds:
        return count / first
    calls, started = 0, perf_counter()
    while (spent := perf_counter() - started) < seconds or not calls:
        call()
        calls += 1
    return calls * count / spent
