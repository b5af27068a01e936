"""How fast plans are evaluated, beside the same evaluator over pandas look-ups (the official way of reading tables)."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from envs.travelplanner.database import Database, Places
from envs.travelplanner.evaluate.verdict import evaluate
from macla.benchmarks.speeds import Speed


class PandasPlaces(Places[Any]):
    """Places searched by masks over a data frame; the slow reference for :meth:`Places.matching`."""

    def __init__(self, rows: Iterable[Any]) -> None:
        import pandas as pd

        self._all = list(rows)
        super().__init__(self._all)
        self._table = pd.DataFrame([(row.name, row.city) for row in self._all], columns=["name", "city"])

    def matching(self, name: str, city: str) -> Sequence[Any]:
        """Return the rows of ``city`` whose name contains ``name``."""
        table = self._table
        mask = table["name"].astype(str).str.contains(name, regex=False) & (table["city"] == city)
        return [self._all[index] for index in table.index[mask]]


@dataclass(frozen=True)
class Throughput:
    """Plans a second on one core."""

    ours: float
    pandas: float
    plans: int
    same_verdicts: bool


def measure(cases: Sequence[tuple[Mapping[str, Any], Any]], database: Database, *, seconds: float = 1.0) -> Throughput:
    """Return the rate over ``cases`` (query, plan), and that of the pandas reference on the first few of them.

    Ours starts with an empty memory of look-ups; it then goes round the cases for ``seconds``.
    """
    fresh = _rebuilt(database, Places)
    rounds = _forever(cases)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        evaluate(*next(rounds), fresh)
        count += 1
    ours = count / (time.perf_counter() - start)
    reference = _rebuilt(database, PandasPlaces)
    few = cases[:10]
    start = time.perf_counter()
    verdicts = [evaluate(query, plan, reference) for query, plan in few]
    pandas = len(few) / (time.perf_counter() - start)
    same = verdicts == [evaluate(query, plan, database) for query, plan in few]
    return Throughput(ours, pandas, count, same)


def speeds(cases: Sequence[tuple[Mapping[str, Any], Any]], database: Database) -> Iterator[Speed]:
    """Yield the evaluator's speed beside the pandas look-ups (``SpeedBench``)."""
    found = measure(cases, database)
    same = "same verdicts" if found.same_verdicts else "verdicts differ"
    yield Speed("TravelPlanner evaluator", "plans", found.ours, "over pandas look-ups", found.pandas, same)


def _rebuilt(database: Database, kind: Callable[[Iterable[Any]], Any]) -> Database:
    """Return the database with its places in another, still empty, index."""
    tables = {name: getattr(database, name) for name in ("hotels", "restaurants", "attractions")}
    return replace(database, **{name: kind(row for city in t for row in t[city]) for name, t in tables.items()})


def _forever(cases: Sequence[tuple[Mapping[str, Any], Any]]) -> Iterator[tuple[Mapping[str, Any], Any]]:
    while True:
        yield from cases
