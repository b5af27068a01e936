"""The ontology: frequent words and their near neighbours, so that lexically different texts still match.

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

    def heads(self) -> dict[str, str]:
        """Return, for every known word, the word that stands for its cluster.

        Words are taken by falling frequency: one that stands in no cluster yet heads its own, C_w, of those that stand
        in none either. So a head is the most frequent of its cluster, every other word of it is closer to the head
        than θ_sim, and near words do not chain distant ones together (Default; the paper's C_w overlap).
        """
        heads: dict[str, str] = {}
        for word in self.words:
            if word not in heads:
                heads[word] = word
                for other in self.alike(word):
                    heads.setdefault(other, word)
        return heads


class Translator:
    """Puts texts into the words of memory before they are embedded.

    Words that memory never met become the nearest word it knows. With ``by_cluster``, known words (these among them)
    become the head of their cluster: then contexts and descriptors alike must be translated.
    """

    def __init__(self, ontology: Ontology, encoder: Encoder, theta_sim: float, *, by_cluster: bool = False) -> None:
        self._head = ontology.heads() if by_cluster else {word: word for word in ontology.words}
        self._words = ontology.words
        self._vectors = encoder.encode(ontology.words) if ontology.words else None
        self._encoder = encoder
        self._theta = theta_sim
        self.nearest = lru_cache(maxsize=65536)(self._nearest)

    def translate(self, text: str) -> str:
        """Return ``text`` with every word replaced by the one that stands for it, if any does."""
        if self._vectors is None:
            return text
        return _WORD.sub(lambda match: self.nearest(match.group()), text)

    def _nearest(self, word: str) -> str:
        """Return what stands for a word: of an unknown one the nearest known when closer than θ_sim, else itself."""
        if word in self._head or self._vectors is None:
            return self._head.get(word, word)
        cosines = self._vectors @ self._encoder.encode([word])[0]
        best = int(np.argmax(cosines))
        return self._head[self._words[best]] if cosines[best] > self._theta else word


def frequent_words(texts: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """Return the ``limit`` most frequent words of ``texts`` (text → times), ties alphabetically."""
    counts: dict[str, int] = {}
    for text, times in texts.items():
        for word in _WORD.findall(text.lower()):
            counts[word] = counts.get(word, 0) + times
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:limit])
