"""ONLY_FULL_GROUP_BY with functional dependencies, and DISTINCT with ORDER BY.

See ``docs/spec/intercode_sql.md §3, §8.5``.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from envs.intercode_sql.translate import errors
from envs.intercode_sql.translate.aggregates import is_aggregate
from envs.intercode_sql.translate.scope import Found

if TYPE_CHECKING:
    from envs.intercode_sql.translate.clauses import Select

Key = tuple[int, str]


def check(work: "Select", resolved: dict[int, Found], *, aggregated: bool) -> None:
    """Raise SQLError for the first expression MySQL would refuse under ONLY_FULL_GROUP_BY."""
    if work.distinct and work.orders:
        _check_distinct(work, resolved)
    if not aggregated:
        return
    determined = _closure(work, resolved)
    texts = {_text(node) for node, _ in work.groups if not isinstance(node, exp.Column)}
    for position, item in enumerate(work.items, 1):
        found = item.found if item.node is None else _first_free(item.node, resolved, determined, texts, work)
        if found is not None and found.key not in determined and not found.outer:
            label = found.source.label(found.column)
            raise errors.not_grouped(position, "SELECT list", label, grouped=work.grouped)
    for position, (node, _, _) in enumerate(work.orders, 1):
        found = _first_free(node, resolved, determined, texts, work)
        if found is not None:
            label = found.source.label(found.column)
            raise errors.not_grouped(position, "ORDER BY clause", label, grouped=work.grouped)


def plain_columns(node: exp.Expression) -> Iterator[exp.Column]:
    """Yield the columns outside group functions and subqueries."""
    if isinstance(node, exp.Query) or is_aggregate(node):
        return
    if isinstance(node, exp.Column):
        yield node
        return
    for child in node.iter_expressions():
        yield from plain_columns(child)


def _first_free(
    node: exp.Expression, resolved: dict[int, Found], determined: set[Key], texts: set[str], work: "Select"
) -> Found | None:
    """Return the first column in ``node`` that the groups do not determine."""
    if is_aggregate(node) or _text(node) in texts:
        return None
    if isinstance(node, exp.Column):
        found = resolved.get(id(node))
        in_scope = found is not None and any(found.source is source for source in work.scope.sources)
        return found if found is not None and in_scope and found.key not in determined else None
    for child in node.iter_expressions():
        free = _first_free(child, resolved, determined, texts, work)
        if free is not None:
            return free
    return None


def _closure(work: "Select", resolved: dict[int, Found]) -> set[Key]:
    """Return the columns that the group columns determine through keys and equalities."""
    determined = {f.key for f in (resolved.get(id(node)) for node, _ in work.groups) if f is not None}
    where = work.node.args.get("where")
    rules = list(_equalities(where.this, resolved, both=True)) if where is not None else []
    for join in work.joins:
        if join is not None and join.args.get("on") is not None:
            outer = str(join.side).upper() in ("LEFT", "RIGHT")
            rules += _equalities(join.args["on"], resolved, both=not outer)
    for source in work.scope.sources:
        everything = frozenset((id(source), column.name.lower()) for column in source.columns)
        rules += [(frozenset((id(source), name) for name in key), everything) for key in source.keys]
    changed = True
    while changed:
        changed = False
        for given, implied in rules:
            if given <= determined and not implied <= determined:
                determined |= implied
                changed = True
    return determined


def _equalities(
    node: exp.Expression, resolved: dict[int, Found], *, both: bool
) -> Iterator[tuple[frozenset[Key], frozenset[Key]]]:
    """Yield what ``a = b`` and ``a = constant``, joined by AND, determine; an outer join's ON only one way."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.And):
        yield from _equalities(node.this, resolved, both=both)
        yield from _equalities(node.expression, resolved, both=both)
    elif isinstance(node, exp.EQ):
        sides = [
            resolved.get(id(side)) if isinstance(side, exp.Column) else None for side in (node.this, node.expression)
        ]
        constants = [isinstance(side, exp.Literal) for side in (node.this, node.expression)]
        if sides[0] is not None and sides[1] is not None:
            a, b = frozenset([sides[0].key]), frozenset([sides[1].key])
            yield a, b
            yield b, a
        elif both:
            for side, constant in zip(sides, reversed(constants), strict=True):
                if side is not None and constant:
                    yield frozenset(), frozenset([side.key])


def _check_distinct(work: "Select", resolved: dict[int, Found]) -> None:
    shown = {item.found.key for item in work.items if item.found is not None}
    aliases = {item.alias.lower() for item in work.items if item.alias}
    texts = {_text(item.node) for item in work.items if item.node is not None}
    for position, (node, _, _) in enumerate(work.orders, 1):
        if _text(node) in texts:
            continue
        for column in node.find_all(exp.Column):
            found = resolved.get(id(column))
            if found is None or found.key in shown or (not column.table and column.name.lower() in aliases):
                continue
            raise errors.not_distinct(position, found.source.label(found.column))


def _text(node: exp.Expression) -> str:
    return str(node.sql(dialect="mysql")).lower()
