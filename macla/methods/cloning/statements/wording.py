"""How an instruction is worded: its words in order, where it speaks of what, and the cues that this gives.

Words of what was named or seen stand as kinds of thing, so that wordings of different worlds become alike.
"""

import re
from functools import cached_property
from typing import NamedTuple

from macla.encoder import Encoder
from macla.methods.belief import Belief
from macla.methods.cloning.settings import CloningConstants
from macla.methods.reading import outermost
from macla.methods.words import singular, split

Cues = dict[str, float]
"""Cue → its strength."""
DECIMALS = 4
"""Of an instruction's vector among the cues."""
_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")


class TextSpan(NamedTuple):
    """Where an instruction speaks of an entity: the words, and which share of the entity's name they are."""

    places: tuple[int, ...]
    share: float


NOWHERE = TextSpan((), 0.0)


class Wording:
    """The instruction of an episode as it is understood now."""

    def __init__(self, belief: Belief, settings: CloningConstants) -> None:
        self.belief = belief
        self.settings = settings
        self.words: list[str] = []
        self._spans: dict[str, TextSpan] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._named: dict[str, list[int]] = {}
        position = 0
        for mention in outermost(belief.reader.read(belief.task).mentions):
            self._say(belief.task[position : mention.start])
            self._named.setdefault(mention.name, []).append(len(self.words))
            self.words.append(f"<{mention.type}>")
            position = mention.end
        self._say(belief.task[position:])

    def _say(self, text: str) -> None:
        self.words += [singular(found.lower()) for found in _TOKEN.findall(text)]

    def span(self, name: str) -> TextSpan:
        """Return where the instruction speaks of an entity by most words of its name, close together."""
        if name not in self._spans:
            self._spans[name] = self._found(name)
        return self._spans[name]

    def _found(self, name: str) -> TextSpan:
        if name in self._named:
            return TextSpan((self._named[name][0],), 1.0)
        own = self.name(name)
        if not own or name in self.belief.named:
            return NOWHERE
        best: tuple[int, ...] = ()
        for start, word in enumerate(self.words):
            if word in own:
                window = range(start, min(start + len(own) + 1, len(self.words)))
                first = {self.words[place]: place for place in reversed(window) if self.words[place] in own}
                if len(first) > len(best):
                    best = tuple(sorted(first.values()))
        return TextSpan(best, len(best) / len(own))

    def name(self, name: str) -> frozenset[str]:
        """Return the words of an entity's name as it was last shown; none where that is no name but a text."""
        if name not in self._names:
            own = frozenset(map(singular, split(self.belief.things.text.get(name, name))))
            self._names[name] = own if len(own) <= self.settings.tree.longest_name + 1 else frozenset()
        return self._names[name]

    @cached_property
    def understood(self) -> list[str]:
        """The words, those of what was seen replaced by its kind."""
        known: dict[str, str] = {}
        for name, kind in self.belief.types.items():
            if name not in self.belief.named:
                for word in self.name(name):
                    known.setdefault(word, f"<{kind}>")
        return [known.get(word, word) for word in self.words]

    def cues(self, encoder: Encoder) -> Cues:
        """Return the words and pairs of words, a few words in a row as they are understood, and their meaning."""
        longest = self.settings.statements.longest_run
        plain, understood = ["^", *self.words, "$"], ["^", *self.understood, "$"]
        found = {*_runs(plain, 1), *_runs(plain, 2), *_runs(understood, 2), *_runs(understood, longest)}
        kinds = [word for word in understood if word.startswith("<")]
        found |= {f"{min(kinds.count(kind), self.settings.statements.most_times)} times {kind}" for kind in kinds}
        vector = encoder.encode([" ".join(self.understood)])[0] * self.settings.statements.meaning
        return dict.fromkeys(sorted(found), 1.0) | {f"#{k}": round(float(x), DECIMALS) for k, x in enumerate(vector)}


def _runs(tokens: list[str], length: int) -> list[str]:
    return [" ".join(tokens[start : start + length]) for start in range(len(tokens) - length + 1)]
