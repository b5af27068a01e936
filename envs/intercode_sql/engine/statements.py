"""Translate and run one statement after another on SQLite: what the guarded process does with the agent's SQL."""

import re
import sqlite3
import time
from decimal import DecimalException
from pathlib import Path
from typing import Any, NamedTuple

from envs.intercode_sql.engine import udf
from envs.intercode_sql.engine.base import ROW_CAP, Row, SQLError
from envs.intercode_sql.schema import Schema
from envs.intercode_sql.translate import errors, grammar
from envs.intercode_sql.translate.query import Translator
from envs.intercode_sql.translate.types import Type, converter
from macla.errors import InfrastructureError

HEAP = 512 << 20
"""Bytes that SQLite may hold for sorting, grouping and intermediate tables."""

_LONGEST = 16 << 20
"""Bytes of the longest value that SQLite makes."""
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_UNSUPPORTED = SQLError("This version of MySQL doesn't yet support 'this combination of clauses'")
_OUT_OF_RANGE = SQLError("BIGINT value is out of range")
_BROKEN = re.compile("disk|unable to open|malformed|not a database|locked|readonly|no such table", re.I)
_VOLATILE = re.compile(r"my_(rand|now|sysdate|curdate)\(|sql_mode")
_TICKS = 20_000
"""Virtual-machine steps between two looks at the clock."""
_KEPT_PLANS = 20_000


class _Plan(NamedTuple):
    sql: str
    types: tuple[Type, ...]


class Statement(NamedTuple):
    """A query and what its meaning depends on."""

    sql: str
    database: str
    full_group_by: bool
    mode: str


class Answer(NamedTuple):
    """A query's rows, and whether they are the same whenever it is asked."""

    rows: list[Row]
    lasting: bool


class Statements:
    """A read-only connection to the embedded file, with MySQL's functions and SQLite's limits."""

    def __init__(self, path: Path, schema: Schema, *, timeout: float) -> None:
        self._schema, self._path, self._timeout = schema, path, timeout
        self._plans: dict[tuple[str, str, bool], _Plan | SQLError] = {}
        self._deadline = 0.0
        self._reported: Exception | None = None
        self._sqlite = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        udf.register(self._sqlite, self._report)
        self._sqlite.execute("PRAGMA temp_store = MEMORY")
        self._sqlite.execute(f"PRAGMA hard_heap_limit = {HEAP}")
        self._sqlite.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self._sqlite.set_authorizer(_authorize)
        self._sqlite.set_progress_handler(lambda: time.monotonic() > self._deadline, _TICKS)

    def run(self, statement: Statement) -> Answer:
        """Return a query's rows as MySQL's connector would; SQLError where MySQL refuses it or time is up."""
        self._deadline = time.monotonic() + self._timeout
        self._reported = None
        plan = self._plan(statement)
        try:
            raw = self._sqlite.execute(plan.sql).fetchmany(ROW_CAP)
        except (sqlite3.Error, OverflowError) as error:
            raise self._explained(error) from None
        try:
            return Answer(_converted(raw, plan.types), not _VOLATILE.search(plan.sql))
        except (OverflowError, ValueError, DecimalException):
            raise _OUT_OF_RANGE from None

    def _plan(self, statement: Statement) -> _Plan:
        key = statement[:3]
        if key not in self._plans:
            if len(self._plans) > _KEPT_PLANS:
                self._plans.clear()
            self._plans[key] = self._planned(statement)
        plan = self._plans[key]
        if isinstance(plan, SQLError):
            raise SQLError(*plan.args)
        return plan

    def _planned(self, statement: Statement) -> _Plan | SQLError:
        try:
            translator = Translator(
                self._schema,
                statement.database,
                full_group_by=statement.full_group_by,
                variable=lambda name: _variable(name, statement.mode),
            )
            query = translator.statement(grammar.parse(statement.sql))
            return _Plan(query.sql, tuple(column.type for column in query.columns))
        except SQLError as error:
            return error
        except RecursionError:
            return errors.NESTED
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
            # sqlglot can build trees whose shape no translator foresees; the agent's SQL must not end the run.
            return _UNSUPPORTED

    def _report(self, error: Exception) -> None:
        self._reported = error

    def _explained(self, error: Exception) -> Exception:
        """Return what MySQL would have said; a form we cannot express is one this server does not support."""
        if isinstance(self._reported, SQLError):
            return self._reported
        text = str(error)
        if "interrupted" in text or "too big" in text:
            return errors.TOO_LONG
        if "stack overflow" in text:
            return errors.NESTED
        if "too many columns" in text:
            return errors.MANY_COLUMNS
        if "overflow" in text or "user-defined" in text or isinstance(error, OverflowError):
            return _OUT_OF_RANGE
        if "too many" in text or "too large" in text or "tree" in text:
            return SQLError("Too many tables; MySQL can only use 61 tables in a join")
        if _BROKEN.search(text):
            return InfrastructureError(
                f"the embedded engine failed ({text}): delete {self._path.parent} to build it again"
            )
        return _UNSUPPORTED


def _converted(raw: list[Row], types: tuple[Type, ...]) -> list[Row]:
    """Return SQLite's rows as the Python values that MySQL's connector would give."""
    columns = [
        list(map(converter(type_), column)) for type_, column in zip(types, zip(*raw, strict=True), strict=False)
    ]
    return list(zip(*columns, strict=True))


def _variable(name: str, mode: str) -> str:
    return mode if name.lower().endswith("sql_mode") else ""


def _authorize(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
