"""One SELECT, clause by clause in the order in which MySQL resolves names (``docs/spec/intercode_sql.md §3``)."""

from typing import TYPE_CHECKING

from sqlglot import exp

from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.translate import errors, grouping
from envs.intercode_sql.translate.aggregates import contains_aggregate
from envs.intercode_sql.translate.assembly import assemble, single_row, unique_keys
from envs.intercode_sql.translate.clauses import Item, Query, Select
from envs.intercode_sql.translate.scope import Found, OutColumn, Scope, Source, spelled
from envs.intercode_sql.translate.typed import Context, Typed

if TYPE_CHECKING:
    from envs.intercode_sql.translate.query import Translator


def translate_select(node: exp.Select, outer: Scope | None, translator: "Translator") -> Query:
    """Return the translation of one SELECT; SQLError where MySQL would refuse it."""
    work = Select(node, Scope(outer))
    _tables(work, translator)
    aggregated = _is_aggregated(node)
    _items(work, translator)
    where = _condition(work, translator, "where", "where clause", aggregates=False)
    for position in reversed(range(len(work.joins))):
        work.conditions[position] = _join_condition(work, position, translator)
    _groups(work, translator)
    having = _having(work, translator)
    _orders(work, translator)
    if translator.full_group_by:
        grouping.check(work, translator.resolved, aggregated=aggregated or work.grouped)
    columns = [OutColumn(item.name, item.value.type, f"_{i}") for i, item in enumerate(work.items)]
    sql = assemble(work, where, having, translator, aggregated=aggregated)
    return Query(sql, columns, single_row(work, aggregated=aggregated), unique_keys(work))


def _tables(work: Select, translator: "Translator") -> None:
    start = work.node.args.get("from_")
    if start is None:
        return
    nodes: list[tuple[exp.Expression, exp.Join | None]] = [(start.this, None)]
    nodes += [(join.this, join) for join in work.node.args.get("joins") or []]
    for table, join in nodes:
        if isinstance(table, exp.Table) and table.name.lower() == "dual" and not table.db:
            continue
        source, text = translator.source(table, work.scope.outer)
        if join is not None and (join.args.get("using") or join.args.get("method") == "NATURAL"):
            _merge(work, source, join)
        work.scope.add(source)
        work.tables.append(text)
        work.joins.append(join)
        work.conditions.append("")


def _merge(work: Select, source: Source, join: exp.Join) -> None:
    """Hide the columns that USING or NATURAL identifies with an earlier table's."""
    names = [identifier.name for identifier in join.args.get("using") or []]
    if join.args.get("method") == "NATURAL":
        earlier = {c.name.lower() for s in work.scope.sources for c in s.columns}
        names = [column.name for column in source.columns if column.name.lower() in earlier]
        join.meta["natural"] = names
    for name in names:
        if source.find(name) is None:
            raise errors.unknown_column(name, "from clause")
    source.hidden = {name.lower() for name in names}


def _join_condition(work: Select, position: int, translator: "Translator") -> str:
    join = work.joins[position]
    if join is None:
        return ""
    source = work.scope.sources[position]
    if source.hidden:
        left = Scope(None, work.scope.sources[:position])
        pairs = []
        for name in sorted(source.hidden):
            found = left.resolve(exp.column(name), "from clause")
            column = source.find(name)
            assert column is not None
            joined = Found(source, column, outer=False)
            values = Typed(found.sql, found.column.type), Typed(joined.sql, column.type)
            pairs.append(translator.expressions.compare("=", *values))
        return " AND ".join(pairs)
    condition = join.args.get("on")
    if condition is None:
        return ""
    reach = Scope(work.scope.outer, work.scope.sources[: position + 1])
    return translator.expressions.truth(condition, Context(reach, "on clause", {}, aggregates=False))


def _is_aggregated(node: exp.Select) -> bool:
    parts = list(node.expressions)
    parts += [node.args["having"].this] if node.args.get("having") is not None else []
    parts += [item.this for item in node.args["order"].expressions] if node.args.get("order") is not None else []
    return any(contains_aggregate(part) for part in parts)


def _items(work: Select, translator: "Translator") -> None:
    context = Context(work.scope, "field list", {}, aggregates=True)
    for expression in work.node.expressions:
        star = expression if isinstance(expression, exp.Star) else expression.this
        if isinstance(expression, exp.Star | exp.Column) and isinstance(star, exp.Star):
            work.items += _star(work, expression)
            continue
        alias = expression.alias if isinstance(expression, exp.Alias) else ""
        inner = expression.this if isinstance(expression, exp.Alias) else expression
        value = translator.expressions(inner, context)
        found = translator.resolved.get(id(inner)) if isinstance(inner, exp.Column) else None
        name = alias or (inner.name if isinstance(inner, exp.Column) else inner.sql(dialect="mysql"))
        work.items.append(Item(name, value, inner, found, alias))


def _star(work: Select, node: exp.Expression) -> list[Item]:
    table = node.table.lower() if isinstance(node, exp.Column) else ""
    sources = [s for s in work.scope.sources if not table or s.alias.lower() == table]
    if not sources:
        raise SQLError(f"Unknown table '{node.table}'" if table else "No tables used")
    merged = {name for source in sources for name in source.hidden} if not table else set()
    found = [
        Found(source, column, outer=False)
        for source in sources
        for column in source.columns
        if table or column.name.lower() not in source.hidden
    ]
    found.sort(key=lambda f: f.column.name.lower() not in merged)
    return [Item(f.column.name, Typed(f.sql, f.column.type), None, f, "") for f in found]


def _condition(work: Select, translator: "Translator", part: str, clause: str, *, aggregates: bool) -> str:
    condition = work.node.args.get(part)
    if condition is None:
        return ""
    return translator.expressions.truth(condition.this, Context(work.scope, clause, {}, aggregates))


def _aliases(work: Select) -> dict[str, Typed]:
    return {item.alias.lower(): item.value for item in work.items if item.alias}


def _inside(work: Select) -> dict[str, Typed | None]:
    """Return what the aliases mean inside a group function: nothing when they hold one themselves."""
    return {
        item.alias.lower(): None if item.node is not None and contains_aggregate(item.node) else item.value
        for item in work.items
        if item.alias
    }


def _position(node: exp.Expression, items: list[Item], clause: str) -> Item | None:
    """Return the select item that a number in GROUP BY or ORDER BY means."""
    if not node.is_int or not isinstance(node, exp.Literal):
        return None
    position = int(node.name) - 1
    if not 0 <= position < len(items):
        raise errors.unknown_column(node.name, clause)
    return items[position]


def _groups(work: Select, translator: "Translator") -> None:
    group = work.node.args.get("group")
    if group is None:
        return
    if any(group.args.get(extra) for extra in ("rollup", "cube", "grouping_sets")):
        raise SQLError("This version of MySQL doesn't yet support 'WITH ROLLUP'")
    context = Context(work.scope, "group statement", {}, aggregates=False)
    aliases = {item.alias.lower(): item for item in work.items if item.alias}
    for node in group.expressions:
        item = _position(node, work.items, "group statement")
        named = isinstance(node, exp.Column) and not node.table
        if item is None and named and work.scope.lookup(node, context.clause) is None:
            item = aliases.get(node.name.lower())
        if item is None:
            value = translator.expressions(node, context)
            found = translator.resolved.get(id(node))
            constant = found is not None and found.outer
            work.groups.append((node, Typed("NULL", value.type) if constant else value))
            continue
        if item.node is not None and contains_aggregate(item.node):
            raise SQLError(f"Can't group on '{item.name}'")
        work.groups.append((item.node if item.node is not None else node, item.value))
        if item.found is not None:
            translator.resolved[id(work.groups[-1][0])] = item.found


def _having(work: Select, translator: "Translator") -> str:
    having = work.node.args.get("having")
    if having is None:
        return ""
    context = Context(work.scope, "having clause", _aliases(work), aggregates=True, inside=_inside(work))
    text = translator.expressions.truth(having.this, context)
    known = {item.found.key for item in work.items if item.found is not None}
    known |= {f.key for f in (translator.resolved.get(id(node)) for node, _ in work.groups) if f is not None}
    for column in grouping.plain_columns(having.this):
        found = translator.resolved.get(id(column))
        if found is not None and not found.outer and found.key not in known:
            raise errors.unknown_column(spelled(column), "having clause")
    return text


def _orders(work: Select, translator: "Translator") -> None:
    order = work.node.args.get("order")
    if order is None:
        return
    aliases = {item.found.column.name.lower(): item.value for item in work.items if item.found is not None}
    aliases.update(_aliases(work))
    context = Context(work.scope, "order clause", aliases, aggregates=True, inside=_inside(work))
    for item in order.expressions:
        selected = _position(item.this, work.items, "order clause")
        value = selected.value if selected is not None else translator.expressions(item.this, context)
        node = selected.node if selected is not None and selected.node is not None else item.this
        work.orders.append((node, value, bool(item.args.get("desc"))))
