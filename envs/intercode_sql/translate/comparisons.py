"""How MySQL compares: as texts under the collation, as dates, else as numbers.

See ``docs/spec/intercode_sql.md §8.1, §8.2``.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING

from sqlglot import exp

from envs.intercode_sql.engine import collation, dates
from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.translate import errors
from envs.intercode_sql.translate.typed import Context, Typed, unwrapped
from envs.intercode_sql.translate.types import INT, Kind, Type

if TYPE_CHECKING:
    from envs.intercode_sql.translate.query import Translator

COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS",
}


class Comparisons:
    """The part of the expression translator that converts and compares values."""

    translator: "Translator"

    @abstractmethod
    def __call__(self, node: exp.Expression, context: Context) -> Typed:
        """Return the translation of ``node``."""

    def number(self, value: Typed) -> str:
        """Return the text as a number, the way MySQL reads texts and dates in a numeric context."""
        if value.type.numeric or value.type.kind is Kind.NULL:
            return value.sql
        return f"my_date_number({value.sql})" if value.type.temporal else f"my_number({value.sql})"

    def text(self, value: Typed) -> str:
        """Return the value as a text: decimals with their digits, doubles without a trailing ``.0``."""
        if value.type.kind is Kind.INT:
            return f"CAST({value.sql} AS TEXT)"
        if value.type.numeric:
            scale = "NULL" if value.type.scale is None else str(value.type.scale)
            return f"my_text({value.sql}, {scale})"
        return value.sql

    def compared(self, value: Typed) -> str:
        """Return the text with MySQL's collation, for comparing, sorting and grouping."""
        return f"{value.sql} COLLATE {collation.NAME}" if value.type.kind is Kind.TEXT else value.sql

    def _comparison(self, node: exp.Expression, context: Context) -> Typed:
        operator = COMPARISONS[type(node)]
        if isinstance(node.expression, exp.Any | exp.All):
            return self._quantified(node, operator, context)
        if isinstance(node.this, exp.Tuple) and isinstance(node.expression, exp.Tuple):
            pairs = zip(node.this.expressions, node.expression.expressions, strict=False)
            parts = [self.compare(operator, self(a, context), self(b, context)) for a, b in pairs]
            return Typed("(" + " AND ".join(parts) + ")", INT)
        return Typed(self.compare(operator, self(node.this, context), self(node.expression, context)), INT)

    def compare(self, operator: str, left: Typed, right: Typed) -> str:
        """Return the comparison after MySQL's conversions: as texts, as dates, else as numbers.

        See ``docs/spec/intercode_sql.md §8.2``.
        """
        a, b = self.alike(left, right)
        return f"({a} {operator} {b})"

    def alike(self, left: Typed, right: Typed) -> tuple[str, str]:
        """Return both sides converted so that SQLite compares them as MySQL does."""
        kinds = {left.type.kind, right.type.kind}
        if Kind.NULL in kinds or kinds == {Kind.TEXT}:
            return self.compared(left), self.compared(right)
        if left.type.temporal and right.type.temporal:
            if len(kinds) == 1:
                return left.sql, right.sql
            return f"my_datetime({left.sql})", f"my_datetime({right.sql})"
        if Kind.TEXT in kinds and kinds & {Kind.DATE, Kind.DATETIME}:
            return self._as_date(left, right.type), self._as_date(right, left.type)
        return self.number(left), self.number(right)

    def _as_date(self, value: Typed, other: Type) -> str:
        if value.type.kind is not Kind.TEXT:
            return f"my_datetime({value.sql})" if value.type.kind is Kind.DATE else value.sql
        constant = value.sql[1:-1].replace("''", "'") if value.sql.startswith("'") else None
        if constant is not None and dates.normal(constant, with_time=True) is None:
            name = "DATE" if other.kind is Kind.DATE else "DATETIME"
            raise SQLError(f"Incorrect {name} value: '{constant}'")
        return f"my_datetime({value.sql})"

    def _between(self, node: exp.Between, context: Context) -> Typed:
        value = self(node.this, context)
        low, high = self(node.args["low"], context), self(node.args["high"], context)
        return Typed(f"({self.compare('>=', value, low)} AND {self.compare('<=', value, high)})", INT)

    def _in(self, node: exp.In, context: Context) -> Typed:
        query = node.args.get("query")
        if query is not None:
            return self._in_query(node.this, query, context)
        if isinstance(node.this, exp.Tuple):
            rows = [self._comparison(exp.EQ(this=node.this, expression=row), context).sql for row in node.expressions]
            return Typed("(" + " OR ".join(rows) + ")", INT)
        value = self(node.this, context)
        choices = [self(choice, context) for choice in node.expressions]
        if all(choice.type.kind is value.type.kind for choice in choices):
            items = ", ".join(choice.sql for choice in choices)
            return Typed(f"({self.compared(value)} IN ({items}))", INT)
        return Typed("(" + " OR ".join(self.compare("=", value, choice) for choice in choices) + ")", INT)

    def _in_query(self, left: exp.Expression, query: exp.Expression, context: Context) -> Typed:
        sides = left.expressions if isinstance(left, exp.Tuple) else [left]
        values = [self(side, context._replace(clause="IN/ALL/ANY subquery")) for side in sides]
        inner = self.translator.query(unwrapped(query), context.scope)
        if len(inner.columns) != len(values):
            raise errors.operand(len(values))
        rights = [Typed(f'"_s"."_{i}"', column.type) for i, column in enumerate(inner.columns)]
        pairs = [self.alike(a, b) for a, b in zip(values, rights, strict=True)]
        left_sql = ", ".join(pair[0] for pair in pairs)
        right_sql = ", ".join(pair[1] for pair in pairs)
        body = f"SELECT {right_sql} FROM {inner.derived('_s')}"
        return Typed(f"(({left_sql}) IN ({body}))" if len(pairs) > 1 else f"({left_sql} IN ({body}))", INT)

    def _quantified(self, node: exp.Expression, operator: str, context: Context) -> Typed:
        """``x > ANY (…)`` and ``x > ALL (…)``."""
        query = unwrapped(node.expression.this)
        value, inner = self(node.this, context), self.translator.query(query, context.scope)
        test = self.compare(operator, value, Typed('"_s"."_0"', inner.columns[0].type))
        body = f"SELECT 1 FROM {inner.derived('_s')} WHERE"
        if isinstance(node.expression, exp.Any):
            return Typed(f"EXISTS ({body} {test})", INT)
        return Typed(f"(NOT EXISTS ({body} NOT {test}))", INT)
