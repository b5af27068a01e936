"""The SQLite text of one SELECT, with MySQL's row order spelled out (``docs/spec/intercode_sql.md §8.3``)."""

from typing import TYPE_CHECKING

from envs.intercode_sql.schema import quoted
from envs.intercode_sql.translate.clauses import Select, limit_text
from envs.intercode_sql.translate.scope import Source
from envs.intercode_sql.translate.typed import Typed
from envs.intercode_sql.translate.types import Kind

if TYPE_CHECKING:
    from envs.intercode_sql.translate.query import Translator


def assemble(work: Select, where: str, having: str, translator: "Translator", *, aggregated: bool) -> str:
    """Return the SQLite text."""
    emit = translator.expressions
    collapsed = aggregated or work.grouped
    columns = []
    for position, item in enumerate(work.items):
        value = item.value
        if collapsed and item.found is not None and value.type.kind is Kind.TEXT and not item.found.outer:
            value = Typed(f"my_first({value.sql})", value.type)
        text = emit.compared(value) if item.found is None or collapsed else value.sql
        columns.append(f"{text} AS {quoted(f'_{position}')}")
    sql = f"SELECT {'DISTINCT ' if work.distinct else ''}{', '.join(columns)}"
    sql += _from_text(work)
    if where:
        sql += f" WHERE {where}"
    if work.grouped:
        sql += " GROUP BY " + ", ".join(_group_key(emit.compared(value)) for _, value in work.groups)
    if having:
        sql += f" HAVING {having}" if collapsed else f" {'AND' if where else 'WHERE'} {having}"
    keys = [emit.compared(value) + (" DESC" if desc else "") for _, value, desc in work.orders]
    keys += _group_order(work, translator)
    if keys:
        sql += " ORDER BY " + ", ".join(_group_key(key) for key in keys)
    return sql + limit_text(work.node)


def _group_key(text: str) -> str:
    """A bare number would be taken for a column position."""
    return f"({text})" if text.split(" ")[0].isdigit() else text


def _from_text(work: Select) -> str:
    if not work.tables:
        return ""
    text = f" FROM {work.tables[0]}"
    for table, join, condition in zip(work.tables[1:], work.joins[1:], work.conditions[1:], strict=True):
        side = str(join.side).upper() if join is not None else ""
        text += f" {side + ' ' if side in ('LEFT', 'RIGHT') else ''}JOIN {table}"
        text += f" ON {condition}" if condition else ""
    return text


def _group_order(work: Select, translator: "Translator") -> list[str]:
    """Groups come in the order in which their first row is met (``docs/spec/intercode_sql.md §8.3``): along an index
    that delivers the groups sorted, else along the first table's scan.
    """
    if not work.grouped or work.distinct or not work.scope.sources or work.scope.sources[0].database is None:
        return []
    source = work.scope.sources[0]
    found = [translator.resolved.get(id(node)) for node, _ in work.groups]
    names = [f.column.name.lower() for f in found if f is not None and f.source is source]
    if len(names) == len(work.groups) and any(index[: len(names)] == tuple(names) for index in source.indexes):
        return [translator.expressions.compared(value) for _, value in work.groups]
    scan = scan_index(source, translator)
    keys = [c for c in source.columns if c.name.lower() in scan]
    columns = [Typed(f"{quoted(source.handle)}.{quoted(column.reference)}", column.type) for column in keys]
    return [f"MIN({translator.expressions.compared(value)})" for value in columns] + [
        f"MIN({quoted(source.handle)}.rowid)"
    ]


def scan_index(source: Source, translator: "Translator") -> tuple[str, ...]:
    """Return the secondary index InnoDB scans instead of the table: one that holds every column the query uses."""
    used = {f.column.name.lower() for f in translator.resolved.values() if f.source is source}
    covering = [index for index in source.indexes[1:] if used and used <= set(index) | set(source.indexes[0])]
    return min(covering, key=len) if covering else ()


def single_row(work: Select, *, aggregated: bool) -> bool:
    """Whether the SELECT cannot return more than one row."""
    limit = work.node.args.get("limit")
    return (aggregated and not work.grouped) or not work.tables or (limit is not None and limit.expression.name in "01")


def unique_keys(work: Select) -> tuple[frozenset[str], ...]:
    """Return the result's keys: the group columns, all columns of a DISTINCT, or the single table's keys."""
    if work.distinct:
        return (frozenset(item.name.lower() for item in work.items),)
    if work.grouped:
        texts = {value.sql for _, value in work.groups}
        names = {item.name.lower() for item in work.items if item.value.sql in texts}
        return (frozenset(names),) if len({i.value.sql for i in work.items} & texts) == len(texts) else ()
    if len(work.scope.sources) == 1:
        shown = {i.found.column.name.lower(): i.name.lower() for i in work.items if i.found is not None}
        keys = work.scope.sources[0].keys
        return tuple(frozenset(shown[c] for c in key) for key in keys if key <= set(shown))
    return ()
