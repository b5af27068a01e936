"""Writing a memory: what a model makes of attempts, to be shown to itself as notes when it acts (``Act.notes``)."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from macla.models.requests.base import R, Reply, Request


class Attempt(BaseModel):
    """An attempt at a training task as a model is shown it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    solved: bool
    first_observation: str
    steps: tuple[tuple[str, str], ...]
    """(action, observation) of every step."""


class Writing(Request[R]):
    """What all these requests begin with, so that servers compute it once: the interface."""

    help: str
    """The action grammar in words."""
    reply_tokens: int
    """Most tokens of the reply, in place of the model's own limit: texts are longer than single steps."""


class Workflow(Reply):
    """How tasks of one kind are done: a name, and the steps with ``{placeholders}`` for what differs between them."""

    name: str
    steps: tuple[str, ...]


class Induce(Writing[Workflow]):
    """Write the workflow that solved attempts at similar tasks have in common."""

    purpose: ClassVar[str] = "induce"
    reply: ClassVar[type[Reply]] = Workflow

    attempts: tuple[Attempt, ...]


class Edit(BaseModel):
    """A rule in other words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: int = -1
    """Its number; there is none to give while there are no rules."""
    text: str


class Operations(Reply):
    """What attempts change in a list of rules."""

    add: tuple[str, ...] = ()
    edit: tuple[Edit, ...] = ()
    upvote: tuple[int, ...] = ()
    """Numbers of rules that the attempts confirm."""
    downvote: tuple[int, ...] = ()
    """Numbers of rules that they speak against."""


class Criticise(Writing[Operations]):
    """Say what attempts change in a list of rules: a failed and a solved one at one task, or several solved ones."""

    purpose: ClassVar[str] = "criticise"
    reply: ClassVar[type[Reply]] = Operations

    attempts: tuple[Attempt, ...]
    rules: tuple[str, ...]


class Script(Reply):
    """How a task and others like it are done, a line a step."""

    lines: tuple[str, ...]


class WriteScript(Writing[Script]):
    """Put a solved attempt into an abstract script, or mend a script that an attempt followed or should have."""

    purpose: ClassVar[str] = "write_script"
    reply: ClassVar[type[Reply]] = Script

    script: tuple[str, ...] = ()
    """The script so far; empty where there is none yet."""
    attempt: Attempt


class Strategy(BaseModel):
    """Something that an attempt teaches for other tasks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    description: str
    content: str


class Strategies(Reply):
    """What an attempt teaches."""

    strategies: tuple[Strategy, ...]


class Distil(Writing[Strategies]):
    """Say what an attempt teaches: of a solved one why it worked, of a failed one what would have avoided that."""

    purpose: ClassVar[str] = "distil_strategies"
    reply: ClassVar[type[Reply]] = Strategies

    most: int
    """Strategies that are asked for, at most."""
    attempt: Attempt


class Page(Reply):
    """A page of lines."""

    lines: tuple[str, ...]


class RewritePage(Writing[Page]):
    """Write a page of advice anew after some attempts; what is not written again is forgotten."""

    purpose: ClassVar[str] = "rewrite_page"
    reply: ClassVar[type[Reply]] = Page

    most: int
    """Lines that the page may have."""
    page: tuple[str, ...]
    attempts: tuple[Attempt, ...]
