"""The names of a world's cities and states, and ISO dates, found in running text."""

import re
from collections.abc import Iterable

from macla.benchmarks.lexicon import Mention

_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


class Gazetteer:
    """The names of cities and states, found in running text."""

    def __init__(self, cities: Iterable[str], states: Iterable[str]) -> None:
        self.cities, self.states = frozenset(cities), frozenset(states)
        names = sorted(self.cities | self.states, key=lambda name: (-len(name), name))
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")

    def found(self, text: str, start: int, end: int) -> list[re.Match[str]]:
        """Return where a city or state is named in ``text[start:end]``."""
        return list(self._pattern.finditer(text, start, end))

    def plain(self, text: str, start: int, end: int) -> list[Mention]:
        """Return cities, states and ISO dates of an observation (a name that is both is a city), by position."""
        found = [
            Mention(match.group(), "city" if match.group() in self.cities else "state", *match.span())
            for match in self.found(text, start, end)
        ]
        found += [Mention(match.group(), "date", *match.span()) for match in _ISO_DATE.finditer(text, start, end)]
        return sorted(found, key=lambda mention: mention.start)
