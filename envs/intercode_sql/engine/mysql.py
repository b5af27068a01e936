"""The server engine: MySQL 8 or newer, or MariaDB, through mysql-connector-python.

See ``docs/spec/intercode_sql.md §6``.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from envs.intercode_sql.engine.base import LARGEST_RESULT, ROW_CAP, Result, Row, SQLError, first_statement
from envs.intercode_sql.engine.sqlite import SQL_MODE
from envs.intercode_sql.schema import Schema
from envs.intercode_sql.translate import errors
from macla.errors import InfrastructureError, UserError

_LOST = (2006, 2013, 2055, 1053, 1927, 4031)
"""Error numbers of a lost connection: the machinery's fault, not the agent's."""
_WAITS = re.compile(r"\b(SLEEP|BENCHMARK|GET_LOCK|LOAD_FILE|MASTER_POS_WAIT|SOURCE_POS_WAIT)\s*\(", re.I)
_FILES = re.compile(r"\bINTO\s+(OUTFILE|DUMPFILE)\b", re.I)
_USE = re.compile(r"USE\s+`?([^`\s]+)`?$", re.I)
_CONNECT_SECONDS = 5
_WORD = 8
_GOES_ON = b"\xff\xff\xff"
"""How a packet begins that is as long as one can be: the next one goes on with its row."""


class MySQLEngine:
    """One connection, reset before every episode; its user must hold no right to write."""

    def __init__(self, dsn: str, *, timeout: float) -> None:
        self._dsn, self._timeout = dsn, timeout
        self._connection: Any = None
        self._server = ""

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another process opens its own connection."""
        return self.__dict__ | {"_connection": None}

    def session(self, database: str) -> "MySQLSession":
        """Return a session on the reset connection; an earlier session must not be used any more."""
        connection = self._connected()
        import mysql.connector

        try:
            connection.cmd_reset_connection()
            self._prepare(connection)
            connection.cmd_init_db(database)
        except mysql.connector.Error as error:
            self._connection = None
            raise InfrastructureError(f"the MySQL server failed at the start of an episode: {error}") from None
        return MySQLSession(self, connection, database)

    def schema(self) -> Schema:
        """The server describes itself; nothing of the dump is read."""
        return Schema({})

    def check(self) -> None:
        """Raise UserError when the server cannot be used or its user may write."""
        connection = self._connected()
        cursor = connection.cursor(buffered=True)
        cursor.execute("SHOW GRANTS")
        grants = " ".join(str(row[0]) for row in cursor.fetchall())
        cursor.execute("SHOW DATABASES")
        found = {str(row[0]).lower() for row in cursor.fetchall()}
        cursor.close()
        if re.search(r"\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|DROP|ALTER|SUPER)\b", grants, re.I):
            raise UserError("the user of env.dsn may write: give a user with GRANT SELECT ON *.* only")
        if "world_1" not in found:
            raise UserError("the server of env.dsn lacks the InterCode-SQL databases: load ic_spider_dbs.sql into it")

    def identity(self) -> Mapping[str, Any]:
        """Return the server's version."""
        self._connected()
        return {"engine": "mysql", "server": self._server}

    def discard(self) -> None:
        """Forget a connection that may be unusable; the next session opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.shutdown()

    def _connected(self) -> Any:
        if self._connection is not None:
            return self._connection
        address = parse_dsn(self._dsn)
        try:
            import mysql.connector
            from mysql.connector import errorcode
        except ImportError:
            raise UserError("env.engine=mysql needs the connector: pip install mysql-connector-python") from None
        try:
            connection = mysql.connector.connect(
                **address,
                connection_timeout=_CONNECT_SECONDS,
                autocommit=False,
                use_pure=True,  # see bound_rows
            )
        except mysql.connector.Error as error:
            place = f"{address['host']}:{address['port']}"
            if error.errno == errorcode.ER_ACCESS_DENIED_ERROR:
                raise UserError(
                    f"{place} refuses user {address['user']!r}: check name and password in env.dsn"
                ) from None
            raise UserError(f"no MySQL server answers at {place}: start it, or correct env.dsn ({error.msg})") from None
        bound_rows(connection)
        self._server = connection.get_server_info()
        self._connection = connection
        return connection

    def _prepare(self, connection: Any) -> None:
        """Set the official SQL mode and the time limit, each in the server's own dialect."""
        maria = "mariadb" in self._server.lower()
        mode = SQL_MODE.replace("ONLY_FULL_GROUP_BY,", "") if maria else SQL_MODE
        limit = (
            f"max_statement_time = {self._timeout}" if maria else f"max_execution_time = {int(self._timeout * 1000)}"
        )
        cursor = connection.cursor()
        cursor.execute(f"SET SESSION sql_mode = '{mode}', {limit}")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.close()


class MySQLSession:
    """One episode's use of the connection."""

    def __init__(self, engine: MySQLEngine, connection: Any, database: str) -> None:
        self._engine, self._connection, self._database = engine, connection, database

    def execute(self, sql: str) -> Result:
        """Run one statement (up to the first ``;``); SQLError with the server's text."""
        import mysql.connector

        text = first_statement(sql).strip()
        if not text:
            return []
        if _WAITS.search(text):
            raise SQLError("Query execution was interrupted, maximum statement execution time exceeded")
        if _FILES.search(text):
            raise SQLError("Access denied; you need (at least one of) the FILE privilege(s) for this operation")
        connection = self._connection
        cursor = connection.cursor()
        try:
            cursor.execute(text)
            if use := _USE.match(text):
                self._database = use[1]
            return None if cursor.description is None else self._rows(cursor)
        except _LargeRowError:
            self._start_again()
            raise errors.LARGE_RESULT from None
        except mysql.connector.Error as error:
            if error.errno in _LOST or isinstance(error, mysql.connector.errors.InterfaceError):
                self._engine.discard()
                self._connection = None
                raise InfrastructureError(f"the MySQL server was lost: {error}") from None
            raise SQLError(_normal_error(error.msg or str(error))) from None
        finally:
            if connection is self._connection:
                cursor.close()

    def _rows(self, cursor: Any) -> list[Row]:
        """Return the rows up to the cap; SQLError when they are too large: the server sends whatever is asked for.

        They are read one by one; what lies beyond either bound is thrown away with the connection.
        """
        rows: list[Row] = []
        left = LARGEST_RESULT
        while (row := cursor.fetchone()) is not None:
            left -= sum(map(_size, row))
            if left < 0 or len(rows) == ROW_CAP:
                self._start_again()
                break
            rows.append(tuple(map(_normal, row)))
        if left < 0:
            raise errors.LARGE_RESULT
        return rows

    def _start_again(self) -> None:
        """Read no million rows: a fresh connection in the same database goes on, its SET variables forgotten."""
        self._engine.discard()
        self._connection = self._engine.session(self._database)._connection


class _LargeRowError(Exception):
    """A row is larger than a result may be."""


def bound_rows(connection: Any) -> None:
    """Have a connection raise an error of ours before one row fills the memory.

    A row that is longer than a packet comes in several, which the connector puts together however many there are.
    """
    receive, held = connection._socket.recv, 0

    def bounded(*arguments: Any) -> Any:
        nonlocal held
        packet = receive(*arguments)
        held = held + len(packet) if packet[:3] == _GOES_ON else 0
        if held > LARGEST_RESULT:
            held = 0
            raise _LargeRowError
        return packet

    connection._socket.recv = bounded


def parse_dsn(dsn: str) -> dict[str, Any]:
    """Return the connector's arguments for ``mysql://user:password@host:port``; UserError for anything else."""
    parts = urlsplit(dsn)
    try:
        port = parts.port or 3306
    except ValueError:
        port = 0
    if parts.scheme not in ("mysql", "mariadb") or not parts.hostname or not parts.username or not port:
        raise UserError("env.engine=mysql needs env.dsn=mysql://user:password@host:port")
    return {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
    }


def _size(value: Any) -> int:
    """Return about how many bytes a value takes: texts their length, everything else a machine word."""
    return len(value) if isinstance(value, str | bytes | bytearray) else _WORD


def _normal(value: Any) -> Any:
    """Return a value as MySQL 8 gives it: texts for the bytes of DESC, MariaDB's spellings undone.

    See ``docs/spec/intercode_sql.md §1`` and ``docs/spec/intercode_sql.md §8``.
    """
    if isinstance(value, bytes | bytearray):
        value = bytes(value).decode("utf-8", "replace")
    if not isinstance(value, str):
        return value
    return _SPELLINGS.get(value, _INT_WIDTH.sub(r"\1", value))


_INT_WIDTH = re.compile(r"^((?:big|small|tiny|medium)?int)\(\d+\)")
_SPELLINGS = {"current_timestamp()": "CURRENT_TIMESTAMP"}
_CLAUSES = {
    "SELECT": "field list",
    "WHERE": "where clause",
    "ON": "on clause",
    "ORDER BY": "order clause",
    "GROUP BY": "group statement",
    "HAVING": "having clause",
    "IN/ALL/ANY": "IN/ALL/ANY subquery",
}
_CLAUSE = re.compile(f"in '({'|'.join(_CLAUSES)})'")
_NEAR = re.compile(r"(?s)near '(.{80}).*' at line")


def _normal_error(text: str) -> str:
    """MariaDB names itself, quotes more of a syntax error and gives clauses other names.

    See ``docs/spec/intercode_sql.md §8``.
    """
    text = text.replace("MariaDB server version", "MySQL server version").replace("MariaDB", "MySQL")
    text = _CLAUSE.sub(lambda found: f"in '{_CLAUSES[found[1]]}'", text)
    return _NEAR.sub(r"near '\1' at line", text)
