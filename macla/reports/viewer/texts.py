"""Texts of a page, each written once: observations, prompts and contexts repeat a great deal."""


class Texts:
    """Gives each text a number; ``table`` is what the page looks numbers up in."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text, a new one the first time."""
        return self._numbers.setdefault(text, len(self._numbers))

    def lines(self, text: str) -> list[int]:
        """Return the numbers of a text's lines: prompts of one purpose share most of theirs."""
        return [self.number(line) for line in text.split("\n")]

    @property
    def table(self) -> list[str]:
        """All texts, by their numbers."""
        return list(self._numbers)
