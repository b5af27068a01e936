"""Whole numbers that are computed of constants alone: MySQL's have 64 bits, and it refuses a result with more."""

from sqlglot import exp

from envs.intercode_sql.engine.base import SQLError

LEAST, MOST = -(2**63), 2**63 - 1
_SIGNS: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


def check(node: exp.Expression) -> None:
    """Raise MySQL's error for a sum, difference or product of constants that no BIGINT holds."""
    value, shown = _computed(node)
    if value is not None and not LEAST <= value <= MOST:
        raise SQLError(f"BIGINT value is out of range in '{shown}'")


def absolute(value: float) -> float:
    """Return the value of ABS, which the smallest BIGINT has not."""
    if isinstance(value, int) and value == LEAST:
        raise SQLError(f"BIGINT value is out of range in 'abs({value})'")
    return abs(value)


def _computed(node: exp.Expression) -> tuple[int | None, str]:
    """Return the value of a constant expression and how MySQL shows it; None for what is none, or is unsigned."""
    if isinstance(node, exp.Paren):
        return _computed(node.this)
    if isinstance(node, exp.Literal) and node.is_int and len(node.name) <= len(str(MOST)):
        return (int(node.name) if int(node.name) <= MOST + 1 else None), node.name
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        value, shown = _computed(node.this)
        return (None if value is None else -value), f"-{shown}"
    sign = _SIGNS.get(type(node))
    if sign is None:
        return None, ""
    (left, shown), (right, beside) = _computed(node.this), _computed(node.expression)
    if left is None or right is None or max(left, right) > MOST:  # such a literal is a BIGINT UNSIGNED
        return None, ""
    value = left + right if sign == "+" else left - right if sign == "-" else left * right
    return value, f"({shown} {sign} {beside})"
