"""The ontology: frequent words and their near neighbours, so that words never met still match.

See ``docs/spec/paper.md §8``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from macla.encoder import Encoder

_WORD = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True)
class Ontology:
    """Words by falling frequency, and C_w = {w' : sim(φ(w), φ(w')) > θ_sim} for each (Eq 7)."""

    words: tuple[str, ...] = ()
    clusters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def alike(self, word: str) -> tuple[str, ...]:
        """Return the known words close to ``word``, nearest first; empty for an unknown word."""
        return self.clusters.get(word, ())


class Translator:
    """Maps words that memory never met to the nearest word it knows, before a context is embedded."""

    def __init__(self, ontology: Ontology, encoder: Encoder, theta_sim: float) -> None:
        self._known = set(ontology.words)
        self._words = ontology.words
        self._vectors = encoder.encode(ontology.words) if ontology.words else None
        self._encoder = encoder
        self._theta = theta_sim
        self.nearest = lru_cache(maxsize=65536)(self._nearest)

    def translate(self, text: str) -> str:
        """Return ``text`` with every unknown word that is close enough to a known one replaced by it."""
        if self._vectors is None:
            return text
        return _WORD.sub(lambda match: self.nearest(match.group()), text)

    def _nearest(self, word: str) -> str:
        """Return the nearest known word when it is closer than θ_sim, else ``word`` itself."""
        if word in self._known or self._vectors is None:
            return word
        cosines = self._vectors @ self._encoder.encode([word])[0]
        best = int(np.argmax(cosines))
        return self._words[best] if cosines[best] > self._theta else word


def frequent_words(texts: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """Return the ``limit`` most frequent words of ``texts`` (text → times), ties alphabetically."""
    counts: dict[str, int] = {}
    for text, times in texts.items():
        for word in _WORD.findall(text.lower()):
            counts[word] = counts.get(word, 0) + times
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:limit])
