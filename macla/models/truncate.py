"""The rule by which a prompt is cut to the model's context.

A token is taken to be three bytes (English text has about four, so this errs on the safe side). When a prompt is too
long, what environments wrote is shortened, never the instruction, the interface or the example: first every such text
is cut to at most 1600, 800, … 50 characters (two thirds from its head, one third from its tail; the newest observation
has four times as much), then lists keep only their first and their last items: 32, 16, … 2. The first rung of this
ladder that fits is taken. Items keep their numbers, so replies that name numbers stay right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
BYTES_PER_TOKEN = 3
GAP = " […] "


@dataclass(frozen=True)
class Cut:
    """One rung: how much of texts and lists a prompt shows. Templates call its methods."""

    characters: int | None = None
    items: int | None = None

    def text(self, text: str, share: int = 1) -> str:
        """Return ``text`` within ``share`` times the characters allowed: its head and its tail."""
        if self.characters is None or len(text) <= share * self.characters:
            return text
        tail = share * self.characters // 3
        return text[: share * self.characters - tail] + GAP + text[len(text) - tail :]

    def numbered(self, items: Sequence[T]) -> list[tuple[int, T]]:
        """Return (number, item) of the items shown: all, or the first and the last ones."""
        pairs = list(enumerate(items))
        if self.items is None or len(pairs) <= self.items:
            return pairs
        return pairs[:1] + pairs[len(pairs) - self.items + 1 :]


LADDER = (
    Cut(),
    *(Cut(characters) for characters in (1600, 800, 400, 200, 100, 50)),
    *(Cut(50, items) for items in (32, 16, 8, 4, 2)),
)


def tokens(text: str) -> int:
    """Return an upper estimate of the tokens of ``text``."""
    return -(-len(text.encode(errors="replace")) // BYTES_PER_TOKEN)


def fit(render: Callable[[Cut], str], budget: int) -> str | None:
    """Return the fullest rendering within ``budget`` tokens; None when even the shortest is longer."""
    for cut in LADDER:
        text = render(cut)
        if tokens(text) <= budget:
            return text
    return None
