"""Text → unit vectors φ(·): MiniLM (the weights ship as a package), another model or, for tests, hashed words."""

import hashlib
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from macla.errors import UserError
from macla.files import remove_partial, write_atomic
from macla.minilm import Network, packaged

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Embeds texts. The vector of a text never depends on the texts beside it."""

    name: str

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row per text, shape (len(texts), dimension)."""
        ...


COMPARED = 8
"""Vectors that are computed again to tell an encoder by: another one differs in nearly every vector."""
NEAR = 1e-2
"""Tolerance of lengths and cosines: two builds of one encoder differ in last digits alone."""


def of_length_one(vectors: Vectors) -> bool:
    """Whether every row is a unit vector."""
    return bool(np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=NEAR))


def gives(encoder: Encoder, texts: Sequence[str], vectors: Vectors) -> bool:
    """Whether the encoder gives these vectors for these texts: a few, evenly spread, are computed again."""
    if not texts:
        return True
    places = np.unique(np.linspace(0, len(texts) - 1, COMPARED).astype(int))
    ours, theirs = encoder.encode([texts[place] for place in places]), vectors[places]
    return ours.shape == theirs.shape and bool((np.sum(ours * theirs, axis=1) > 1 - NEAR).all())


class MiniLM:
    """all-MiniLM-L6-v2, loaded from its package on first use (UserError without it). Threads may share one."""

    name = "all-MiniLM-L6-v2"
    dimension = 384

    def __init__(self) -> None:
        self._network: Network | None = None
        self._blas = ThreadpoolController().select(user_api="blas")
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the embeddings, one text at a time: batches would change the last bits of a vector.

        So could several threads of BLAS, which so few rows gain little from. Its limit holds for the whole process,
        hence one caller at a time.
        """
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        with self._lock:
            if self._network is None:
                self._network = Network(packaged())
            with self._blas.limit(limits=1):
                for row, text in zip(rows, texts, strict=True):
                    row[:] = self._network.embed(text)
        return rows


def content_of(folder: Path) -> str:
    """Return 12 hex digits that depend on the names and the content of all files in a folder; empty when it has none.

    Weights, configuration and tokenizer all change vectors; what begins with a dot (``.git``) does not.
    """
    digest = hashlib.sha256()
    inside = [file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_file()]
    files = [name for name in inside if not any(part.startswith(".") for part in name.parts)]
    for name in files:
        with (folder / name).open("rb") as opened:
            digest.update(f"{name} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()[:12] if files else ""


class SentenceTransformers:
    """Any other Sentence-Transformer: a folder or a Hub name, loaded on first use. Threads may share one."""

    def __init__(self, model: str) -> None:
        self.name = model
        self.content = content_of(Path(model))
        self._loaded: Any = None
        self._lock = Lock()

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model."""
        return len(self.encode([""])[0])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the embeddings, one text at a time; UserError when the model or sentence-transformers is missing."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            rows = [self._loaded.encode(text, normalize_embeddings=True, show_progress_bar=False) for text in texts]
        return np.asarray(rows, dtype=np.float32) if rows else np.empty((0, self.dimension), dtype=np.float32)

    def _load(self) -> Any:
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        try:
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ModuleNotFoundError:
            need = "needs sentence-transformers; type pip install 'macla[encoders]'"
            raise UserError(f"encoder.model={self.name} {need}") from None
        logging.disable_progress_bar()
        torch.set_num_threads(1)
        try:
            return SentenceTransformer(self.name, device="cpu")
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"encoder.model={self.name}: not a folder or Hub name that loads ({reason})") from None


class Hashing:
    """Signed feature hashing of words: no model, no meaning beyond shared words. For tests and quick looks."""

    def __init__(self, dimension: int = 384) -> None:
        self.dimension = dimension
        self.name = f"hashing-{dimension}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return normalised bags of hashed words; an empty text is the first unit vector."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+|[<>…]", text.lower()):
                digest = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
                row[digest % self.dimension] += 1.0 if digest >> 63 else -1.0
            norm = float(np.linalg.norm(row))
            if norm:
                row /= norm
            else:
                row[0] = 1.0
        return rows


class Cached:
    """Remembers vectors by text, also across runs: worker processes then seldom need to load the model.

    The file on disk is named by the encoder and by the ``content`` of what it is loaded from (:func:`content_of`).
    Threads may share one; two that miss the same text at once both compute it.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None, content: str = "") -> None:
        self.encoder = encoder
        self.name = encoder.name
        name = "-".join(filter(None, (re.sub(r"[^A-Za-z0-9.-]+", "_", encoder.name), content)))
        self._file = folder / f"{name}.npz" if folder else None
        self._known: dict[str, NDArray[np.float32]] = {}
        self._fresh = False
        if self._file is not None and self._file.is_file():
            self._read(self._file)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors, computing only those not seen before."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._known))
        if missing:
            new = self.encoder.encode(missing)
            if len(next(iter(self._known.values()), new[0])) != len(new[0]):
                self._known = {}  # the file was another encoder's
                return self.encode(texts)
            self._known.update(zip(missing, new, strict=True))
            self._fresh = True
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])

    def save(self) -> None:
        """Write the cache if it grew (atomically; concurrent writers lose nothing but cache entries).

        A cache that cannot be written (disk full, read-only) costs time, not results: that is said, no more.
        """
        if self._file is None or not self._fresh:
            return
        self._fresh = False
        known = dict(self._known)  # a copy: other threads may add to it meanwhile
        buffer = io.BytesIO()
        np.savez(buffer, texts=np.array(list(known), dtype=np.str_), vectors=np.array(list(known.values())))
        try:
            remove_partial(self._file.parent)
            write_atomic(self._file, buffer.getvalue())
        except OSError as error:
            print(f"macla: the cache {self._file} is not written ({error.strerror or error})", file=sys.stderr)

    def _read(self, file: Path) -> None:
        """Read the cache; one that does not read, or holds no unit vectors, is worth nothing and is made anew."""
        try:
            with np.load(file, allow_pickle=False) as stored:
                texts, vectors = stored["texts"], stored["vectors"]
                if vectors.dtype != np.float32 or vectors.ndim != 2 or not of_length_one(vectors):
                    raise ValueError("no unit vectors")
                self._known = dict(zip(map(str, texts), vectors, strict=True))
        except Exception:  # zip, zlib and numpy raise a dozen kinds for damaged files
            self._known = {}


def nearest_first(encoder: Encoder, text: str, others: Sequence[str]) -> list[int]:
    """Return the places of ``others``, one at least, the nearest to ``text`` by cosine first, of equals the earlier."""
    cosines = encoder.encode(list(others)) @ encoder.encode([text])[0]
    return [int(place) for place in (-cosines).argsort(kind="stable")]
