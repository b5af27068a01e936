"""Read a ``mysqldump`` file: table definitions and rows (``docs/spec/intercode_sql.md §8``)."""

import re
from collections.abc import Iterator
from pathlib import Path

from envs.intercode_sql.schema import Column, Index, Schema, Table
from macla.errors import UserError, why

Value = str | int | float | None
Rows = dict[tuple[str, str], list[tuple[Value, ...]]]

_TOKEN = re.compile(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`|--[^\n]*|/\*.*?\*/|;|[^'`;/-]+|.", re.S)
_VALUE = re.compile(r"'((?:[^'\\]|\\.|'')*)'|(NULL)|(-?\d+)(?![\d.eE])|(-?[\d.]+(?:[eE][+-]?\d+)?)|([(),\s])", re.S)
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_COLUMN = re.compile(r"`(?P<name>[^`]+)` (?P<type>\w+(?:\([^)]*\))?)(?P<rest>.*)", re.S)
_KEY = re.compile(r"(?P<kind>PRIMARY|UNIQUE)? ?KEY (?:`(?P<name>[^`]+)` )?\((?P<columns>.*?)\)$")


def read_dump(path: Path) -> tuple[Schema, Rows]:
    """Return the schema and the rows (in file order) of a dump; UserError when it is missing or broken."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the database dump {path}: {why(error)}") from None
    databases: dict[str, dict[str, Table]] = {}
    rows: Rows = {}
    database = ""
    for statement in _statements(text):
        try:
            if use := re.match(r"USE `?([^`;]+)`?", statement, re.I):
                database = use[1].strip().lower()
                databases.setdefault(database, {})
            elif re.match(r"CREATE TABLE", statement, re.I):
                table = _table(database, statement)
                databases[database][table.name] = table
                rows[database, table.name] = []
            elif insert := re.match(r"INSERT INTO `([^`]+)` VALUES ", statement, re.I):
                key = database, insert[1].lower()
                rows[key].extend(_tuples(statement[insert.end() :], len(databases[database][key[1]].columns)))
        except (ValueError, KeyError) as error:
            raise UserError(f"{path}: cannot read {statement[:60]!r}: {error}; fetch the dump again") from None
    if not rows:
        raise UserError(f"{path} defines no tables; give the InterCode-SQL dump ic_spider_dbs.sql")
    return Schema(databases), rows


def _statements(text: str) -> Iterator[str]:
    """Yield the statements without comments; versioned comments hold nothing that matters here."""
    parts: list[str] = []
    for token in _TOKEN.finditer(text):
        piece = token[0]
        if piece == ";":
            if statement := "".join(parts).strip():
                yield statement
            parts = []
        elif not piece.startswith(("--", "/*")):
            parts.append(piece)
    if statement := "".join(parts).strip():
        raise UserError(f"the database dump ends inside {statement[:60]!r}; fetch it again")


def _table(database: str, statement: str) -> Table:
    name = re.match(r"CREATE TABLE (?:IF NOT EXISTS )?`([^`]+)`", statement, re.I)
    if name is None or not database:
        raise ValueError("not a table of a database")
    columns: list[Column] = []
    indexes: list[Index] = []
    primary: tuple[str, ...] = ()
    body = statement[statement.index("(") + 1 : statement.rindex(")")]
    for line in (line.strip().rstrip(",") for line in body.split("\n")):
        if column := _COLUMN.match(line):
            columns.append(_column(column))
        elif key := _KEY.match(line):
            names = tuple(re.findall(r"`([^`]+)`", key["columns"]))
            if key["kind"] == "PRIMARY":
                primary = names
            else:
                indexes.append(Index(key["name"], names, unique=key["kind"] == "UNIQUE"))
    if not columns:
        raise ValueError("a table without columns")
    return Table(database, name[1].lower(), tuple(columns), primary, tuple(indexes))


def _column(found: re.Match[str]) -> Column:
    rest = found["rest"]
    default = re.search(r"DEFAULT (?:'((?:[^']|'')*)'|(\w+))", rest)
    value = None if default is None else default[1] if default[1] is not None else default[2]
    generated = value is not None and value.upper().startswith("CURRENT_TIMESTAMP")
    extra = "auto_increment" if "AUTO_INCREMENT" in rest else "DEFAULT_GENERATED" if generated else ""
    return Column(
        name=found["name"],
        declared=found["type"].lower(),
        nullable="NOT NULL" not in rest,
        default=None if value is not None and value.upper() == "NULL" else value,
        extra=extra,
    )


def _tuples(text: str, width: int) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of an INSERT's VALUES list."""
    row: list[Value] = []
    position = 0
    while position < len(text):
        token = _VALUE.match(text, position)
        if token is None:
            raise ValueError(f"unexpected {text[position : position + 20]!r} in the values")
        position = token.end()
        quoted, null, whole, real, mark = token.groups()
        if quoted is not None:
            row.append(_unescape(quoted))
        elif null:
            row.append(None)
        elif whole:
            row.append(int(whole))
        elif real:
            row.append(float(real))
        elif mark == ")":
            if len(row) != width:
                raise ValueError(f"{len(row)} values for {width} columns")
            yield tuple(row)
            row = []


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)|''", lambda m: "'" if m[1] is None else _ESCAPES.get(m[1], m[1]), text, flags=re.S)
