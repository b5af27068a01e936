"""Function calls: plain ones by the table of functions, and the few with a grammar of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.engine.functions import FUNCTIONS
from envs.intercode_sql.translate import aggregates, errors
from envs.intercode_sql.translate.typed import Context, Typed, text_literal
from envs.intercode_sql.translate.types import DATE, DATETIME, DOUBLE, INT, NULL, TEXT, Kind, Type, common, decimal

if TYPE_CHECKING:
    from envs.intercode_sql.translate.expressions import Expressions

DENIED = frozenset({"SLEEP", "BENCHMARK", "GET_LOCK", "MASTER_POS_WAIT", "SOURCE_POS_WAIT"})
"""Calls that only wait (``docs/spec/intercode_sql.md §6``): no task needs them."""


def call(node: exp.Anonymous, context: Context, emit: "Expressions") -> Typed:
    """Return a call written ``name(arguments)``; SQLError for unknown functions and wrong argument counts."""
    name = node.name.upper()
    if aggregates.is_aggregate(node):
        return aggregates.call(name, node.expressions, context, emit)
    if name in _OWN:
        return _OWN[name](node.expressions, context, emit)
    if name in DENIED:
        raise errors.TOO_LONG
    if name not in FUNCTIONS:
        raise SQLError(f"FUNCTION {emit.translator.database}.{node.name} does not exist")
    return named(name, node.expressions, context, emit)


def named(name: str, arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    """Return a call of a function in the table, its arguments converted as its parameters ask."""
    function = FUNCTIONS[name]
    least, most = function.arity
    if not least <= len(arguments) <= most:
        raise SQLError(f"Incorrect parameter count in the call to native function '{name}'")
    values = [emit(argument, context) for argument in arguments]
    texts = []
    for position, value in enumerate(values):
        letter = function.parameter(position)
        texts.append(emit.text(value) if letter == "s" else emit.number(value) if letter == "n" else value.sql)
    result = function.result
    if result is NULL:
        result = values[0].type if values[0].type.numeric else DOUBLE
        if name in ("ROUND", "TRUNCATE"):
            result = _rounded(arguments, values, result)
    if name in ("CEIL", "CEILING", "FLOOR") and not _exact(values[0].type):
        result = DOUBLE
    return Typed(f"my_{name.lower()}({', '.join(texts)})", result)


def _exact(type_: Type) -> bool:
    return type_.kind in (Kind.INT, Kind.DECIMAL)


def _rounded(arguments: list[exp.Expression], values: list[Typed], result: Type) -> Type:
    """ROUND's digits are the result's when they are a constant and the value is exact."""
    digits = int(arguments[1].name) if len(arguments) > 1 and arguments[1].is_int else 0
    if result.kind is Kind.DECIMAL:
        return decimal(max(0, min(result.scale or 0, digits)) if len(arguments) < 2 or arguments[1].is_int else 0)
    return Type(Kind.DOUBLE) if result.kind is Kind.DOUBLE else result


def _coalesce(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    values = [emit(argument, context) for argument in arguments]
    type_ = common([value.type for value in values])
    inner = ", ".join(emit.converted(value, type_) for value in values)
    return Typed(f"COALESCE({inner})" if len(values) > 1 else inner, type_)


def _null_if(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    left, right = (emit(argument, context) for argument in arguments)
    return Typed(f"CASE WHEN {emit.compare('=', left, right)} THEN NULL ELSE {left.sql} END", left.type)


def _is_null(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    return Typed(f"({emit(arguments[0], context).sql} IS NULL)", INT)


def _extreme(name: str) -> Callable[[list[exp.Expression], Context, "Expressions"], Typed]:
    def build(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
        values = [emit(argument, context) for argument in arguments]
        type_ = common([value.type for value in values])
        first, *rest = [emit.converted(value, type_) for value in values]
        return Typed(f"{name}({emit.compared(Typed(first, type_))}, {', '.join(rest)})", type_)

    return build


def _database(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    return Typed(text_literal(emit.translator.database), TEXT)


def _random(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    return Typed("my_rand()", DOUBLE)


def _units_between(arguments: list[exp.Expression], context: Context, emit: "Expressions") -> Typed:
    """``TIMESTAMPDIFF(unit, a, b)``: the unit is a word, not a column."""
    if len(arguments) != 3:
        raise SQLError("Incorrect parameter count in the call to native function 'TIMESTAMPDIFF'")
    unit = exp.Literal.string(arguments[0].name)
    return named("TIMESTAMPDIFF", [unit, *arguments[1:]], context, emit)


def _shifted(sign: int) -> Callable[[list[exp.Expression], Context, "Expressions"], Typed]:
    return lambda arguments, context, emit: shift(arguments[0], arguments[1], sign, context, emit)


def shift(moment: exp.Expression, amount: exp.Expression, sign: int, context: Context, emit: "Expressions") -> Typed:
    """Return a date moved by an INTERVAL (or by days when the amount is a plain number)."""
    value = emit(moment, context)
    unit = str(amount.args["unit"]).upper() if isinstance(amount, exp.Interval) else "DAY"
    number = emit.number(emit(amount.this if isinstance(amount, exp.Interval) else amount, context))
    type_ = value.type if value.type.kind is Kind.DATE and unit not in ("HOUR", "MINUTE", "SECOND") else TEXT
    type_ = DATETIME if value.type.kind is Kind.DATETIME else type_
    return Typed(f"my_date_shift({value.sql}, {sign} * {number}, '{unit}')", type_)


def _extract(node: exp.Extract, context: Context, emit: "Expressions") -> Typed:
    return named(node.this.name.upper(), [node.expression], context, emit)


def _trim(node: exp.Trim, context: Context, emit: "Expressions") -> Typed:
    value, marks = emit(node.this, context), node.expression
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
    if marks is None:
        return Typed(f"my_{name}({emit.text(value)})", TEXT)
    return Typed(f"{name}({emit.text(value)}, {emit.text(emit(marks, context))})", TEXT)


def _today(node: exp.Expression, context: Context, emit: "Expressions") -> Typed:
    return Typed("my_curdate()", DATE)


def _now(node: exp.Expression, context: Context, emit: "Expressions") -> Typed:
    return Typed("my_now()", DATETIME)


_OWN: dict[str, Callable[..., Typed]] = {
    "COALESCE": _coalesce,
    "IFNULL": _coalesce,
    "NULLIF": _null_if,
    "ISNULL": _is_null,
    "GREATEST": _extreme("max"),
    "LEAST": _extreme("min"),
    "DATABASE": _database,
    "SCHEMA": _database,
    "RAND": _random,
    "TIMESTAMPDIFF": _units_between,
    "DATE_ADD": _shifted(1),
    "ADDDATE": _shifted(1),
    "DATE_SUB": _shifted(-1),
    "SUBDATE": _shifted(-1),
}

SPECIAL: dict[type[exp.Expression], Callable[..., Typed]] = {
    exp.Extract: _extract,
    exp.Trim: _trim,
    exp.Substring: lambda n, c, e: named(
        "SUBSTRING", [a for a in (n.this, n.args.get("start"), n.args.get("length")) if a is not None], c, e
    ),
    exp.StrPosition: lambda n, c, e: named("LOCATE", [n.args["substr"], n.this], c, e),
    exp.Concat: lambda n, c, e: named("CONCAT", n.expressions, c, e),
    exp.Ceil: lambda n, c, e: named("CEIL", [n.this], c, e),
    exp.Floor: lambda n, c, e: named("FLOOR", [n.this], c, e),
    exp.CurrentDate: _today,
    exp.CurrentTimestamp: _now,
    exp.GroupConcat: lambda n, c, e: aggregates.group_concat(n, c, e),
}
