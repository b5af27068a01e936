"""One MySQL expression to SQLite text and its MySQL type."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.translate import aggregates, calls, errors, integers
from envs.intercode_sql.translate.comparisons import COMPARISONS, Comparisons
from envs.intercode_sql.translate.typed import Context, Typed, text_literal, unwrapped
from envs.intercode_sql.translate.types import (
    DATE,
    DATETIME,
    DOUBLE,
    INT,
    NULL,
    TEXT,
    TIME,
    Kind,
    Type,
    common,
    decimal,
    numeric_result,
)

if TYPE_CHECKING:
    from envs.intercode_sql.translate.query import Translator


_ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_BITS: dict[type[exp.Expression], str] = {
    exp.BitwiseAnd: "&",
    exp.BitwiseOr: "|",
    exp.BitwiseLeftShift: "<<",
    exp.BitwiseRightShift: ">>",
}


class Expressions(Comparisons):
    """Dispatch over sqlglot's node types. Holds no state but the query translator for subqueries."""

    def __init__(self, translator: "Translator") -> None:
        self.translator = translator
        self._by_type: dict[type[exp.Expression], Callable[..., Typed]] = {
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Null: lambda n, c: Typed("NULL", NULL),
            exp.Boolean: lambda n, c: Typed(str(int(n.this)), INT),
            exp.Paren: self._paren,
            exp.Neg: self._negative,
            exp.Not: lambda n, c: Typed(f"(NOT {self.truth(n.this, c)})", INT),
            exp.And: lambda n, c: Typed(f"({self.truth(n.this, c)} AND {self.truth(n.expression, c)})", INT),
            exp.Or: lambda n, c: Typed(f"({self.truth(n.this, c)} OR {self.truth(n.expression, c)})", INT),
            exp.Xor: lambda n, c: Typed(f"((NOT {self.truth(n.this, c)}) <> (NOT {self.truth(n.expression, c)}))", INT),
            exp.Is: self._is,
            exp.Between: self._between,
            exp.In: self._in,
            exp.Like: self._like,
            exp.Escape: self._escape,
            exp.RegexpLike: self._regexp,
            exp.Div: self._divide,
            exp.Mod: lambda n, c: calls.named("MOD", [n.this, n.expression], c, self),
            exp.IntDiv: self._whole_division,
            exp.Case: self._case,
            exp.If: self._if,
            exp.Exists: self._exists,
            exp.Subquery: self._scalar,
            exp.Cast: self._cast,
            exp.Collate: self._collate,
            exp.Introducer: lambda n, c: self(n.expression, c),
            exp.Window: lambda n, c: aggregates.window(n, c, self),
            exp.Anonymous: lambda n, c: calls.call(n, c, self),
            exp.SessionParameter: lambda n, c: Typed(text_literal(self.translator.variable(n.name)), TEXT),
            exp.Parameter: lambda n, c: Typed("NULL", NULL),
            exp.Tuple: self._tuple,
        }

    def __call__(self, node: exp.Expression, context: Context) -> Typed:
        """Return the translation of ``node``; SQLError where MySQL would refuse it."""
        kind = type(node)
        if kind in self._by_type:
            return self._by_type[kind](node, context)
        if kind in COMPARISONS:
            return self._comparison(node, context)
        if kind in _ARITHMETIC:
            return self._arithmetic(node, context)
        if kind in _BITS:
            parts = [f"CAST({self.number(self(n, context))} AS INTEGER)" for n in (node.this, node.expression)]
            return Typed(f"({parts[0]} {_BITS[kind]} {parts[1]})", INT)
        special = calls.SPECIAL.get(kind)
        if special is None:
            raise SQLError(f"This version of MySQL doesn't yet support '{node.key.upper()}'")
        return special(node, context, self)

    def truth(self, node: exp.Expression, context: Context) -> str:
        """Return a condition; a text counts as its number."""
        return self.number(self(node, context))

    # leaves

    def _column(self, node: exp.Column, context: Context) -> Typed:
        if isinstance(node.this, exp.Star):
            raise errors.syntax("*", 1)
        if not node.table and node.name.lower() in context.aliases:
            return context.aliases[node.name.lower()]
        if not node.table and node.name.lower() in context.inside and not context.aliases and not context.aggregates:
            return self._alias_in_aggregate(node, context)
        found = context.scope.resolve(node, context.clause)
        self.translator.resolved[id(node)] = found
        return Typed(found.sql, found.column.type)

    def _alias_in_aggregate(self, node: exp.Column, context: Context) -> Typed:
        """A select-list name inside a group function counts only when no table has such a column."""
        if context.scope.lookup(node, context.clause) is not None:
            return self._column(node, context._replace(inside={}))
        value = context.inside[node.name.lower()]
        if value is None:
            raise errors.GROUP_FUNCTION
        return value

    def _literal(self, node: exp.Literal, context: Context) -> Typed:
        if node.is_string:
            return Typed(text_literal(node.this), TEXT)
        text = str(node.this)
        if "e" in text.lower():
            return Typed(text, DOUBLE)
        whole, _, fraction = text.partition(".")
        if fraction or "." in text:
            return Typed(f"{whole or 0}.{fraction or 0}", decimal(len(fraction)))
        return Typed(text, INT)

    def _paren(self, node: exp.Paren, context: Context) -> Typed:
        inner = self(node.this, context)
        return Typed(f"({inner.sql})", inner.type)

    def _tuple(self, node: exp.Tuple, context: Context) -> Typed:
        raise errors.operand(1)

    # operators

    def _negative(self, node: exp.Neg, context: Context) -> Typed:
        value = self(node.this, context)
        return Typed(f"(- {self.number(value)})", value.type if value.type.numeric else DOUBLE)

    def _arithmetic(self, node: exp.Expression, context: Context) -> Typed:
        if isinstance(node.expression, exp.Interval):
            return calls.shift(node.this, node.expression, -1 if isinstance(node, exp.Sub) else 1, context, self)
        left, right = self(node.this, context), self(node.expression, context)
        integers.check(node)
        result = numeric_result([_as_number(left.type), _as_number(right.type)])
        if isinstance(node, exp.Mul) and result.kind is Kind.DECIMAL:
            result = decimal((left.type.scale or 0) + (right.type.scale or 0))
        return Typed(f"({self.number(left)} {_ARITHMETIC[type(node)]} {self.number(right)})", result)

    def _divide(self, node: exp.Div, context: Context) -> Typed:
        left, right = self(node.this, context), self(node.expression, context)
        types = [_as_number(left.type), _as_number(right.type)]
        exact = all(t.kind in (Kind.INT, Kind.DECIMAL) for t in types)
        result = decimal((left.type.scale or 0) + 4) if exact else numeric_result(types, 4)
        return Typed(f"(CAST({self.number(left)} AS REAL) / {self.number(right)})", result)

    def _whole_division(self, node: exp.IntDiv, context: Context) -> Typed:
        left, right = self(node.this, context), self(node.expression, context)
        return Typed(f"CAST(CAST({self.number(left)} AS REAL) / {self.number(right)} AS INTEGER)", INT)

    def _is(self, node: exp.Is, context: Context) -> Typed:
        value, right = self(node.this, context), node.expression
        negated = isinstance(right, exp.Not)
        right = right.this if negated else right
        if isinstance(right, exp.Boolean):
            test = f"(COALESCE({self.number(value)}, {int(not right.this)}) {'<>' if right.this else '='} 0)"
        else:
            test = f"({value.sql} IS NULL)"
        return Typed(f"(NOT {test})" if negated else test, INT)

    def _like(self, node: exp.Like, context: Context, escape: str = "") -> Typed:
        value, pattern = self(node.this, context), self(node.expression, context)
        test = f"my_like({self.text(value)}, {self.text(pattern)}{escape})"
        return Typed(f"(NOT {test})" if node.args.get("negate") else test, INT)

    def _escape(self, node: exp.Escape, context: Context) -> Typed:
        return self._like(node.this, context, f", {self(node.expression, context).sql}")

    def _regexp(self, node: exp.RegexpLike, context: Context) -> Typed:
        return calls.named("REGEXP_LIKE", [node.this, node.expression], context, self)

    def _case(self, node: exp.Case, context: Context) -> Typed:
        subject = self(node.this, context) if node.this is not None else None
        results, parts = [], []
        for branch in node.args["ifs"]:
            if subject is None:
                test = self.truth(branch.this, context)
            else:
                test = self.compare("=", subject, self(branch.this, context))
            results.append(self(branch.args["true"], context))
            parts.append(test)
        default = node.args.get("default")
        otherwise = self(default, context) if default is not None else Typed("NULL", NULL)
        type_ = common([r.type for r in [*results, otherwise]])
        branches = " ".join(
            f"WHEN {test} THEN {self.converted(result, type_)}" for test, result in zip(parts, results, strict=True)
        )
        return Typed(f"CASE {branches} ELSE {self.converted(otherwise, type_)} END", type_)

    def _if(self, node: exp.If, context: Context) -> Typed:
        yes = self(node.args["true"], context)
        no = self(node.args["false"], context) if node.args.get("false") is not None else Typed("NULL", NULL)
        type_ = common([yes.type, no.type])
        test = self.truth(node.this, context)
        return Typed(f"CASE WHEN {test} THEN {self.converted(yes, type_)} ELSE {self.converted(no, type_)} END", type_)

    def converted(self, value: Typed, target: Type) -> str:
        """Return the value in the type of a mixed expression: texts when one branch is a text."""
        return self.text(value) if target.kind is Kind.TEXT else value.sql

    def _exists(self, node: exp.Exists, context: Context) -> Typed:
        return Typed(f"EXISTS ({self.translator.query(unwrapped(node.this), context.scope).sql})", INT)

    def _scalar(self, node: exp.Subquery, context: Context) -> Typed:
        inner = self.translator.query(unwrapped(node), context.scope)
        if len(inner.columns) != 1:
            raise errors.operand(1)
        type_ = inner.columns[0].type
        if inner.single_row:
            return Typed(f"({inner.sql})", type_)
        return Typed(f'(SELECT my_single("_s"."_0") FROM {inner.derived("_s")})', type_)

    def _cast(self, node: exp.Cast, context: Context) -> Typed:
        value, target = self(node.this, context), node.args["to"]
        name = target.this.name if hasattr(target.this, "name") else str(target.this)
        if "INT" in name:
            return Typed(f"CAST(my_round({self.number(value)}) AS INTEGER)", INT)
        if "DECIMAL" in name:
            sizes = [int(p.name) for p in target.expressions]
            scale = sizes[1] if len(sizes) > 1 else 0
            return Typed(f"my_round({self.number(value)}, {scale})", decimal(scale))
        if name in ("FLOAT", "DOUBLE", "REAL"):
            return Typed(f"CAST({self.number(value)} AS REAL)", DOUBLE)
        if name in ("DATE", "DATETIME", "TIMESTAMP", "TIME"):
            type_ = {"DATE": DATE, "TIME": TIME}.get(name, DATETIME)
            return Typed(f"my_{'date' if type_ is DATE else 'datetime'}({self.text(value)})", type_)
        return Typed(self.text(value), TEXT)

    def _collate(self, node: exp.Collate, context: Context) -> Typed:
        return self(node.this, context)


def _as_number(type_: Type) -> Type:
    """Return the type a value has in arithmetic: texts are doubles, dates integers."""
    return type_ if type_.numeric or type_.kind is Kind.NULL else INT if type_.temporal else DOUBLE
