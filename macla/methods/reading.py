"""Read a text through the adapter's lexicon: entities with their types, and sentences with the entities cut out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from macla.benchmarks.lexicon import Answering, Command, Composite, Lexicon, Mention, Paged

_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]?")
_LIST_GLUE = re.compile(r"^\s*(?:,|and|or|;|a|an|the|\s)*\s*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its entities cut out: the pattern and the entity of each hole (lists: one hole, many)."""

    pattern: str
    holes: tuple[tuple[str, ...], ...]


def prose(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of ``text``."""
    return [match.span() for match in _SENTENCE.finditer(text) if match.group().strip()]


def sentences(text: str, mentions: Iterable[Mention], spans: Iterable[tuple[int, int]]) -> list[Sentence]:
    """Cut the entity mentions out of the sentences at ``spans``: as ``<>``, enumerations as ``<…>``."""
    found = outermost(mentions)
    return [_cut(text, start, end, [m for m in found if start <= m.start and m.end <= end]) for start, end in spans]


def outermost(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions in order, without those that begin inside the one before."""
    result: list[Mention] = []
    for mention in sorted(mentions, key=lambda mention: (mention.start, -mention.end)):
        if not result or mention.start >= result[-1].end:
            result.append(mention)
    return result


def _cut(text: str, start: int, end: int, inside: list[Mention]) -> Sentence:
    """Return one sentence as pattern and holes; neighbours that only list glue separates share a hole."""
    pattern, holes, position = "", list[tuple[str, ...]](), start
    index = 0
    while index < len(inside):
        group = [inside[index]]
        while index + 1 < len(inside) and _LIST_GLUE.match(text[inside[index].end : inside[index + 1].start]):
            index += 1
            group.append(inside[index])
        pattern += text[position : group[0].start] + ("<>" if len(group) == 1 else "<…>")
        holes.append(tuple(mention.name for mention in group))
        position = group[-1].end
        index += 1
    return Sentence((pattern + text[position:end]).strip(), tuple(holes))


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read: entities with their types, and sentence patterns."""

    mentions: tuple[Mention, ...]
    types: tuple[tuple[str, str], ...]
    sentences: tuple[Sentence, ...]
    rejected: bool


class Reader:
    """Reads texts through a lexicon and remembers recent readings (the same feedback recurs often)."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.composes = isinstance(lexicon, Composite)
        self._answers = lexicon if isinstance(lexicon, Answering) else None
        self._pages = lexicon if isinstance(lexicon, Paged) else None  # asking for a protocol takes longer than reading
        self.read = lru_cache(maxsize=8192)(self._read)
        self.answer = lru_cache(maxsize=8192)(self._answer)
        self.parse = lru_cache(maxsize=8192)(lexicon.parse)
        self.parts = lru_cache(maxsize=8192)(self._parts)

    def __reduce__(self) -> tuple[type["Reader"], tuple[Lexicon]]:
        """Travel to other processes without what was read here."""
        return Reader, (self.lexicon,)

    def _parts(self, command: Command) -> list[Command]:
        """Return the parts that a command is put together from; none when it is not."""
        found = self.lexicon.parts(command) if isinstance(self.lexicon, Composite) else []
        return found if len(found) > 1 else []

    def whole(self, parts: Sequence[Command]) -> Command:
        """Return the command that parts make; ValueError when nothing is put together here."""
        if not isinstance(self.lexicon, Composite):
            raise ValueError("commands of this interface are not put together from parts")
        return self.lexicon.whole(parts)

    def _answer(self, command: Command, text: str) -> Reading:
        """Return the reading of the feedback to an accepted command."""
        if self._answers is None:
            return self.read(text)
        return self._reading(text, self._answers.answer(command, text))

    def _read(self, text: str) -> Reading:
        return self._reading(text, self.lexicon.mentions(text))

    def _reading(self, text: str, mentions: list[Mention]) -> Reading:
        types = tuple({m.name: m.type for m in mentions}.items())
        spans = self._pages.statements(text) if self._pages is not None else prose(text)
        rejected = self.lexicon.rejected(text)
        return Reading(tuple(mentions), types, tuple(sentences(text, mentions, spans)), rejected)
