"""The ontology's clusters: C_w = {w' : sim(φ(w), φ(w')) > θ_sim} (``docs/spec/paper.md §8``, Eq 7)."""

from collections.abc import Sequence

import numpy as np

from macla.encoder import Vectors


def clusters(words: Sequence[str], vectors: Vectors, theta_sim: float) -> dict[str, tuple[str, ...]]:
    """Return, for every word that has any, the other words whose vectors are closer than θ_sim, nearest first.

    ``vectors`` holds one unit vector a word, shape (words, dimension).
    """
    cosines = vectors @ vectors.T
    result = {}
    for row, word in enumerate(words):
        order = np.argsort(-cosines[row], kind="stable")
        near = [words[k] for k in order if k != row and cosines[row, k] > theta_sim]
        if near:
            result[word] = tuple(near)
    return result
