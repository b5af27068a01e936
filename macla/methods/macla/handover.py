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
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.grounding import Grounding
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.learning.abstract import Abstracter, Relevance
from macla.methods.macla.learning.trace import TakesOver, Trace
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import MODEL, Settings
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

    def acts_on(self, session: Session, memory: Memory) -> bool:
        """Whether it acts on the task of an episode that has just begun."""
        ...

    def read(self, session: Session, memory: Memory, tools: Tools) -> ParsedTask | None:
        """Read the instruction of such a task; None when the episode ended over replies of no use."""
        ...

    def grounding(self, session: Session, roles: Roles, selector: Selector, tools: Tools) -> Grounding:
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


def find(settings: Settings, language_model: bool = False) -> HandOver | None:
    """Return the method that takes tasks over (``memory.grounded``); None where no task is handed over."""
    name = settings.acted_by(language_model)
    if name == "none":
        return None
    if name == MODEL:
        from macla.methods.asking.handover import AskingHandOver

        return AskingHandOver(settings)
    method = plugins.load(plugins.METHODS, name, "method")
    if not hasattr(method, "handover"):
        raise UserError(f"memory.grounded={name}: that method takes no tasks over; type none or cloning")
    return method.handover(settings)  # type: ignore[no-any-return]


def check(settings: Settings, language_model: bool) -> None:
    """Raise UserError where acting would leave a language model out, or needs one and has none."""
    name = settings.acted_by(language_model)
    if name == MODEL and not language_model:
        raise UserError("memory.grounded=model needs a language model (model=…); type memory.grounded=cloning or auto")
    if name == "cloning" and language_model:
        raise UserError(
            "memory.grounded=cloning leaves nothing to a language model: it reads instructions by rules and chooses by "
            "weights; type memory.grounded=model"
        )
