"""Text as ``utf8mb4_general_ci`` compares it: no case, no accents, no trailing blanks.

See ``docs/spec/intercode_sql.md §8.1``.
"""

import re
import unicodedata
from functools import lru_cache

NAME = "general_ci"

_REMEMBERED = 1000
"""Characters of the longest text whose key is kept: thousands of long ones would fill the memory."""


@lru_cache(maxsize=4096)
def _weight(character: str) -> str:
    """Return the base letter in upper case; general_ci maps characters one to one."""
    base = unicodedata.normalize("NFD", character)[0].upper()
    return base if len(base) == 1 else character


def sort_key(text: str) -> str:
    """Return the string whose code-point order is the collation's order."""
    return _remembered_key(text) if len(text) <= _REMEMBERED else _sort_key(text)


def _sort_key(text: str) -> str:
    stripped = text.rstrip(" ")
    return stripped.upper() if stripped.isascii() else "".join(map(_weight, stripped))


_remembered_key = lru_cache(maxsize=65536)(_sort_key)


def compare(left: str, right: str) -> int:
    """Return -1, 0 or 1: the collation callback for SQLite."""
    if left == right:
        return 0
    a, b = sort_key(left), sort_key(right)
    return (a > b) - (a < b)


def like(text: str, pattern: str, escape: str = "\\") -> bool:
    """Whether ``text`` matches a LIKE pattern; linear backtracking, so no pattern can hang the engine."""
    symbols = _like_symbols(pattern, escape)
    letters = "".join(map(_weight, text)) if not text.isascii() else text.upper()
    i = j = 0
    star, mark = -1, 0
    while i < len(letters):
        if j < len(symbols) and (symbols[j] == "_any" or symbols[j] == letters[i]):
            i, j = i + 1, j + 1
        elif j < len(symbols) and symbols[j] == "_many":
            star, mark, j = j, i, j + 1
        elif star >= 0:
            mark += 1
            i, j = mark, star + 1
        else:
            return False
    return all(symbol == "_many" for symbol in symbols[j:])


@lru_cache(maxsize=1024)
def _like_symbols(pattern: str, escape: str) -> tuple[str, ...]:
    """Return one entry a character: a weight, ``_any`` for ``_`` or ``_many`` for ``%``."""
    symbols: list[str] = []
    escaped = False
    for character in pattern:
        if not escaped and character == escape:
            escaped = True
            continue
        wild = {"%": "_many", "_": "_any"}.get(character) if not escaped else None
        symbols.append(wild or _weight(character))
        escaped = False
    return tuple(symbols)


_PREFIX = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")


def number(value: object) -> float | int | None:
    """Return a value as MySQL reads it in a numeric context: a text's numeric prefix, else 0."""
    if value is None or isinstance(value, int | float):
        return value
    found = _PREFIX.match(str(value))
    return float(found[1]) if found else 0.0
