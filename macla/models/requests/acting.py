"""Acting: a choice among candidates, a statement, a step."""

from typing import ClassVar

from macla.models.requests.base import Reply, Request


class Grounding(Reply):
    """The chosen candidate."""

    choice: int


class Ground(Request[Grounding]):
    """Choose the entity that fills a slot which templates and statistics could not bind."""

    purpose: ClassVar[str] = "ground"
    reply: ClassVar[type[Reply]] = Grounding

    task: str
    done: tuple[str, ...] = ()
    """The actions so far."""
    step: str
    slot: str
    candidates: tuple[str, ...]
    observation: str


class Written(Reply):
    """An action, written."""

    action: str


class Write(Request[Written]):
    """Write the action that answers a task, from what was looked up before."""

    purpose: ClassVar[str] = "write"
    reply: ClassVar[type[Reply]] = Written

    help: str
    examples: tuple[tuple[str, str], ...] = ()
    """(task, action) of training tasks, in other worlds."""
    known: tuple[str, ...]
    """What was looked up, a line a thing."""
    task: str
    here: tuple[tuple[str, str], ...] = ()
    """(task, action) of training tasks in this world."""
    tried: tuple[tuple[str, str], ...] = ()
    """(action, observation) of attempts that came to nothing."""
    temperature: float | None = None
    """In place of the model's own: further candidates are drawn, or a greedy model would repeat itself."""


class Action(Reply):
    """One zero-shot step: a thought and the action string."""

    thought: str = ""
    action: str


class Act(Request[Action]):
    """Take one step by itself, from the interface description, the history, and notes where a memory has some."""

    purpose: ClassVar[str] = "act"
    reply: ClassVar[type[Reply]] = Action

    task: str
    help: str
    example: str
    notes: tuple[str, ...] = ()
    """What a memory retrieved for this task, in words."""
    first_observation: str
    history: tuple[tuple[str, str], ...]
    """(action, observation) of every step so far."""
    entities: tuple[str, ...]
    """Entities seen so far, in order of appearance."""
    seed: int
