"""Answering a query: the best documents by BM25, ties by id."""

import numpy as np
from numpy.typing import NDArray

from envs.webshop.search import bm25
from envs.webshop.search.index import Index

RESULTS = 50
"""How many hits WebShop asks for (SEARCH_RETURN_N)."""

_BLOCK = 64


class SearchEngine:
    """Bag-of-words search over an :class:`Index`: any term may match, repeated terms count again."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def search(self, query: str, limit: int = RESULTS) -> list[str]:
        """Return the ids of at most ``limit`` documents, best first; none when no term is left."""
        # Lucene sums in double precision and ranks by the sum as a float.
        best = _largest(self._scores(query).astype(np.float32), limit)
        return [self.index.ids[number] for number in best]

    def _scores(self, query: str) -> NDArray[np.float64]:
        """Return every document's score."""
        index = self.index
        scores = np.zeros(len(index.ids), dtype=np.float64)
        for count, postings in index.matches(query):
            added = index.impacts[postings] if count == 1 else index.weighed(count, postings)
            scores[index.documents[postings]] += added
        return scores


def _largest(scores: bm25.Floats, limit: int) -> list[int]:
    """Return the positions of the ``limit`` largest positive scores, equal ones by position.

    The ``limit``-th largest of the blocks' maxima cannot exceed the ``limit``-th largest score, and fewer than
    ``limit`` blocks hold anything above it: what has to be sorted stays small however many scores are level.
    """
    maxima = np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK)) if len(scores) else scores
    bound = np.sort(maxima)[-limit] if len(maxima) >= limit else np.float32(0)
    above = np.flatnonzero(scores > bound)
    best: list[int] = above[np.argsort(-scores[above], kind="stable")][:limit].tolist()
    level = np.flatnonzero(scores == bound)[: limit - len(best)] if bound > 0 else above[:0]
    return [*best, *map(int, level)]
