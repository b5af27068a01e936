"""The types MySQL gives to expressions, which decide the text of every value the agent sees.

See ``docs/spec/intercode_sql.md §1``.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from envs.intercode_sql.schema import Column


class Kind(StrEnum):
    """The families of MySQL values that are converted alike."""

    NULL = "null"
    INT = "int"
    DECIMAL = "decimal"
    DOUBLE = "double"
    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"


@dataclass(frozen=True)
class Type:
    """A kind and, for decimals and ``float(m,d)``, the digits after the point (None: as many as needed)."""

    kind: Kind
    scale: int | None = None

    @property
    def numeric(self) -> bool:
        """Whether MySQL compares and adds it as a number."""
        return self.kind in (Kind.INT, Kind.DECIMAL, Kind.DOUBLE)

    @property
    def temporal(self) -> bool:
        """Whether it is a date, a time or both."""
        return self.kind in (Kind.DATE, Kind.DATETIME, Kind.TIME)


NULL, INT, DOUBLE, TEXT = Type(Kind.NULL), Type(Kind.INT), Type(Kind.DOUBLE), Type(Kind.TEXT)
DATE, DATETIME, TIME = Type(Kind.DATE), Type(Kind.DATETIME), Type(Kind.TIME)


def decimal(scale: int) -> Type:
    """Return the exact decimal type with ``scale`` digits after the point (MySQL keeps at most 30)."""
    return Type(Kind.DECIMAL, min(scale, 30))


def column_type(column: Column) -> Type:
    """Return the type of a stored column."""
    base = column.base
    if base in ("int", "bigint", "smallint", "tinyint", "mediumint", "year", "bit"):
        return INT
    if base in ("float", "double"):
        return Type(Kind.DOUBLE, column.size[1] if len(column.size) == 2 else None)
    if base == "decimal":
        return decimal(column.size[1] if len(column.size) == 2 else 0)
    if base in ("datetime", "timestamp"):
        return DATETIME
    return {"date": DATE, "time": TIME}.get(base, TEXT)


def common(types: list[Type]) -> Type:
    """Return the type of a value that may come from any of ``types`` (CASE, COALESCE, UNION)."""
    known = [t for t in types if t.kind is not Kind.NULL]
    if not known:
        return NULL
    if all(t == known[0] for t in known):
        return known[0]
    if all(t.numeric for t in known):
        return numeric_result(known)
    if {t.kind for t in known} <= {Kind.DATE, Kind.DATETIME}:
        return DATETIME
    return TEXT


def numeric_result(types: list[Type], extra: int = 0) -> Type:
    """Return the type of arithmetic over ``types``: double wins over decimal, decimal over int."""
    kinds = {t.kind for t in types}
    if kinds - {Kind.INT, Kind.DECIMAL, Kind.NULL}:
        scales = [t.scale if t.kind is not Kind.INT else 0 for t in types]
        known = [scale for scale in scales if scale is not None]
        return Type(Kind.DOUBLE, max(known) + extra if len(known) == len(scales) else None)
    scale = max((t.scale or 0) for t in types) + extra
    return decimal(scale) if extra or Kind.DECIMAL in kinds else INT


def converter(type_: Type) -> Callable[[Any], Any]:
    """Return the function that turns SQLite's value into the Python value MySQL's connector gives."""
    kind, scale = type_.kind, type_.scale
    if kind is Kind.DECIMAL:
        return lambda v: None if v is None else to_decimal(v, scale or 0)
    if kind is Kind.DOUBLE:
        return lambda v: None if v is None else float(v) if scale is None else float(to_decimal(v, scale))
    if kind is Kind.INT:
        return lambda v: int(v) if isinstance(v, float) else v
    if kind is Kind.DATE:
        return _date
    if kind is Kind.DATETIME:
        return _datetime
    if kind is Kind.TIME:
        return _time
    return lambda v: v


def to_decimal(value: Any, scale: int) -> Decimal:
    """Return ``value`` rounded half up to ``scale`` digits, as MySQL rounds decimals."""
    return Decimal(repr(value) if isinstance(value, float) else str(value)).quantize(
        Decimal(1).scaleb(-scale), ROUND_HALF_UP
    )


def _date(value: Any) -> Any:
    try:
        return None if value is None else datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _datetime(value: Any) -> Any:
    try:
        return None if value is None else datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _time(value: Any) -> Any:
    if value is None:
        return None
    hours, minutes, seconds = (float(part) for part in str(value).split(":"))
    return datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
