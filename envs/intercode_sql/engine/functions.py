"""MySQL's scalar functions that SQLite lacks or computes otherwise: one table of name, parameters and result.

A parameter letter says how the translator hands the argument over: ``s`` as text, ``n`` as a number, ``d`` as a
date's text, ``x`` unchanged. ``?`` marks what follows as optional, ``*`` repeats the last parameter.
"""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from envs.intercode_sql.engine import collation, dates
from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.translate import integers
from envs.intercode_sql.translate.types import DATE, DATETIME, DOUBLE, INT, NULL, TEXT, Type

MAX_TEXT = 1_000_000
"""Longer results become NULL, as MySQL's ``max_allowed_packet`` does."""
_DECIMALS = 30
"""Most digits after the point, as in MySQL."""
_WIDE = Context(prec=400)
"""Holds every double with all digits that rounding may ask for."""


@dataclass(frozen=True)
class Function:
    """One function: how it is called and what it returns (NULL type: that of its first argument)."""

    parameters: str
    result: Type
    call: Callable[..., Any]
    strict: bool = True
    """Whether a NULL argument gives NULL."""

    @property
    def arity(self) -> tuple[int, int]:
        """The least and the greatest number of arguments (255: any)."""
        required, _, optional = self.parameters.partition("?")
        least = len(required.rstrip("*"))
        return least, 255 if "*" in self.parameters else least + len(optional)

    def parameter(self, position: int) -> str:
        """Return the letter of the argument at ``position``."""
        letters = self.parameters.replace("?", "").replace("*", "")
        return letters[min(position, len(letters) - 1)] if letters else "x"


def _substring(text: str, start: float, length: float | None = None) -> str:
    begin = int(start)
    if begin == 0:
        return ""
    begin = begin - 1 if begin > 0 else len(text) + begin
    if begin < 0:
        return ""
    return text[begin:] if length is None else text[begin : begin + max(0, int(length))]


def _pad(text: str, length: float, fill: str, *, left: bool) -> str | None:
    width = int(length)
    if width < 0 or width > MAX_TEXT or (not fill and width > len(text)):
        return None
    missing = max(0, width - len(text))
    padding = (fill * (missing // len(fill) + 1))[:missing] if fill else ""
    return (padding + text if left else text + padding)[:width]


def _round(value: float, digits: float = 0) -> float | int:
    exponent = Decimal(1).scaleb(-max(-60, min(60, int(digits))))
    rounded = Decimal(repr(value)).quantize(exponent, ROUND_HALF_UP, _WIDE) if math.isfinite(value) else Decimal(0)
    return float(rounded) if isinstance(value, float) else int(rounded)


def _truncate(value: float, digits: float) -> float:
    scale = 10.0 ** int(digits)
    return math.trunc(value * scale) / scale


def _modulo(value: float, by: float) -> float | None:
    return None if by == 0 else math.fmod(value, by)


def _format(value: float, digits: float) -> str:
    shown = max(0, min(_DECIMALS, int(digits)))
    return f"{_round(float(value), shown):,.{shown}f}"


def _substring_index(text: str, mark: str, count: float) -> str:
    parts = text.split(mark) if mark else [text]
    return mark.join(parts[: int(count)] if count > 0 else parts[int(count) :]) if count else ""


def _replace(text: str, old: str, new: str) -> str | None:
    if not old:
        return text
    longer = len(new) - len(old)
    if longer > 0 and len(text) + text.count(old) * longer > MAX_TEXT:
        return None
    return text.replace(old, new)


def _concat(*parts: str) -> str | None:
    return "".join(parts) if sum(map(len, parts)) <= MAX_TEXT else None


def _concat_with(separator: str | None, *parts: str | None) -> str | None:
    if separator is None:
        return None
    given = [part for part in parts if part is not None]
    return separator.join(given) if sum(len(part) + len(separator) for part in given) <= 2 * MAX_TEXT else None


def _locate(needle: str, text: str, start: float = 1) -> int:
    return collation.sort_key(text + "\0").find(collation.sort_key(needle + "\0")[:-1], int(start) - 1) + 1


def _log(base: float, value: float | None = None) -> float | None:
    number = base if value is None else value
    if number <= 0 or (value is not None and (base <= 0 or base == 1)):
        return None
    return math.log(number) if value is None else math.log(number, base)


_REGULAR = {
    "parenthesis": "Mismatched parenthesis in regular expression.",
    "missing )": "Mismatched parenthesis in regular expression.",
    "character set": "The regular expression contains an unclosed bracket expression.",
    "missing ]": "The regular expression contains an unclosed bracket expression.",
    "character range": "The regular expression contains an [x-y] character range where x comes after y.",
    "min repeat greater": "The maximum is less than the minimum in a {min,max} interval.",
    "": "Illegal argument to a regular expression.",
}
"""What MySQL says of a pattern that is none, by a part of what our engine says."""


def _regexp(text: str, pattern: str) -> int:
    import regex  # the only engine whose matching can be timed out

    try:
        return int(regex.search(pattern, text, regex.IGNORECASE, timeout=1.0) is not None)
    except regex.error as error:
        told = next((words for part, words in _REGULAR.items() if part in error.msg), _REGULAR[""])
        raise SQLError(told) from None


def _guard(call: Callable[[float], float]) -> Callable[[float], float | None]:
    def safe(value: float) -> float | None:
        try:
            return call(value)
        except (ValueError, OverflowError):
            return None

    return safe


def _power(value: float, exponent: float) -> float | None:
    """Compute in doubles as MySQL does: whole numbers of any length would take any time."""
    if value < 0 and exponent != int(exponent):
        return None
    return float(float(value) ** float(exponent))


FUNCTIONS: dict[str, Function] = {
    "UPPER": Function("s", TEXT, str.upper),
    "UCASE": Function("s", TEXT, str.upper),
    "LOWER": Function("s", TEXT, str.lower),
    "LCASE": Function("s", TEXT, str.lower),
    "LENGTH": Function("s", INT, lambda s: len(s.encode())),
    "OCTET_LENGTH": Function("s", INT, lambda s: len(s.encode())),
    "CHAR_LENGTH": Function("s", INT, len),
    "CHARACTER_LENGTH": Function("s", INT, len),
    "CONCAT": Function("s*", TEXT, _concat),
    "CONCAT_WS": Function("ss*", TEXT, _concat_with, False),
    "SUBSTRING": Function("sn?n", TEXT, _substring),
    "SUBSTR": Function("sn?n", TEXT, _substring),
    "MID": Function("snn", TEXT, _substring),
    "SUBSTRING_INDEX": Function("ssn", TEXT, _substring_index),
    "LEFT": Function("sn", TEXT, lambda s, n: s[: max(0, int(n))]),
    "RIGHT": Function("sn", TEXT, lambda s, n: s[-int(n) :] if n >= 1 else ""),
    "TRIM": Function("s", TEXT, lambda s: s.strip(" ")),
    "LTRIM": Function("s", TEXT, lambda s: s.lstrip(" ")),
    "RTRIM": Function("s", TEXT, lambda s: s.rstrip(" ")),
    "REPLACE": Function("sss", TEXT, _replace),
    "REVERSE": Function("s", TEXT, lambda s: s[::-1]),
    "REPEAT": Function("sn", TEXT, lambda s, n: s * int(n) if len(s) * n <= MAX_TEXT else None),
    "SPACE": Function("n", TEXT, lambda n: " " * int(n) if n <= MAX_TEXT else None),
    "LPAD": Function("sns", TEXT, lambda s, n, fill: _pad(s, n, fill, left=True)),
    "RPAD": Function("sns", TEXT, lambda s, n, fill: _pad(s, n, fill, left=False)),
    "ASCII": Function("s", INT, lambda s: s.encode()[0] if s else 0),
    "INSTR": Function("ss", INT, lambda text, needle: _locate(needle, text)),
    "LOCATE": Function("ss?n", INT, _locate),
    "POSITION": Function("ss", INT, _locate),
    "FORMAT": Function("nn", TEXT, _format),
    "STRCMP": Function("ss", INT, collation.compare),
    "FIND_IN_SET": Function(
        "ss",
        INT,
        lambda s, items: next(
            (i for i, x in enumerate(items.split(","), 1) if collation.sort_key(x) == collation.sort_key(s)), 0
        ),
    ),
    "LOAD_FILE": Function("s", TEXT, lambda _: None),  # as to a user without the FILE privilege
    "REGEXP_LIKE": Function("ss", INT, _regexp),
    "ABS": Function("n", NULL, integers.absolute),
    "SIGN": Function("n", INT, lambda n: (n > 0) - (n < 0)),
    "CEIL": Function("n", INT, math.ceil),
    "CEILING": Function("n", INT, math.ceil),
    "FLOOR": Function("n", INT, math.floor),
    "ROUND": Function("n?n", NULL, _round),
    "TRUNCATE": Function("nn", NULL, _truncate),
    "MOD": Function("nn", NULL, _modulo),
    "POW": Function("nn", DOUBLE, _power),
    "POWER": Function("nn", DOUBLE, _power),
    "SQRT": Function("n", DOUBLE, _guard(math.sqrt)),
    "EXP": Function("n", DOUBLE, _guard(math.exp)),
    "LN": Function("n", DOUBLE, _log),
    "LOG": Function("n?n", DOUBLE, _log),
    "LOG2": Function("n", DOUBLE, lambda n: _log(2, n)),
    "LOG10": Function("n", DOUBLE, lambda n: _log(10, n)),
    "PI": Function("", DOUBLE, lambda: math.pi),
    "YEAR": Function("d", INT, dates.part("YEAR")),
    "MONTH": Function("d", INT, dates.part("MONTH")),
    "DAY": Function("d", INT, dates.part("DAY")),
    "DAYOFMONTH": Function("d", INT, dates.part("DAY")),
    "HOUR": Function("d", INT, dates.part("HOUR")),
    "MINUTE": Function("d", INT, dates.part("MINUTE")),
    "SECOND": Function("d", INT, dates.part("SECOND")),
    "QUARTER": Function("d", INT, dates.part("QUARTER")),
    "WEEK": Function("d", INT, dates.part("WEEK")),
    "DAYOFWEEK": Function("d", INT, dates.part("DAYOFWEEK")),
    "DAYOFYEAR": Function("d", INT, dates.part("DAYOFYEAR")),
    "WEEKDAY": Function("d", INT, dates.part("WEEKDAY")),
    "DAYNAME": Function("d", TEXT, dates.formatter("%W")),
    "MONTHNAME": Function("d", TEXT, dates.formatter("%M")),
    "DATE": Function("d", DATE, dates.date_text),
    "LAST_DAY": Function("d", DATE, dates.last_day),
    "DATE_FORMAT": Function("ds", TEXT, dates.date_format),
    "STR_TO_DATE": Function("ss", DATETIME, dates.parse),
    "DATEDIFF": Function("dd", INT, dates.days_between),
    "TIMESTAMPDIFF": Function("sdd", INT, dates.units_between),
    "DATE_SHIFT": Function("dns", TEXT, dates.shift),
    "UNIX_TIMESTAMP": Function("d", INT, dates.epoch),
    "NOW": Function("", DATETIME, lambda: datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S")),
    "SYSDATE": Function("", DATETIME, lambda: datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S")),
    "CURDATE": Function("", DATE, lambda: datetime.date.today().isoformat()),
    "USER": Function("", TEXT, lambda: "agent@localhost"),
    "CURRENT_USER": Function("", TEXT, lambda: "agent@localhost"),
    "VERSION": Function("", TEXT, lambda: "8.0.33"),
    "CONNECTION_ID": Function("", INT, lambda: 8),
}


def null_safe(function: Function) -> Callable[..., Any]:
    """Return the callable to register: NULL in gives NULL out, results too long become NULL."""

    def call(*arguments: Any) -> Any:
        if function.strict and any(argument is None for argument in arguments):
            return None
        result = function.call(*arguments)
        return None if isinstance(result, str) and len(result) > MAX_TEXT else result

    return call
