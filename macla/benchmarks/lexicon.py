"""What an adapter tells the method about its interface: entities, commands, rejection. Never strategy."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable


class Mention(NamedTuple):
    """One entity found in a text: its full name, its type, and where it stands (``text[start:end]``)."""

    name: str
    """As commands spell it, unique within an episode."""
    type: str
    """The kind of thing; what procedures are abstracted over."""
    start: int
    end: int


class Command(NamedTuple):
    """An action string taken apart: a verb template with ``{}`` for each argument, and the arguments."""

    verb: str
    arguments: tuple[str, ...]


class Lexicon(Protocol):
    """How text of one benchmark is read and written. Stateless, deterministic, fast (called every step)."""

    def mentions(self, text: str) -> list[Mention]:
        """Return the typed entities in ``text``, an observation, in order of appearance.

        Of an instruction only a :class:`macla.benchmarks.base.ReadsRequests` says something, by its reading lexicon.
        """
        ...

    def parse(self, action: str) -> Command | None:
        """Split an action into verb and arguments; None when it is not of the action grammar."""
        ...

    def render(self, command: Command) -> str:
        """Return the action string; the inverse of :meth:`parse`."""
        ...

    def rejected(self, feedback: str) -> bool:
        """Whether ``feedback`` says that the last action was not understood or not possible."""
        ...


@runtime_checkable
class Paged(Protocol):
    """What a lexicon adds whose observations are pages of fields, not prose: it knows where statements are."""

    def statements(self, text: str) -> list[tuple[int, int]]:
        """Return the spans (start, end) that say something of the situation; whatever else stands there is content."""
        ...


@runtime_checkable
class Answering(Protocol):
    """What a lexicon adds whose feedback names things in short: their full names take the command it answers."""

    def answer(self, command: Command, text: str) -> list[Mention]:
        """Return the typed entities in the feedback ``text`` to an accepted ``command``, in order of appearance."""
        ...


class Looks(NamedTuple):
    """Actions that only show what a thing holds; empty where there is none."""

    rest: str = ""
    """Shows what the feedback that was seen of the thing cut off."""
    examples: str = ""
    """Shows a few of the things that it holds."""


@runtime_checkable
class Looking(Protocol):
    """What a lexicon adds whose interface has actions that only show what a thing holds and change nothing."""

    def looks(self, name: str, type: str, shown: str) -> Looks:
        """Return the actions that show of a thing what ``shown``, the feedback that was seen of it, leaves open."""
        ...


@runtime_checkable
class Composite(Protocol):
    """What a lexicon adds whose commands are put together from parts, each of which can be learned by itself."""

    def parts(self, command: Command) -> list[Command]:
        """Return the parts of a command in order; the command alone when it is not put together."""
        ...

    def whole(self, parts: Sequence[Command]) -> Command:
        """Return the command that parts make; the inverse of :meth:`parts`."""
        ...
