"""Nearest procedures to a context: cosine similarity over the embedded descriptors, all of them in one product."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macla.encoder import Vectors

PRODUCT_UP_TO = 100_000
"""Vectors. Above it FAISS's exact search gives the cosines, where the extra ``ann`` is installed."""


class Index:
    """Vectors of procedures; a procedure may own several (one per goal it served) and counts by its nearest."""

    def __init__(self, owners: Sequence[str], vectors: Vectors) -> None:
        self.ids = list(dict.fromkeys(owners))
        position = {owner: index for index, owner in enumerate(self.ids)}
        self._owner = np.array([position[owner] for owner in owners], dtype=np.intp)
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._faiss = _faiss(self._vectors) if len(owners) > PRODUCT_UP_TO and find_spec("faiss") else None

    def nearest(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions (into :attr:`ids`) of the ``k`` nearest procedures and their cosines, best first.

        Of equally near ones the first of :attr:`ids` comes first.
        """
        best = np.full(len(self.ids), -np.inf)
        np.maximum.at(best, self._owner, self._cosines(query))
        order = np.argsort(-best, kind="stable")[:k]
        return order, best[order]

    def _cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._faiss is not None:
            found, rows = self._faiss.search(query.reshape(1, -1), len(self._vectors))
            cosines: NDArray[np.float32] = found[0][np.argsort(rows[0])]
        else:  # row by row, unlike a matrix product of BLAS, where equal rows get cosines that differ in the last bit
            cosines = np.vecdot(self._vectors, query)
        return cosines


def _faiss(vectors: Vectors) -> Any:
    """Return FAISS's index of all ``vectors``."""
    import faiss

    made = faiss.IndexFlatIP(vectors.shape[1])
    made.add(vectors)
    return made
