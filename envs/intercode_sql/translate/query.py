"""A MySQL query to an SQLite query with typed columns: FROM, set operations, common table expressions."""

from collections.abc import Callable

from sqlglot import exp

from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.engine.information import INTEGERS, VIEWS
from envs.intercode_sql.schema import Schema, quoted, table_name
from envs.intercode_sql.translate import errors
from envs.intercode_sql.translate.clauses import Query, limit_text
from envs.intercode_sql.translate.expressions import Expressions
from envs.intercode_sql.translate.scope import Found, OutColumn, Scope, Source
from envs.intercode_sql.translate.select import translate_select
from envs.intercode_sql.translate.typed import Context, Typed, unwrapped
from envs.intercode_sql.translate.types import INT, TEXT, column_type, common


class Translator:
    """Translates one statement; remembers what every column reference was resolved to."""

    def __init__(self, schema: Schema, database: str, *, full_group_by: bool, variable: Callable[[str], str]) -> None:
        self.schema = schema
        self.database = database
        self.full_group_by = full_group_by
        self.variable = variable
        self.resolved: dict[int, Found] = {}
        self.expressions = Expressions(self)
        self._common: dict[str, Source] = {}
        self._count = 0

    def handle(self, alias: str) -> str:
        """Return a name for ``alias`` that no other table of the statement has."""
        self._count += 1
        return f"{alias}#{self._count}"

    def statement(self, tree: exp.Expression) -> Query:
        """Return the translation of a whole query; a missing table is reported before anything else."""
        local = {"dual", *(cte.alias.lower() for cte in tree.find_all(exp.CTE))}
        tables = [table for table in tree.find_all(exp.Table) if table.db or table.name.lower() not in local]
        for table in sorted(tables, key=lambda t: (t.find_ancestor(exp.CTE) is not None, t.this.meta.get("start", 0))):
            self.table(table)
        return self.query(tree, None)

    def query(self, node: exp.Expression, outer: Scope | None) -> Query:
        """Return the translation of a SELECT, a set operation or one of these in brackets."""
        node = unwrapped(node)
        saved = dict(self._common)
        prefix = self._with(node, outer)
        if isinstance(node, exp.Select):
            result = translate_select(node, outer, self)
        elif isinstance(node, exp.SetOperation):
            result = self._set_operation(node, outer)
        elif isinstance(node, exp.Subquery):
            result = self._ordered(self.query(node.this, outer), node)
        else:
            raise SQLError(f"This version of MySQL doesn't yet support '{node.key.upper()} here'")
        self._common = saved
        return result._replace(sql=prefix + result.sql) if prefix else result

    # tables

    def table(self, node: exp.Table) -> Source:
        """Return the table a FROM clause names; SQLError when there is none."""
        database = node.db.lower() or self.database
        name = node.name.lower()
        alias = node.alias or node.name
        if database == "information_schema":
            return self._information_table(name, alias)
        if database not in self.schema.databases:
            raise SQLError(f"Unknown database '{database}'")
        table = self.schema.databases[database].get(name)
        if table is None:
            raise errors.unknown_table(f"{database}.{name}")
        columns = [OutColumn(column.name, column_type(column), column.name) for column in table.columns]
        indexes = [tuple(map(str.lower, names)) for names in (table.primary, *(i.columns for i in table.indexes))]
        handle = self.handle(alias)
        return Source(alias, columns, database, name, table.unique_keys(), indexes, handle=handle)

    def _information_table(self, name: str, alias: str) -> Source:
        if name not in VIEWS:
            raise SQLError(f"Unknown table '{name.upper()}' in information_schema")
        columns = [OutColumn(c, INT if c in INTEGERS else TEXT, c) for c in VIEWS[name]]
        return Source(alias, columns, "information_schema", name, handle=self.handle(alias))

    def source(self, node: exp.Expression, outer: Scope | None) -> tuple[Source, str]:
        """Return a FROM clause's table and its text."""
        if isinstance(node, exp.Subquery):
            if not node.alias:
                raise errors.NO_ALIAS
            inner = self.query(node.this, outer)
            names = [column.name.lower() for column in inner.columns]
            if duplicate := next((c.name for i, c in enumerate(inner.columns) if c.name.lower() in names[:i]), None):
                raise SQLError(f"Duplicate column name '{duplicate}'")
            source = Source(node.alias, inner.columns, None, keys=list(inner.keys), handle=self.handle(node.alias))
            return source, inner.derived(source.handle)
        if not isinstance(node, exp.Table):
            raise SQLError(f"This version of MySQL doesn't yet support '{node.key.upper()} as a table'")
        cte = self._common.get(node.name.lower()) if not node.db else None
        if cte is not None:
            alias = node.alias or node.name
            source = Source(alias, cte.columns, None, keys=cte.keys, handle=self.handle(alias))
            return source, f"{quoted(cte.handle)} AS {quoted(source.handle)}"
        source = self.table(node)
        return source, f"{table_name(source.database or '', source.table)} AS {quoted(source.handle)}"

    def _with(self, node: exp.Expression, outer: Scope | None) -> str:
        """Bring the common table expressions into reach; return the WITH clause."""
        clause = node.args.get("with_")
        if clause is None:
            return ""
        parts = []
        recursive = bool(clause.args.get("recursive"))
        for cte in clause.expressions:
            handle = self.handle(cte.alias)
            names = [column.name for column in cte.args["alias"].columns]
            if recursive and isinstance(cte.this, exp.SetOperation):
                anchor = self.query(cte.this.this, outer)
                self._common[cte.alias.lower()] = Source(
                    cte.alias, _renamed(anchor.columns, names), None, handle=handle
                )
                step = self.query(cte.this.expression, outer)
                word = "UNION" if cte.this.args.get("distinct") else "UNION ALL"
                body, columns = f"{anchor.sql} {word} {step.sql}", anchor.columns
            else:
                inner = self.query(cte.this, outer)
                body, columns = inner.sql, inner.columns
            self._common[cte.alias.lower()] = Source(cte.alias, _renamed(columns, names), None, handle=handle)
            listed = ", ".join(quoted(column.reference) for column in columns)
            parts.append(f"{quoted(handle)}({listed}) AS ({body})")
        return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(parts)} "

    # set operations

    def _set_operation(self, node: exp.SetOperation, outer: Scope | None) -> Query:
        left, right = self.query(node.this, outer), self.query(node.expression, outer)
        if len(left.columns) != len(right.columns):
            raise errors.DIFFERENT_COLUMNS
        columns = [
            OutColumn(a.name, common([a.type, b.type]), a.reference)
            for a, b in zip(left.columns, right.columns, strict=True)
        ]
        first, second = self._side(left, columns), self._side(right, columns)
        if isinstance(node, exp.Union):
            sql = f"{first} UNION ALL {second}"
            if node.args.get("distinct"):
                sql = f"SELECT DISTINCT {self._list(columns)} FROM ({sql})"
        else:
            same = " AND ".join(f'"_l"."_{i}" IS "_r"."_{i}"' for i in range(len(columns)))
            word = "EXISTS" if isinstance(node, exp.Intersect) else "NOT EXISTS"
            sql = (
                f'SELECT DISTINCT {self._list(columns)} FROM ({first}) AS "_l" '
                f'WHERE {word} (SELECT 1 FROM ({second}) AS "_r" WHERE {same})'
            )
        return self._ordered(Query(sql, columns), node)

    def _side(self, query: Query, columns: list[OutColumn]) -> str:
        """Return one side with its columns converted to the result's types."""
        parts = []
        for inner, column in zip(query.columns, columns, strict=True):
            value = Typed(f'"_s".{quoted(inner.reference)}', inner.type)
            converted = Typed(self.expressions.converted(value, column.type), column.type)
            parts.append(f"{self.expressions.compared(converted)} AS {quoted(column.reference)}")
        return f"SELECT {', '.join(parts)} FROM {query.derived('_s')}"

    def _list(self, columns: list[OutColumn]) -> str:
        return ", ".join(
            f"{self.expressions.compared(Typed(quoted(c.reference), c.type))} AS {quoted(c.reference)}" for c in columns
        )

    def _ordered(self, query: Query, node: exp.Expression) -> Query:
        """Return a set operation or bracketed query with its own ORDER BY and LIMIT."""
        if node.args.get("order") is None and node.args.get("limit") is None:
            return query
        source = Source("", query.columns, None, handle="_o")
        context = Context(Scope(None, [source]), "order clause", {}, aggregates=False)
        keys = []
        for item in node.args["order"].expressions if node.args.get("order") is not None else []:
            if item.this.is_int:
                position = int(item.this.name) - 1
                if not 0 <= position < len(query.columns):
                    raise errors.unknown_column(item.this.name, "order clause")
                column = query.columns[position]
                value = Typed(f'"_o".{quoted(column.reference)}', column.type)
            else:
                value = self.expressions(item.this, context)
            keys.append(self.expressions.compared(value) + (" DESC" if item.args.get("desc") else ""))
        names = ", ".join(quoted(column.reference) for column in query.columns)
        order = f" ORDER BY {', '.join(keys)}" if keys else ""
        return query._replace(sql=f"SELECT {names} FROM {query.derived('_o')}{order}{limit_text(node)}")


def _renamed(columns: list[OutColumn], names: list[str]) -> list[OutColumn]:
    if not names:
        return columns
    return [OutColumn(name, column.type, column.reference) for name, column in zip(names, columns, strict=False)]
