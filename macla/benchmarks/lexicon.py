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
    """How text of one benchmark is read and written. Stateless, deterministic, fast (called every step).

    Example:
        Of rooms with things in them::

            lexicon.mentions("On the desk 1, you see a mug 2.")  # desk 1 (desk), mug 2 (mug)
            lexicon.parse("take mug 2 from desk 1")              # Command("take {} from {}", ("mug 2", "desk 1"))
            lexicon.rejected("Nothing happens.")                 # True
    """

    def mentions(self, text: str) -> list[Mention]:
        """Return the typed entities in ``text``, an observation, in order of appearance.

        Of an instruction only a :class:`macla.benchmarks.base.ReadsRequests` says something, by its reading lexicon.

        Args:
            text: What the environment said.

        Returns:
            A mention for each place where one stands.
        """
        ...

    def parse(self, action: str) -> Command | None:
        """Split an action into verb and arguments.

        Args:
            action: An action string.

        Returns:
            The command; None when the action is not of the action grammar.
        """
        ...

    def render(self, command: Command) -> str:
        """Return the action string; the inverse of :meth:`parse`.

        Args:
            command: Verb and arguments.

        Returns:
            What the environment is sent.
        """
        ...

    def rejected(self, feedback: str) -> bool:
        """Whether ``feedback`` says that the last action was not understood or not possible.

        Args:
            feedback: The observation after an action.

        Returns:
            True for a refusal; an answer that disappoints is none.
        """
        ...


@runtime_checkable
class Paged(Protocol):
    """What a lexicon adds whose observations are pages of fields, not prose: it knows where statements are.

    Example:
        A page with two lines of state above its content: ``return [(0, len("Total 3\\nPage 1"))]``
    """

    def statements(self, text: str) -> list[tuple[int, int]]:
        """Return the spans that say something of the situation; whatever else stands there is content.

        Args:
            text: An observation.

        Returns:
            (start, end) of each, in order.
        """
        ...


@runtime_checkable
class Answering(Protocol):
    """What a lexicon adds whose feedback names things in short: their full names take the command it answers.

    Example:
        The columns of a table, which only ``DESC`` says whose they are: after ``DESC singer`` the text ``Name`` is
        ``singer.Name``.
    """

    def answer(self, command: Command, text: str) -> list[Mention]:
        """Return the typed entities in the feedback to a command, in order of appearance.

        Args:
            command: An accepted command.
            text: What the environment answered.

        Returns:
            A mention for each place where one stands, under its full name.
        """
        ...


class Looks(NamedTuple):
    """Actions that only show what a thing holds; empty where there is none."""

    rest: str = ""
    """Shows what the feedback that was seen of the thing cut off."""
    examples: str = ""
    """Shows a few of the things that it holds."""


@runtime_checkable
class Looking(Protocol):
    """What a lexicon adds whose interface has actions that only show what a thing holds and change nothing.

    Example:
        ``Looks(examples="look into box 1")`` of a box whose parts were all seen.
    """

    def looks(self, name: str, type: str, shown: str) -> Looks:
        """Return the actions that show what was not seen yet of a thing.

        Args:
            name: The thing.
            type: Its type.
            shown: The feedback that was seen of it.

        Returns:
            Actions, each empty where there is none.
        """
        ...


@runtime_checkable
class Surveying(Protocol):
    """What a lexicon adds whose interface shows, by one action, the parts of several things at once.

    Example:
        Of tables: one query for the columns of all that are named, in place of a ``DESC`` for each.
    """

    def survey(self, names: Sequence[str]) -> str:
        """Return the action.

        Args:
            names: Things that have parts, at least one.

        Returns:
            An action that changes nothing.
        """
        ...

    def surveyed(self, feedback: str) -> dict[str, str]:
        """Return what a survey showed.

        Args:
            feedback: The answer to such an action, which may be cut off.

        Returns:
            Thing → its parts, for those that are shown whole; the first as far as it goes where none is.
        """
        ...


@runtime_checkable
class Composite(Protocol):
    """What a lexicon adds whose commands are put together from parts, each of which can be learned by itself.

    Example:
        The clauses of a query: ``lexicon.whole(lexicon.parts(command)) == command``
    """

    def parts(self, command: Command) -> list[Command]:
        """Return the parts of a command in order.

        Args:
            command: Any command.

        Returns:
            Its parts; the command alone when it is not put together.
        """
        ...

    def whole(self, parts: Sequence[Command]) -> Command:
        """Return the command that parts make; the inverse of :meth:`parts`.

        Args:
            parts: In order.

        Returns:
            The command.
        """
        ...
