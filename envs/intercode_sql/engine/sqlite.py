"""The embedded engine: SQLite, read-only, answering as MySQL 8 would (``docs/spec/intercode_sql.md §8``)."""

import re
import sqlite3
import threading
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from envs.intercode_sql.engine import catalog, udf
from envs.intercode_sql.engine.base import ROW_CAP, Result, Row, SQLError, first_statement
from envs.intercode_sql.engine.build import database_file
from envs.intercode_sql.schema import Schema
from envs.intercode_sql.translate import errors, grammar
from envs.intercode_sql.translate.query import Translator
from envs.intercode_sql.translate.syntax import check
from envs.intercode_sql.translate.types import Type, converter
from macla.errors import InfrastructureError, UserError

SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_UNSUPPORTED = SQLError("This version of MySQL doesn't yet support 'this combination of clauses'")
_BROKEN = re.compile("disk|unable to open|malformed|not a database|locked|readonly|no such table", re.I)
_KEPT_RESULTS, _KEPT_ROWS = 20_000, 300
"""Small results are kept: the data never changes, and the same SHOW, DESC and golds come again and again."""
_VOLATILE = re.compile(r"my_(rand|now|sysdate|curdate)\(|sql_mode")
_TICKS = 20_000
"""Virtual-machine steps between two looks at the clock."""
_WRITES = re.compile(
    r"(?P<verb>INSERT|UPDATE|DELETE|REPLACE|DROP|CREATE|ALTER|TRUNCATE|RENAME|GRANT|REVOKE|LOCK|CALL|LOAD|FLUSH)\b",
    re.I,
)
_TARGET = re.compile(r"(?:INTO|FROM|TABLE|UPDATE|REPLACE|VIEW)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?`?([\w$.]+)", re.I)
_SET = re.compile(
    r"SET\s+(?:(?P<global>GLOBAL\s|PERSIST\s|@@GLOBAL\.)|SESSION\s|LOCAL\s|@@SESSION\.|@@)?\s*(.*)", re.I | re.S
)
_MODE = re.compile(r"(?:SESSION\s+|@@)?sql_mode\s*:?=\s*(.*)", re.I | re.S)


_BUILDING = threading.Lock()
"""Only one thread builds the database file."""


class _Plan(NamedTuple):
    sql: str
    types: tuple[Type, ...]


class _Connection:
    """One thread's connection, how long its present statement may run, and what a function of ours reported of it."""

    def __init__(self, path: Path) -> None:
        self.deadline = 0.0
        self.reported: Exception | None = None
        self.sqlite = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        udf.register(self.sqlite, self._report)
        self.sqlite.execute("PRAGMA temp_store = MEMORY")
        self.sqlite.set_authorizer(_authorize)
        self.sqlite.set_progress_handler(lambda: time.monotonic() > self.deadline, _TICKS)

    def _report(self, error: Exception) -> None:
        self.reported = error


class SQLiteEngine:
    """A read-only connection a thread serves all its sessions, which hold no data of their own.

    Threads cannot share one: our functions need Python's lock while SQLite holds its own.
    """

    def __init__(self, dump: Path, folder: Path, *, timeout: float) -> None:
        self._dump, self._folder, self._timeout = dump, folder, timeout
        self._plans: dict[tuple[str, str, bool], _Plan | SQLError] = {}
        self._results: dict[tuple[str, str, bool], list[Row]] = {}
        self._threads = threading.local()

    @cached_property
    def _built(self) -> tuple[Path, Schema]:
        with _BUILDING:
            return database_file(self._dump, self._folder)

    @property
    def _connection(self) -> _Connection:
        if not hasattr(self._threads, "connection"):
            self._threads.connection = _Connection(self._built[0])
        connection: _Connection = self._threads.connection
        return connection

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy in another process is made of: it opens its own connections."""
        kept = {key: value for key, value in self.__dict__.items() if key not in ("_built", "_threads")}
        return kept | {"_plans": {}, "_results": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._threads = threading.local()

    def session(self, database: str) -> "SQLiteSession":
        """Return a new session whose current database is ``database``."""
        return SQLiteSession(self, database.lower())

    def schema(self) -> Schema:
        """Return the tables of the dump."""
        return self._built[1]

    def check(self) -> None:
        """Build the file when it is not there; UserError when the dump is missing or broken."""
        if sqlite3.sqlite_version_info < (3, 39):
            raise UserError(f"SQLite {sqlite3.sqlite_version} is too old: Python must be linked with 3.39 or newer")
        _ = self._connection

    def identity(self) -> Mapping[str, Any]:
        """Return name and versions."""
        import sqlglot

        return {"engine": "sqlite", "sqlite": sqlite3.sqlite_version, "sqlglot": sqlglot.__version__}

    def run(self, sql: str, database: str, *, full_group_by: bool, mode: str) -> list[Row]:
        """Return a query's rows as MySQL's connector would; SQLError where MySQL refuses it or time is up."""
        key = sql, database, full_group_by
        if key in self._results:
            return list(self._results[key])
        plan = self._plan(sql, database, full_group_by=full_group_by, mode=mode)
        connection = self._connection
        connection.deadline = time.monotonic() + self._timeout
        connection.reported = None
        try:
            raw = connection.sqlite.execute(plan.sql).fetchmany(ROW_CAP)
        except (sqlite3.Error, OverflowError) as error:
            raise self._explained(error) from None
        rows = _converted(raw, plan.types)
        if len(rows) <= _KEPT_ROWS and len(self._results) < _KEPT_RESULTS and not _VOLATILE.search(plan.sql):
            self._results[key] = rows
        return list(rows)

    def _plan(self, sql: str, database: str, *, full_group_by: bool, mode: str) -> _Plan:
        key = sql, database, full_group_by
        if key not in self._plans:
            if len(self._plans) > 20_000:
                self._plans.clear()
            try:
                translator = Translator(
                    self.schema(), database, full_group_by=full_group_by, variable=lambda name: _variable(name, mode)
                )
                query = translator.statement(grammar.parse(sql))
                self._plans[key] = _Plan(query.sql, tuple(column.type for column in query.columns))
            except SQLError as error:
                self._plans[key] = error
            except RecursionError:
                self._plans[key] = SQLError("Thread stack overrun: the statement is nested too deeply")
            except (LookupError, ValueError, TypeError, AttributeError):
                # sqlglot can build trees whose shape no translator foresees; the agent's SQL must not end the run.
                self._plans[key] = _UNSUPPORTED
        plan = self._plans[key]
        if isinstance(plan, SQLError):
            raise SQLError(*plan.args)
        return plan

    def _explained(self, error: Exception) -> Exception:
        """Return what MySQL would have said; a form we cannot express is one this server does not support."""
        if isinstance(self._connection.reported, udf.TooManyRowsError):
            return errors.MANY_ROWS
        text = str(error)
        if "interrupted" in text or "too big" in text:
            return errors.TOO_LONG
        if "overflow" in text or "user-defined" in text or isinstance(error, OverflowError):
            return SQLError("BIGINT value is out of range")
        if "too many" in text or "too large" in text or "stack overflow" in text or "tree" in text:
            return SQLError("Too many tables; MySQL can only use 61 tables in a join")
        if _BROKEN.search(text):
            return InfrastructureError(f"the embedded engine failed ({text}): delete {self._folder} to build it again")
        return _UNSUPPORTED

    def _report(self, error: Exception) -> None:
        self._reported = error


class SQLiteSession:
    """The current database and SQL mode of one episode."""

    def __init__(self, engine: SQLiteEngine, database: str) -> None:
        self._engine = engine
        self._database = database
        self._mode = SQL_MODE

    def execute(self, sql: str) -> Result:
        """Run one statement (up to the first ``;``); SQLError in MySQL's words."""
        text = first_statement(sql).strip()
        if not text:
            return []
        word = re.match(r"[(\s]*(\w*)", text)
        verb = word[1].upper() if word else ""
        if verb in ("SELECT", "WITH"):
            return self._select(text)
        if verb in ("SHOW", "DESC", "DESCRIBE", "EXPLAIN"):
            return self._show(text)
        if verb == "USE":
            self._use(text)
            return None
        if verb == "SET":
            self._set(text)
            return None
        if verb in ("START", "BEGIN", "COMMIT", "ROLLBACK"):
            return None
        raise self._refused(text)

    def _select(self, text: str) -> list[Row]:
        full = "ONLY_FULL_GROUP_BY" in self._mode
        return self._engine.run(text, self._database, full_group_by=full, mode=self._mode)

    def _show(self, text: str) -> list[Row]:
        check(text)
        rows = catalog.answer(self._engine.schema(), self._database, text)
        if rows is None:
            raise SQLError("This version of MySQL doesn't yet support 'this SHOW or EXPLAIN statement'")
        return rows

    def _use(self, text: str) -> None:
        check(text)
        name = text.split(None, 1)[1].strip().strip("`").lower()
        if name not in self._engine.schema().databases and name != "information_schema":
            raise SQLError(f"Unknown database '{name}'")
        self._database = name

    def _set(self, text: str) -> None:
        found = _SET.match(text)
        if found is None or found["global"]:
            raise SQLError(
                "Access denied; you need (at least one of) the SUPER or SYSTEM_VARIABLES_ADMIN privilege(s) for this "
                "operation"
            )
        if mode := _MODE.match(found[2]):
            value = mode[1].strip()
            quoted = re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", value)
            if quoted:
                self._mode = (quoted[1] or quoted[2] or "").upper()
            else:
                row = self._select(f"SELECT {value}")
                self._mode = str(row[0][0]).upper()

    def _refused(self, text: str) -> SQLError:
        """Return the answer to a statement that writes: this user may only read (``docs/spec/intercode_sql.md §6``)."""
        found = _WRITES.match(text)
        if found is None:
            return errors.syntax(text, 1)
        target = _TARGET.search(text)
        table = target[1].split(".")[-1] if target else ""
        return SQLError(f"{found['verb'].upper()} command denied to user 'agent'@'localhost' for table '{table}'")


def _converted(raw: list[Row], types: tuple[Type, ...]) -> list[Row]:
    """Return SQLite's rows as the Python values that MySQL's connector would give."""
    columns = [
        list(map(converter(type_), column)) for type_, column in zip(types, zip(*raw, strict=True), strict=False)
    ]
    return list(zip(*columns, strict=True))


def _variable(name: str, mode: str) -> str:
    return mode if name.lower().endswith("sql_mode") else ""


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
