"""What recurs in episodes: sequences of procedures, counted over a recent window (``docs/spec/paper.md §7``)."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.settings import Composition

Key = tuple[tuple[str, ...], str]
"""A sequence of procedures without immediate repetitions, and the goal it served."""


@dataclass(frozen=True, kw_only=True)
class MetaRun:
    """One run of a meta-procedure in an episode of the agent's own."""

    meta: str
    success: bool
    ran: frozenset[str]
    """The procedures that it ran: what is missing was skipped, or never reached."""


@dataclass(frozen=True, kw_only=True)
class Sequences:
    """One episode as composition sees it: the procedures that achieved their postconditions, in order."""

    goal: str
    procedures: tuple[str, ...]
    before: tuple[tuple[Fact, ...], ...]
    """The situation before each of them."""
    success: bool
    shown: bool
    """Whether it is a demonstration."""
    steps: int
    """Primitive actions: what it takes of the episode buffer."""
    metas: tuple[MetaRun, ...] = ()
    """The meta-procedures that ran in it."""


@dataclass(frozen=True)
class Run:
    """How a sequence was carried out in one episode."""

    times: tuple[int, ...]
    """How often each of its procedures ran in a row."""
    after: str
    """The procedure right before the sequence; empty where the episode began with it."""


@dataclass
class Recurrence:
    """What is known of one sequence under one goal."""

    times: int = 0
    """Successful episodes that ended with it, since memory was last told …"""
    shown: int = 0
    """… and how many of them were demonstrations."""
    failed: int = 0
    """Demonstrations that ended with it and failed at its last procedure."""
    before: Counter[Fact] = field(default_factory=Counter)
    runs: list[Run] = field(default_factory=list)
    frequency: float = 0.0
    """The highest share of the window's episodes that ever ended with it: the recurrence that made it a candidate."""
    recurred: bool = False

    def told(self) -> None:
        """Begin to count anew what memory was not told of."""
        self.times, self.shown, self.failed, self.before = 0, 0, 0, Counter()


class Recent:
    """The episode buffer: the latest episodes, as many as the window holds and as their steps fit N_b."""

    def __init__(self, settings: Composition) -> None:
        self.settings = settings
        self._episodes: deque[Sequences] = deque(maxlen=settings.window)

    def add(self, episode: Sequences) -> None:
        """Take in an episode; the oldest leave, but never the new one."""
        self._episodes.append(episode)
        while len(self._episodes) > 1 and sum(kept.steps for kept in self._episodes) > self.settings.buffer:
            self._episodes.popleft()

    def endings(self, goal: str, length: int) -> Iterator[tuple[str, ...]]:
        """Yield the last ``length`` procedures of each successful episode under ``goal`` that has so many."""
        for episode in self._episodes:
            names = collapse(episode.procedures)[0]
            if episode.success and episode.goal == goal and len(names) >= length:
                yield names[-length:]

    def times(self, sequence: tuple[str, ...], goal: str) -> int:
        """Return how many successful episodes under ``goal`` ended with ``sequence``."""
        return sum(ending == sequence for ending in self.endings(goal, len(sequence)))


@lru_cache(maxsize=1024)
def collapse(procedures: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Return (procedures without immediate repetitions, how often each ran in a row, index of each first run)."""
    names: list[str] = []
    runs: list[int] = []
    first: list[int] = []
    for index, name in enumerate(procedures):
        if names and names[-1] == name:
            runs[-1] += 1
        else:
            names.append(name)
            runs.append(1)
            first.append(index)
    return tuple(names), tuple(runs), tuple(first)
