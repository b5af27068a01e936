"""What written statements gave, and which of them is the answer."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Given:
    """What the statements of one task gave, in order.

    Example:
        ``given.add("take box", "You get a box.")``; then ``given.best`` is ``"take box"``.
    """

    agree: int
    """Statements that give the same before it is taken for the answer."""
    nothing: Callable[[str], bool]
    """Whether feedback names nothing."""
    last: str = ""
    """The statement that was executed last."""
    _times: Counter[str] = field(default_factory=Counter)
    """Feedback → how many statements gave it."""
    _feedback: dict[str, str | None] = field(default_factory=dict)
    """Statement → its feedback; None where it was refused."""

    def new(self, statement: str) -> bool:
        """Whether the statement was not executed yet."""
        return statement not in self._feedback

    def add(self, statement: str, feedback: str | None) -> None:
        """Note what a statement gave that was executed; None: it was refused."""
        self._feedback[statement], self.last = feedback, statement
        if feedback is not None:
            self._times[feedback] += 1

    def repeat(self, statement: str) -> None:
        """Note that a statement was written again, which would give the same."""
        feedback = self._feedback[statement]
        if feedback is not None:
            self._times[feedback] += 1

    @property
    def settled(self) -> bool:
        """Whether enough statements gave the same thing."""
        return any(times >= self.agree and not self.nothing(given) for given, times in self._times.items())

    @property
    def best(self) -> str | None:
        """The first statement of those that most agree with, and that gave something; None where all were refused."""
        given = min(self._times, key=lambda one: (self.nothing(one), -self._times[one]), default=None)
        if given is None:
            return None
        return next(statement for statement, gave in self._feedback.items() if gave == given)
