"""Read a question by rule, for a model that knows no language: the values and numbers that it names outright."""

import re
from collections.abc import Iterator

from envs.intercode_sql.lexicon import SQLLexicon
from macla.benchmarks.lexicon import Mention

_QUOTED = re.compile(r"[\"“'‘](?=\S)([^\"”“’']*?)[\"”’'](?!\w)")
_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_DIGITS = {word: str(number) for number, word in enumerate(_WORDS.split(), 1)}
_NUMBER = re.compile(rf"(?<![\w.])(?:\d+(?:\.\d+)?|{'|'.join(_DIGITS)})(?!\w)", re.I)
_CAPITALS = re.compile(r"(?:[A-Z][\w.-]*)(?: (?:[A-Z][\w.-]*|of the|of)(?= [A-Z]| ?[A-Z]))* ?(?:[A-Z][\w.-]*)?")


class ReadingLexicon(SQLLexicon):
    """The lexicon that reads questions too: their ``value`` and ``number``."""

    def mentions(self, text: str) -> list[Mention]:
        """Return what an observation shows, or what a question names, in order of appearance."""
        if self.rejected(text) or text.startswith("["):
            return super().mentions(text)
        return sorted(_question(text), key=lambda mention: mention.start)


def _question(text: str) -> Iterator[Mention]:
    """Yield quoted texts and names in capitals as values, and numbers, in digits or words, as digits."""
    taken: list[tuple[int, int]] = []
    for pattern, group in ((_QUOTED, 1), (_CAPITALS, 0)):
        for found in pattern.finditer(text):
            name = found[group].strip().rstrip(".")
            start = found.start(group)
            starts_sentence = start == 0 or text[:start].rstrip().endswith((".", "?", "!"))
            if not name or (pattern is _CAPITALS and starts_sentence and " " not in name):
                continue
            if any(start < end and begin < start + len(name) for begin, end in taken):
                continue
            taken.append((start, start + len(name)))
            yield Mention(name, "value", start, start + len(name))
    for found in _NUMBER.finditer(text):
        if not any(found.start() < end and begin < found.end() for begin, end in taken):
            yield Mention(_DIGITS.get(found[0].lower(), found[0]), "number", found.start(), found.end())
