"""What an engine is to an episode: sessions that run one statement at a time and never change the data."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from envs.intercode_sql.schema import Schema

Row = tuple[Any, ...]
Result = list[Row] | None
"""Rows, or None for a statement without a result set (USE, SET)."""

ROW_CAP = 100_000
"""More rows than this are cut off (``docs/spec/intercode_sql.md §7``): no gold and no recorded action comes near."""
LARGEST_RESULT = 64 << 20
"""Bytes of the largest result that is handed over, MySQL's ``max_allowed_packet``."""


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


_PIECE = re.compile(
    r"""(?P<comment>/\*(?!!).*?\*/|--(?=\s|$)[^\n]*|\#[^\n]*)
      |(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`)
      |(?P<rest>['"`].*)
      |(?P<end>;)""",
    re.S | re.X,
)
_LEADING = re.compile(r"(?:\s+|/\*(?!!).*?\*/|--(?=\s|$)[^\n]*|\#[^\n]*)+", re.S)


def first_statement(sql: str) -> str:
    """Return ``sql`` up to the first ``;`` outside quotes and comments, without it: one statement an execute.

    See ``docs/spec/intercode_sql.md §6``.
    """
    end = next((found.start() for found in _PIECE.finditer(sql) if found.lastgroup == "end"), len(sql))
    return sql[:end]


def bare(sql: str) -> str:
    """Return ``sql`` without the blanks and comments that stand before the statement."""
    found = _LEADING.match(sql)
    return sql[found.end() :] if found else sql


def encodable(sql: str) -> str:
    """Return ``sql`` as a client can send it: half a character becomes a question mark."""
    return sql.encode("utf-8", "replace").decode()
