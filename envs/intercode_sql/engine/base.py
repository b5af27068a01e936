"""What an engine is to an episode: sessions that run one statement at a time and never change the data."""

from collections.abc import Mapping
from typing import Any, Protocol

from envs.intercode_sql.schema import Schema

Row = tuple[Any, ...]
Result = list[Row] | None
"""Rows, or None for a statement without a result set (USE, SET)."""

ROW_CAP = 100_000
"""More rows than this are cut off (``docs/spec/intercode_sql.md §7``): no gold and no recorded action comes near."""


class SQLError(Exception):
    """MySQL's refusal of a statement; the text is what the agent reads after ``Error executing query: ``."""


class Session(Protocol):
    """One connection's state: the current database and the SQL mode."""

    def execute(self, sql: str) -> Result:
        """Run one statement; SQLError when MySQL refuses it, InfrastructureError when the engine is broken."""
        ...


class Engine(Protocol):
    """Where SQL runs. A session is fresh: nothing an earlier one did is visible in it."""

    def session(self, database: str) -> Session:
        """Return a new session whose current database is ``database``."""
        ...

    def schema(self) -> Schema:
        """Return the tables of the dump the engine holds."""
        ...

    def check(self) -> None:
        """Raise UserError (one line, with the remedy) when the engine cannot be used."""
        ...

    def identity(self) -> Mapping[str, Any]:
        """Return name and version for a table's footer."""
        ...


def first_statement(sql: str) -> str:
    """Return ``sql`` up to the first ``;`` outside quotes, without it: one statement an execute.

    See ``docs/spec/intercode_sql.md §6``.
    """
    if ";" not in sql:
        return sql
    quote = ""
    escaped = False
    for position, character in enumerate(sql):
        if escaped:
            escaped = False
        elif quote:
            escaped = character == "\\" and quote != "`"
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character == ";":
            return sql[:position]
    return sql
