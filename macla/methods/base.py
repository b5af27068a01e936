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
from macla.spread import Spread, here


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
    spread: Spread = here
    """Applies a function to many items: in this process, or in those of the runner."""
    rules: Callable[[str, str], Script] | None = None
    """The benchmark's fixed rules (:class:`macla.benchmarks.supplied.Ruled`), lent to the method that asks for them."""
    admissible: Callable[[Any], Sequence[str]] | None = None
    """Lists what is admissible in an environment (:class:`macla.benchmarks.supplied.Listing`), lent likewise: whatever
    else acts must never be told."""


class Actor(Protocol):
    """Plays one episode, turn by turn. Episodes may run in several threads, so an actor shares nothing that changes.

    Example:
        One that always says the same::

            class Insistent:
                def begin(self, session: Session) -> None: ...

                def act(self, session: Session) -> Decision:
                    step = len(session.steps)
                    return Decision(step=step, kind="rule", chosen="look", success=session.say("look"))
    """

    def begin(self, session: Session) -> None:
        """Prepare for a session that has just started; asking the model here may already cost steps.

        Args:
            session: The episode: its task and first observation are known, no action was taken.

        Raises:
            InfrastructureError: The model is out of reach; the episode is tried again.
        """
        ...

    def act(self, session: Session) -> Decision:
        """Take one turn, of one action or many (``session.say``, ``session.perform``), and return what was decided.

        It is called until ``session.over``; a turn that takes no action must not be the rule, for only steps end an
        episode.

        Args:
            session: The episode, in which at least one more step may be taken.

        Returns:
            What was chosen and how it ended; the harness logs it.

        Raises:
            InfrastructureError: The model or the environment is out of reach; the episode is tried again.
        """
        ...


class Learned(Protocol):
    """A memory: what a method learned, and goes on learning.

    Example:
        What the harness does with it::

            actor = learned.actor()
            actor.begin(session)
            while not session.over:
                session.decisions.append(actor.act(session))
            learned.absorb([episode])  # in practice and online evaluation alone
            learned.save(folder)
    """

    def tasks(self) -> frozenset[str]:
        """Return the ids of the tasks it learned from; none of them may be evaluated.

        Returns:
            Ids as in :attr:`macla.benchmarks.base.Task.id`, of demonstrations and of practice.
        """
        ...

    def actor(self, *, practising: bool = False) -> Actor:
        """Return the actor of one episode; in practice it explores rather than do what it knows best.

        Args:
            practising: Whether the episode is practice on a training task.

        Returns:
            A fresh actor. Several may act at once, in threads, on the memory as it is now.
        """
        ...

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Learn from scored episodes, in their order: practice on training tasks, or online evaluation.

        Args:
            episodes: One batch. All of them were played on the memory as it was before.

        Raises:
            InfrastructureError: The model, where learning asks it, is out of reach.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write everything that :meth:`Method.load` needs to ``folder``.

        Args:
            folder: An existing folder; the harness seals the files that are written there with their checksums.
        """
        ...

    def figures(self) -> Mapping[str, float]:
        """Return what summaries and learning curves show of it, e.g. ``n_procedures``.

        Returns:
            Figures by name; the same names whenever it is asked. 0 under ``n_procedures`` means that nothing was
            learned, which makes a build an error.
        """
        ...

    def describe(self, name: str | None = None) -> list[str]:
        """Return it in words for the console, or one item of it in full.

        Args:
            name: Id of an item; None for all, a line each.

        Returns:
            Lines to print.

        Raises:
            UserError: There is no item of that name.
        """
        ...


class Method(Protocol):
    """How a memory is made.

    One that is no memory but an opponent of memories may have a class attribute ``asks_for`` (``"rules"`` or
    ``"admissible"``): that of :class:`Tools` is lent to it alone, and a benchmark without it is refused in one line.
    One whose memory is text in the prompt of a model that takes every step itself has ``acts_by = "prompt"``; tables
    mark all others as acting by ``"code"``.

    Example:
        :mod:`macla.methods.none` and :mod:`macla.methods.nearest`; a package of its own in ``docs/cookbook.md``.
    """

    name: ClassVar[str]
    Settings: ClassVar[type[MethodSettings]]
    """``memory.*`` of the configuration: every constant with its default, source and reason."""
    builds: ClassVar[bool]
    """Whether it learns from trajectories; one that does not (the model alone) needs no ``macla build-memory``."""

    def __init__(self, settings: Any) -> None: ...

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> Learned:
        """Return what is learned from expert trajectories (successes and failures, labelled), in their order.

        Args:
            trajectories: Of training tasks alone; a task may have several.
            tools: Encoder, model, reader and the rest that the harness lends.

        Returns:
            The memory.

        Raises:
            UserError: Nothing can be learned from these trajectories; one line that says what to do.
            InfrastructureError: The model is out of reach.
        """
        ...

    def load(self, folder: Path, tools: Tools) -> Learned:
        """Return what :meth:`Learned.save` wrote to ``folder``.

        Args:
            folder: The memory directory; the checksums of its files have been compared.
            tools: As in :meth:`build`.

        Returns:
            The memory as it was saved.

        Raises:
            UserError: It does not read.
        """
        ...
