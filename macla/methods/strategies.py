"""Titled strategies, distilled from every attempt, solved or failed, found by its task (after ReasoningBank, 2025).

What is ours: whether an attempt succeeded is the environment's word, not a judging model's; nothing is sampled several
times to compare.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.prompted import Note, Prompted, Writer, attempted
from macla.methods.settings import MethodSettings, key
from macla.models.malformed import Malformed
from macla.models.requests import Distil, Strategy


class StrategiesSettings(Writer):
    """The ``memory`` section of the configuration for strategies."""

    method: Literal["strategies"] = "strategies"
    name: str = "strategies"
    most: int = key(3, "ours", "strategies that an attempt gives, at most", ge=1)


class StrategyBank(Prompted):
    """Strategies (``memory=strategies``)."""

    name: ClassVar[str] = "strategies"
    Settings: ClassVar[type[MethodSettings]] = StrategiesSettings

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Note], tools: Tools) -> list[Note]:
        """Return the notes and one for each attempt, with its strategies."""
        replies = tools.model.ask([
            Distil(
                help=tools.interface.help,
                reply_tokens=self.settings.reply_tokens,
                most=self.settings.most,
                attempt=attempted(attempt),
            )
            for attempt in attempts
        ])  # fmt: skip
        written = [
            Note(about=attempt.task, text=in_words(reply.strategies[: self.settings.most]))
            for attempt, reply in zip(attempts, replies, strict=True)
            if not isinstance(reply, Malformed) and reply.strategies
        ]
        return [*notes, *written]


def in_words(strategies: Sequence[Strategy]) -> str:
    """Return strategies as a prompt shows them."""
    return "\n\n".join(f"{one.title}\n{one.description}\n{one.content}" for one in strategies)
