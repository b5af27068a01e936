"""How MACLA hands tasks over to another method (``memory.grounded``): everything that such a method has to offer.

Whoever takes a task over reads its trajectories, cuts them into segments and acts on it in its own way. What comes of
it is stored, selected and credited like everything else, so that each is told apart only where it differs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from macla import plugins
from macla.errors import UserError
from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.macla.acting.grounding import Grounding
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.learning.abstract import Abstracter, Relevance
from macla.methods.macla.learning.trace import TakesOver, Trace
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.session import Session


class Learner(Protocol):
    """What was learned from all traces, for cutting them into segments."""

    def abstracter(self, number: int, trace: Trace, relevance: Relevance) -> Abstracter:
        """Return what abstracts the ``number``-th trace, one that was handed over."""
        ...


class Absorber(Protocol):
    """Learns from batches of the agent's own episodes."""

    def note(self, episode: Episode, memory: Memory) -> None:
        """Take in one episode."""
        ...

    def contrast(self, memory: Memory) -> None:
        """Change ``memory`` by what the episodes so far tell, where contrast is not switched off."""
        ...


class HandOver(TakesOver, Protocol):
    """A method that takes over some tasks."""

    def learn(self, traces: Sequence[Trace], memory: Memory, tools: Tools) -> Learner:
        """Learn from all traces, as events of ``memory``."""
        ...

    def grounding(self, session: Session, roles: Roles, selector: Selector) -> Grounding:
        """Return how it understands such a task while acting."""
        ...

    def absorber(self, tools: Tools) -> Absorber:
        """Return what learns from the agent's own episodes."""
        ...

    def state(self, memory: Memory) -> Mapping[str, Any]:
        """Return its part of ``memory.json``."""
        ...

    def describe(self, memory: Memory) -> list[str]:
        """Return its part of ``macla memory show``."""
        ...


def find(settings: Settings) -> HandOver | None:
    """Return the method that ``memory.grounded`` names; None where no task is handed over."""
    if settings.grounded == "none":
        return None
    method = plugins.load(plugins.METHODS, settings.grounded, "method")
    if not hasattr(method, "handover"):
        raise UserError(f"memory.grounded={settings.grounded}: that method takes no tasks over; type none or cloning")
    return method.handover(settings)  # type: ignore[no-any-return]
