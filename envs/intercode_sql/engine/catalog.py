"""SHOW and DESC as MySQL answers them (``docs/spec/intercode_sql.md §1, §8.6``)."""

import re
from typing import Any

from envs.intercode_sql.engine import collation
from envs.intercode_sql.engine.base import Row, SQLError
from envs.intercode_sql.schema import Schema, Table
from envs.intercode_sql.translate import errors

_SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")
_NAME = r"(?:`[^`]+`|[\w$]+)"
_DESCRIBE = re.compile(
    rf"(?:DESC|DESCRIBE|EXPLAIN)\s+(?P<table>{_NAME}(?:\s*\.\s*{_NAME})?)(?:\s+(?P<like>\S+))?\s*$", re.I
)
_SHOW = re.compile(
    r"SHOW\s+(?P<full>FULL\s+)?(?P<what>TABLES|DATABASES|SCHEMAS|COLUMNS|FIELDS|INDEX(?:ES)?|KEYS|CREATE\s+TABLE)"
    rf"\s*(?:(?:FROM|IN)?\s+(?P<first>{_NAME}(?:\s*\.\s*{_NAME})?))??(?:\s+(?:FROM|IN)\s+(?P<second>{_NAME}))?"
    r"(?:\s+LIKE\s+(?P<like>'[^']*'|\"[^\"]*\"))?\s*$",
    re.I,
)


def answer(schema: Schema, database: str, sql: str) -> list[Row] | None:
    """Return the rows of a SHOW, DESC or EXPLAIN-table statement; None when it is something else."""
    text = sql.strip()
    if found := _DESCRIBE.match(text):
        if found["table"].upper() in ("SELECT", "WITH"):
            return None
        rows = _columns(_table(schema, database, found["table"], None))
        return _filtered(rows, found["like"])
    if found := _SHOW.match(text):
        return _show(schema, database, found)
    return None


def _show(schema: Schema, database: str, found: re.Match[str]) -> list[Row]:
    what = found["what"].upper().split()[0]
    if what in ("DATABASES", "SCHEMAS"):
        names = sorted([*schema.databases, *_SYSTEM])
        return _filtered([(name,) for name in names], found["like"])
    if what == "TABLES":
        target = _plain(found["first"] or found["second"] or database)
        if target not in schema.databases:
            raise SQLError(f"Unknown database '{target}'")
        extra: tuple[str, ...] = ("BASE TABLE",) if found["full"] else ()
        return _filtered([(name, *extra) for name in sorted(schema.databases[target])], found["like"])
    table = _table(
        schema, database, found["first"] or found["second"] or "", found["second"] if found["first"] else None
    )
    if what == "CREATE":
        return [(table.name, _create(table))]
    if what in ("COLUMNS", "FIELDS"):
        rows = _columns(table)
        if found["full"]:
            rows = [_full(row) for row in rows]
        return _filtered(rows, found["like"])
    return _indexes(table)


def _plain(name: str) -> str:
    return name.strip().strip("`").lower()


def _table(schema: Schema, database: str, name: str, other: str | None) -> Table:
    parts = [_plain(part) for part in re.findall(_NAME, name)]
    database = _plain(other) if other else parts[0] if len(parts) > 1 else database
    if database not in schema.databases:
        raise SQLError(f"Unknown database '{database}'")
    table = schema.databases[database].get(parts[-1])
    if table is None:
        raise errors.unknown_table(f"{database}.{parts[-1]}")
    return table


def _columns(table: Table) -> list[Row]:
    return [
        (c.name, c.declared, "YES" if c.nullable else "NO", table.key(c), c.default, c.extra) for c in table.columns
    ]


def _full(row: Row) -> Row:
    name, declared, nullable, key, default, extra = row
    text = re.match(r"text|char|varchar", declared)
    privileges = "select,insert,update,references"
    return (name, declared, "utf8mb4_general_ci" if text else None, nullable, key, default, extra, privileges, "")


def _filtered(rows: list[Row], pattern: str | None) -> list[Row]:
    if pattern is None:
        return rows
    plain = pattern.strip("'\"`")
    return [row for row in rows if collation.like(str(row[0]), plain)]


def _indexes(table: Table) -> list[Row]:
    keys: list[tuple[str, int, tuple[str, ...]]] = [("PRIMARY", 0, table.primary)] if table.primary else []
    keys += [(index.name, int(not index.unique), index.columns) for index in table.indexes]
    rows: list[Row] = []
    for name, non_unique, columns in keys:
        for position, column in enumerate(columns, 1):
            nullable = "YES" if table.by_name[column.lower()].nullable else ""
            tail: tuple[Any, ...] = (None, None, nullable, "BTREE", "", "", "YES", None)
            rows.append((table.name, non_unique, name, position, column, "A", 0, *tail))
    return rows


def _create(table: Table) -> str:
    lines = []
    for c in table.columns:
        default = f" DEFAULT '{c.default}'" if c.default is not None else " DEFAULT NULL" if c.nullable else ""
        auto = " AUTO_INCREMENT" if c.extra == "auto_increment" else ""
        lines.append(f"  `{c.name}` {c.declared}{'' if c.nullable else ' NOT NULL'}{default}{auto}")
    if table.primary:
        lines.append("  PRIMARY KEY (" + ",".join(f"`{name}`" for name in table.primary) + ")")
    for index in table.indexes:
        kind = "UNIQUE KEY" if index.unique else "KEY"
        lines.append(f"  {kind} `{index.name}` (" + ",".join(f"`{name}`" for name in index.columns) + ")")
    body = ",\n".join(lines)
    return f"CREATE TABLE `{table.name}` (\n{body}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
