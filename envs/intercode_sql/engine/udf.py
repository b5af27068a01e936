"""Register MySQL's functions, conversions and group functions with an SQLite connection."""

import math
import random
import sqlite3
from collections.abc import Callable
from typing import Any

from envs.intercode_sql.engine import collation, dates
from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.engine.functions import FUNCTIONS, null_safe
from envs.intercode_sql.translate import errors
from envs.intercode_sql.translate.types import to_decimal


def register(connection: sqlite3.Connection, report: Callable[[Exception], None]) -> None:
    """Make everything the translator emits available; ``report`` learns of errors SQLite would blur."""
    connection.create_collation(collation.NAME, collation.compare)
    for name, function in FUNCTIONS.items():
        call = _reporting(name.lower(), null_safe(function), report)
        connection.create_function(f"my_{name.lower()}", -1, call, deterministic=True)
    connection.create_function("my_number", 1, collation.number, deterministic=True)
    connection.create_function("my_text", 2, _text, deterministic=True)
    connection.create_function("my_like", -1, _like, deterministic=True)
    connection.create_function("my_date_number", 1, lambda v: None if v is None else dates.as_number(str(v)))
    connection.create_function("my_datetime", 1, lambda v: None if v is None else dates.normal(v, with_time=True))
    connection.create_function("my_rand", 0, random.Random(0).random)
    aggregates: dict[str, type] = {
        "my_sum": _Sum,
        "my_avg": _Average,
        "my_first": _First,
        "my_count_rows": _CountRows,
        "my_group_concat": _GroupConcat,
        "my_single": _single(report),
        "my_pop": _spread(0, root=True),
        "my_samp": _spread(1, root=True),
        "my_var_pop": _spread(0, root=False),
        "my_var_samp": _spread(1, root=False),
    }
    for name, aggregate in aggregates.items():
        connection.create_aggregate(name, -1, aggregate)


def _reporting(name: str, call: Callable[..., Any], report: Callable[[Exception], None]) -> Callable[..., Any]:
    """Return the call, which reports what MySQL says of a result that no double holds, and of a search without end."""

    def reporting(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except SQLError as error:
            report(error)
            raise
        except (OverflowError, ZeroDivisionError):
            shown = ",".join(str(argument)[:40] for argument in arguments)
            report(SQLError(f"DOUBLE value is out of range in '{name}({shown})'"))
            raise
        except TimeoutError:
            report(SQLError("Timeout exceeded in regular expression match"))
            raise

    return reporting


def _text(value: Any, scale: int | None) -> str | None:
    if value is None:
        return None
    if scale is not None:
        return str(to_decimal(value, scale))
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _like(text: Any, pattern: Any, escape: str = "\\") -> int | None:
    if text is None or pattern is None:
        return None
    return int(collation.like(str(text), str(pattern), escape))


class _Sum:
    """Doubles added one after the other, as MySQL does; SQLite's own sum depends on its version."""

    def __init__(self) -> None:
        self.total = 0.0
        self.count = 0

    def step(self, value: float | None) -> None:
        if value is not None:
            self.total += value
            self.count += 1

    def finalize(self) -> float | None:
        return self.total if self.count else None


class _Average(_Sum):
    def finalize(self) -> float | None:
        return self.total / self.count if self.count else None


class _First:
    """The value of the first row met, which is what MySQL's group keeps."""

    def __init__(self) -> None:
        self.value: Any = None
        self.met = False

    def step(self, value: Any) -> None:
        if not self.met:
            self.value, self.met = value, True

    def finalize(self) -> Any:
        return self.value


def _single(report: Callable[[Exception], None]) -> type:
    class Single(_First):
        def step(self, value: Any) -> None:
            if self.met:
                report(errors.MANY_ROWS)
                raise errors.MANY_ROWS
            super().step(value)

    return Single


class _CountRows:
    """``COUNT(DISTINCT a, b)``: rows with a NULL do not count."""

    def __init__(self) -> None:
        self.rows: set[tuple[Any, ...]] = set()

    def step(self, *values: Any) -> None:
        if all(value is not None for value in values):
            self.rows.add(tuple(collation.sort_key(v) if isinstance(v, str) else v for v in values))

    def finalize(self) -> int:
        return len(self.rows)


class _GroupConcat:
    """``GROUP_CONCAT`` with its own DISTINCT and ORDER BY; cut at 1,024 characters like the server's default."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, tuple[Any, ...]]] = []
        self.separator, self.distinct, self.directions = ",", 0, ""

    def step(self, value: str | None, separator: str, distinct: int, directions: str, *keys: Any) -> None:
        self.separator, self.distinct, self.directions = separator, distinct, directions
        if value is not None:
            self.rows.append((str(value), keys))

    def finalize(self) -> str | None:
        if not self.rows:
            return None
        rows = self.rows
        for position, direction in reversed(list(enumerate(self.directions))):
            rows = sorted(rows, key=lambda row: _sortable(row[1][position]), reverse=direction == "d")
        values = [value for value, _ in rows]
        if self.distinct:
            values = list({collation.sort_key(value): value for value in reversed(values)}.values())[::-1]
        return self.separator.join(values)[:1024]


def _sortable(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    return (2, collation.sort_key(value)) if isinstance(value, str) else (1, value)


def _spread(delta: int, *, root: bool) -> type:
    """Standard deviation or variance by MySQL's recurrence, so that the last digits agree."""

    class Spread:
        def __init__(self) -> None:
            self.count, self.mean, self.squares = 0, 0.0, 0.0

        def step(self, value: float | None) -> None:
            if value is not None:
                self.count += 1
                before, self.mean = self.mean, self.mean + (value - self.mean) / self.count
                self.squares += (value - before) * (value - self.mean)

        def finalize(self) -> float | None:
            if self.count <= delta:
                return None
            variance = self.squares / (self.count - delta)
            return math.sqrt(variance) if root else variance

    return Spread
