"""Nearest procedures to a context: cosine similarity over the embedded descriptors (FAISS, exact inner product)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macla.encoder import Vectors


class Index:
    """Vectors of procedures; a procedure may own several (one per goal it served) and counts by its nearest."""

    def __init__(self, owners: Sequence[str], vectors: Vectors) -> None:
        import faiss

        self.ids = list(dict.fromkeys(owners))
        position = {owner: index for index, owner in enumerate(self.ids)}
        self._owner = np.array([position[owner] for owner in owners], dtype=np.intp)
        self._widest = int(np.bincount(self._owner).max()) if owners else 0
        self._faiss = faiss.IndexFlatIP(vectors.shape[1] if len(owners) else 1)
        if len(owners):
            self._faiss.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def nearest(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions (into :attr:`ids`) of the ``k`` nearest procedures and their cosines, best first."""
        if not self.ids:
            return np.empty(0, dtype=np.intp), np.empty(0)
        wanted = min(len(self._owner), k * self._widest)
        cosines, rows = self._faiss.search(query.reshape(1, -1), wanted)
        owners, first = np.unique(self._owner[rows[0]], return_index=True)
        order = np.argsort(first, kind="stable")[:k]
        return owners[order], cosines[0][first[order]].astype(np.float64)
