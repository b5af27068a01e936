"""How fast the search is: ``python -m envs.webshop.bench [SIZE ...]`` prints a table (generated catalogues)."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from envs.webshop.catalogue import CatalogueFiles, load_products
from envs.webshop.files import default_data_dir, read_json
from envs.webshop.generate.catalogue import generated_files
from envs.webshop.search.engine import RESULTS, SearchEngine
from envs.webshop.search.index import Index, build, load, save
from macla.benchmarks.speeds import Speed

SIZES = (1_000, 60_000, 300_000)
QUERIES, FEW = 500, 10

T = TypeVar("T")


class Row(NamedTuple):
    """One line of the table. Times in the unit of their name, sizes in MB (10^6 bytes)."""

    products: int
    postings: int
    index_seconds: float
    open_ms: float
    query_ms: float
    disk_mb: float
    build_memory_mb: float
    """Peak of the process that builds, the catalogue included."""
    query_memory_mb: float
    """Peak of the process that only searches; the index is mapped, so only what is touched counts."""


def measure(products: int, folder: Path) -> Row:
    """Return the figures of one catalogue size, building and querying in fresh processes each."""
    files = generated_files(folder, products=products, seed=0)
    queries = _queries(files)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "index"
        postings, index_seconds, build_memory = _fresh(_build, files, home)
        open_ms, query_ms, query_memory = _fresh(_query, queries, home)
        disk = sum(path.stat().st_size for path in home.iterdir()) / 1e6
    return Row(products, int(postings), index_seconds, open_ms, query_ms, disk, build_memory, query_memory)


def _build(files: CatalogueFiles, home: Path) -> tuple[float, float, float]:
    """Return (postings, seconds, peak MB) of indexing."""
    documents = [product.document() for product in load_products(files)]
    start = time.perf_counter()
    index = build(documents)
    save(index, home)
    return len(index.documents), time.perf_counter() - start, _peak_memory()


def _query(queries: Sequence[str], home: Path) -> tuple[float, float, float]:
    """Return (ms to open the index, mean ms a query, peak MB) of searching."""
    start = time.perf_counter()
    engine = SearchEngine(load(home))
    opened = time.perf_counter()
    for query in queries:
        engine.search(query)
    ended = time.perf_counter()
    return (opened - start) * 1e3, (ended - opened) * 1e3 / len(queries), _peak_memory()


def _fresh(work: Callable[[T, Path], tuple[float, float, float]], given: T, home: Path) -> tuple[float, float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, given, home).result()


def speeds(folder: Path, sizes: Sequence[int] = SIZES) -> Iterator[Speed]:
    """Yield searches a second among generated products, beside a plain loop over the postings (``SpeedBench``)."""
    for products in sizes:
        files = generated_files(folder, products=products, seed=0)
        queries = _queries(files)
        with tempfile.TemporaryDirectory() as scratch:
            home = Path(scratch) / "index"
            _fresh(_build, files, home)
            ours = 1e3 / _fresh(_query, queries, home)[1]
            theirs, different, _ = _fresh(_plainly, queries[:FEW], home)
        same = f"{FEW} queries, {different:.0f} answered otherwise"
        yield Speed(f"WebShop search among {products:,} products", "queries", ours, "a plain loop", theirs, same)


def _queries(files: CatalogueFiles) -> list[str]:
    people = read_json(files.human)
    return [entries[0]["instruction"] for entries in islice(people.values(), QUERIES)]


def _plainly(queries: Sequence[str], home: Path) -> tuple[float, float, float]:
    """Return (queries a second, how many the engine answers otherwise, peak MB) of the plain loop."""
    index = load(home)
    engine, start = SearchEngine(index), time.perf_counter()
    found = [plain_search(index, query) for query in queries]
    seconds = time.perf_counter() - start
    different = sum(engine.search(query) != ids for query, ids in zip(queries, found, strict=True))
    return len(queries) / seconds, different, _peak_memory()


def plain_search(index: Index, query: str) -> list[str]:
    """Return what :meth:`SearchEngine.search` returns, by a loop over the postings and a sort of all that match."""
    scores: dict[int, float] = {}
    for count, postings in index.matches(query):
        added = index.weighed(count, postings)
        for document, impact in zip(index.documents[postings].tolist(), added.tolist(), strict=True):
            scores[document] = scores.get(document, 0.0) + impact
    ranked = sorted(scores, key=lambda document: (-np.float32(scores[document]), document))
    return [index.ids[document] for document in ranked[:RESULTS]]


def _peak_memory() -> float:
    """Peak resident memory of this process in MB, as Linux reports it (0 elsewhere)."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return sum(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM"))


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print the table in Markdown."""
    print("| products | postings | index s | open ms | query ms | disk MB | build memory MB | query memory MB |")
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        row = measure(size, default_data_dir())
        print("| " + " | ".join(f"{value:.2f}" if isinstance(value, float) else str(value) for value in row) + " |")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
