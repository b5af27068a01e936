"""Nearest procedures to a context: cosine similarity over the embedded descriptors, all of them in one product."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macla.encoder import Vectors


class Index:
    """Vectors of procedures; a procedure may own several (one per goal it served) and counts by its nearest."""

    def __init__(self, owners: Sequence[str], vectors: Vectors) -> None:
        self.ids = list(dict.fromkeys(owners))
        position = {owner: index for index, owner in enumerate(self.ids)}
        self._owner = np.array([position[owner] for owner in owners], dtype=np.intp)
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    def nearest(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions (into :attr:`ids`) of the ``k`` nearest procedures and their cosines, best first.

        Of equally near ones the first of :attr:`ids` comes first.
        """
        best = np.full(len(self.ids), -np.inf)
        np.maximum.at(best, self._owner, self._cosines(query))
        order = np.argsort(-best, kind="stable")[:k]
        return order, best[order]

    def _cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        # row by row, unlike a matrix product of BLAS, which gives equal rows cosines that differ in the last bit
        cosines: NDArray[np.float32] = np.vecdot(self._vectors, query)
        return cosines
