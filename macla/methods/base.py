"""The seam: how the harness builds, runs and improves a memory, whatever memory it is. This page explains the whole.

::

    trajectories ──Method.build──▶ Learned ──actor()──▶ Actor ──begin, then act(session) until the episode is over
                                      ▲                                   │
                                      └───────── absorb(episodes) ◀───────┘      (practice, online evaluation)

A method is a class with a ``name`` and ``Settings``, registered under the entry point ``macla.methods``.
:mod:`macla.methods.none` (the model alone) and :mod:`macla.methods.nearest` (a baseline) are the shortest examples.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from macla.benchmarks.supplied import Script
from macla.benchmarks.trajectory import Trajectory
from macla.encoder import Encoder
from macla.methods.episode import Episode
from macla.methods.reading import Reader
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings
from macla.models.requests import FrozenModel
from macla.progress import Report, silent


@dataclass(frozen=True)
class Interface:
    """What a prompt says about a benchmark: the action grammar in words, and one fixed example."""

    help: str
    example: str


@dataclass(frozen=True)
class Tools:
    """What the harness lends a method."""

    encoder: Encoder
    """Text → unit vectors."""
    model: FrozenModel
    """Answers typed requests; its weights never change."""
    reader: Reader
    """Reads texts through the benchmark's lexicon."""
    interface: Interface
    seed: int = 0
    """The run's seed; randomness of an episode derives from ``session.seed`` instead."""
    report: Report = silent
    """Shows progress: called with (stage, done, total)."""
    rules: Callable[[str, str], Script] | None = None
    """The benchmark's fixed rules (:class:`macla.benchmarks.supplied.Ruled`), lent to the method that asks for them."""
    admissible: Callable[[Any], Sequence[str]] | None = None
    """Lists what is admissible in an environment (:class:`macla.benchmarks.supplied.Listing`), lent likewise: whatever
    else acts must never be told."""


class Actor(Protocol):
    """Plays one episode, turn by turn. Episodes may run in several threads, so an actor shares nothing that changes."""

    def begin(self, session: Session) -> None:
        """Prepare for a session that has just started; asking the model here may already cost steps."""
        ...

    def act(self, session: Session) -> Decision:
        """Take one turn, of one action or many (``session.say``, ``session.perform``), and return what was decided."""
        ...


class Learned(Protocol):
    """A memory: what a method learned, and goes on learning."""

    def tasks(self) -> frozenset[str]:
        """Return the ids of the tasks it learned from; none of them may be evaluated."""
        ...

    def actor(self, *, practising: bool = False) -> Actor:
        """Return the actor of one episode; in practice it explores rather than do what it knows best."""
        ...

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Learn from scored episodes, in their order: practice on training tasks, or online evaluation."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything that :meth:`Method.load` needs to ``folder``."""
        ...

    def figures(self) -> Mapping[str, float]:
        """Return what summaries and learning curves show of it, e.g. ``n_procedures``."""
        ...

    def describe(self, name: str | None = None) -> list[str]:
        """Return it in words for the console, or one item of it in full; UserError when there is no such item."""
        ...


class Method(Protocol):
    """How a memory is made.

    One that is no memory but an opponent of memories may have a class attribute ``asks_for`` (``"rules"`` or
    ``"admissible"``): that of :class:`Tools` is lent to it alone, and a benchmark without it is refused in one line.
    One whose memory is text in the prompt of a model that takes every step itself has ``acts_by = "prompt"``; tables
    mark all others as acting by ``"code"``.
    """

    name: ClassVar[str]
    Settings: ClassVar[type[MethodSettings]]
    """``memory.*`` of the configuration: every constant with its default, source and reason."""
    builds: ClassVar[bool]
    """Whether it learns from trajectories; one that does not (the model alone) needs no ``macla build-memory``."""

    def __init__(self, settings: Any) -> None: ...

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> Learned:
        """Return what is learned from expert trajectories (successes and failures, labelled), in their order."""
        ...

    def load(self, folder: Path, tools: Tools) -> Learned:
        """Return what :meth:`Learned.save` wrote to ``folder``; UserError when it does not read."""
        ...
