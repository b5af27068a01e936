"""An inverted index as flat arrays: built once, kept on disk, opened as a memory map."""

import hashlib
import os
import shutil
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.webshop.search import bm25
from envs.webshop.search.analyze import analyze

_FORMAT = "1"
"""Part of every cache key: raise it when the analysis, the scoring or the files change."""

_ARRAYS = ("offsets", "documents", "frequencies", "impacts", "inverse_norms")


class Document(NamedTuple):
    """What is indexed of one product."""

    id: str
    text: str


class Index(NamedTuple):
    """Postings sorted by term, then document. Documents are numbered by id in ascending order.

    Numbering by id makes Lucene's tie order (``asin`` ascending) the order of the numbers themselves.
    """

    ids: Sequence[str]
    terms: dict[str, int]
    offsets: NDArray[Any]
    """Postings of term t: ``offsets[t]`` to ``offsets[t + 1]``."""
    documents: NDArray[Any]
    frequencies: NDArray[Any]
    impacts: NDArray[Any]
    """Score a term adds when the query holds it once (float32)."""
    inverse_norms: NDArray[Any]
    scored_documents: int
    """N of the formula: documents with at least one term."""

    def matches(self, query: str) -> Iterator[tuple[int, slice]]:
        """Yield for each term of a query that documents hold: how often the query does, and where its postings are."""
        for term, count in Counter(analyze(query)).items():
            number = self.terms.get(term)
            if number is not None:
                yield count, slice(int(self.offsets[number]), int(self.offsets[number + 1]))

    def weighed(self, count: int, postings: slice) -> bm25.Floats:
        """Return what a term adds to each document of its postings, the query holding it ``count`` times."""
        documents = self.documents[postings]
        weight = np.float32(count) * bm25.idf(self.scored_documents, np.array(len(documents)))
        return bm25.impacts(weight, self.frequencies[postings], self.inverse_norms[documents])


def digest(documents: Sequence[Document]) -> str:
    """Return a hash (hex) of the documents and of the index format: the name of the cached index."""
    sha = hashlib.sha256(_FORMAT.encode())
    for document in documents:
        sha.update(f"\x1e{document.id}\x1f{document.text}".encode("utf-8", "surrogatepass"))
    return sha.hexdigest()[:32]


def build(documents: Iterable[Document]) -> Index:
    """Return the index of ``documents``; ids must be distinct."""
    ordered = sorted(documents)
    terms: dict[str, int] = {}
    owners, numbers, counts = array("i"), array("i"), array("i")
    lengths = np.zeros(len(ordered), dtype=np.int64)
    for number, document in enumerate(ordered):
        found = analyze(document.text)
        lengths[number] = len(found)
        for term, count in Counter(found).items():
            owners.append(terms.setdefault(term, len(terms)))
            numbers.append(number)
            counts.append(count)
    return _assemble([document.id for document in ordered], terms, lengths, owners, numbers, counts)


def _assemble(
    ids: list[str], terms: dict[str, int], lengths: NDArray[Any], owners: Any, numbers: Any, counts: Any
) -> Index:
    """Sort the postings by term and work out every impact."""
    owner = np.frombuffer(owners, dtype=np.int32) if owners else np.zeros(0, np.int32)
    order = np.argsort(owner, kind="stable")
    documents = (np.frombuffer(numbers, dtype=np.int32) if numbers else owner)[order]
    frequencies = (np.frombuffer(counts, dtype=np.int32) if counts else owner)[order]
    df = np.bincount(owner, minlength=len(terms))
    scored = int(np.count_nonzero(lengths))
    average = np.float32(lengths.sum() / max(scored, 1))
    norms = bm25.inverse_norms(lengths, average) if scored else np.zeros(len(ids), np.float32)
    weights = np.repeat(bm25.idf(scored, df), df)
    return Index(
        ids,
        terms,
        np.concatenate(([0], np.cumsum(df))),
        documents,
        frequencies,
        bm25.impacts(weights, frequencies, norms[documents]),
        norms,
        scored,
    )


def save(index: Index, folder: Path) -> None:
    """Write ``index`` to ``folder`` in one step: a reader sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=folder.name, dir=folder.parent))
    try:
        for name in _ARRAYS:
            np.save(partial / f"{name}.npy", getattr(index, name))
        np.save(partial / "scored_documents.npy", np.array(index.scored_documents))
        for name, lines in (("ids", index.ids), ("terms", index.terms)):
            (partial / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass", newline="")
        try:
            os.rename(partial, folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was faster with the same index
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def load(folder: Path) -> Index:
    """Return the index in ``folder``, its arrays memory-mapped."""
    # Plain views of the maps: slicing numpy's memmap class itself is slow.
    arrays = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _ARRAYS}
    terms = _lines(folder / "terms.txt")
    return Index(
        ids=_lines(folder / "ids.txt"),
        terms={term: number for number, term in enumerate(terms)},
        scored_documents=int(np.load(folder / "scored_documents.npy")),
        **arrays,
    )


def _lines(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "surrogatepass")
    return text.split("\n") if text else []


def cached(documents: Sequence[Document], folder: Path) -> Index:
    """Return the index of ``documents`` from ``folder``, building it there on first use."""
    home = folder / digest(documents)
    if not home.is_dir():
        save(build(documents), home)
    return load(home)
