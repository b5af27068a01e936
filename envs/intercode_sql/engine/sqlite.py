"""The embedded engine: SQLite, read-only, answering as MySQL 8 would (``docs/spec/intercode_sql.md §8``)."""

import re
import sqlite3
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from envs.intercode_sql.engine import catalog
from envs.intercode_sql.engine.base import Result, Row, SQLError, bare, first_statement
from envs.intercode_sql.engine.build import database_file
from envs.intercode_sql.engine.guard import Guard
from envs.intercode_sql.engine.statements import Statement
from envs.intercode_sql.schema import Schema
from envs.intercode_sql.translate import errors
from envs.intercode_sql.translate.syntax import check
from macla.errors import UserError

SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
LONGEST_STATEMENT = 1 << 16
"""Characters of a statement; a model that repeats itself writes more."""
_KEPT_RESULTS, _KEPT_ROWS = 20_000, 300
"""Small results are kept: the data never changes, and the same SHOW, DESC and golds come again and again."""
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


class SQLiteEngine:
    """One guarded process serves all sessions, which hold no data of their own."""

    def __init__(self, dump: Path, folder: Path, *, timeout: float) -> None:
        self._dump, self._folder, self._timeout = dump, folder, timeout
        self._results: dict[Statement, list[Row]] = {}

    @cached_property
    def _built(self) -> tuple[Path, Schema]:
        with _BUILDING:
            return database_file(self._dump, self._folder)

    @cached_property
    def _guard(self) -> Guard:
        return Guard(*self._built, self._timeout)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy in another process is made of: it starts a guarded process of its own."""
        return {"_dump": self._dump, "_folder": self._folder, "_timeout": self._timeout, "_results": {}}

    def session(self, database: str) -> "SQLiteSession":
        """Return a new session whose current database is ``database``."""
        return SQLiteSession(self, database.lower())

    def files(self) -> tuple[Path, Schema]:
        """Return the database file, built where it is not there, and the tables in it."""
        return self._built

    def schema(self) -> Schema:
        """Return the tables of the dump."""
        return self._built[1]

    def check(self) -> None:
        """Build the file when it is not there; UserError when the dump is missing or broken."""
        if sqlite3.sqlite_version_info < (3, 39):
            raise UserError(f"SQLite {sqlite3.sqlite_version} is too old: Python must be linked with 3.39 or newer")
        _ = self._built

    def identity(self) -> Mapping[str, Any]:
        """Return name and versions."""
        import sqlglot

        return {"engine": "sqlite", "sqlite": sqlite3.sqlite_version, "sqlglot": sqlglot.__version__}

    def run(self, sql: str, database: str, *, full_group_by: bool, mode: str) -> list[Row]:
        """Return a query's rows as MySQL's connector would; SQLError where MySQL refuses it or a limit ends it."""
        statement = Statement(sql, database, full_group_by, mode)
        if statement in self._results:
            return list(self._results[statement])
        rows, lasting = self._guard.run(statement)
        if lasting and len(rows) <= _KEPT_ROWS and len(self._results) < _KEPT_RESULTS:
            self._results[statement] = rows
        return list(rows)


class SQLiteSession:
    """The current database and SQL mode of one episode."""

    def __init__(self, engine: SQLiteEngine, database: str) -> None:
        self._engine = engine
        self._database = database
        self._mode = SQL_MODE

    def execute(self, sql: str) -> Result:
        """Run one statement (up to the first ``;``); SQLError in MySQL's words."""
        if not first_statement(sql).strip():
            return []
        text = bare(first_statement(sql)).strip()
        if not text:
            raise errors.EMPTY
        if len(text) > LONGEST_STATEMENT:
            raise errors.LONG_STATEMENT
        try:
            return self._execute(text)
        except RecursionError:
            raise errors.NESTED from None

    def _execute(self, text: str) -> Result:
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
                rows = self._select(f"SELECT {value}")
                if not rows or rows[0][0] is None:
                    raise SQLError("Variable 'sql_mode' can't be set to the value of 'NULL'")
                self._mode = str(rows[0][0]).upper()

    def _refused(self, text: str) -> SQLError:
        """Return the answer to a statement that writes: this user may only read (``docs/spec/intercode_sql.md §6``)."""
        found = _WRITES.match(text)
        if found is None:
            return errors.syntax(text, 1)
        target = _TARGET.search(text)
        table = target[1].split(".")[-1] if target else ""
        return SQLError(f"{found['verb'].upper()} command denied to user 'agent'@'localhost' for table '{table}'")
