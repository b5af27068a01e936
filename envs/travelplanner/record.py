"""A query record as data, whichever way a file spells it (``docs/spec/travelplanner.md §2``).

What cannot be read is an error that names the field: a wish that counted as none would let every plan pass.
"""

import ast
import datetime
import itertools
import json
import re
from collections.abc import Mapping
from typing import Any

from macla.errors import UserError

WISHES: Mapping[str, tuple[str, ...]] = {
    "house rule": ("smoking", "parties", "children under 10", "visitors", "pets"),
    "room type": ("entire room", "private room", "shared room", "not shared room"),
    "transportation": ("no flight", "no self-driving"),
    "cuisine": (),
}
"""The local constraints, and the values that the official evaluator knows (cuisines are any texts)."""

COUNTS = ("days", "people_number", "visiting_city_number")
"""The fields that are whole numbers from 1."""

_WHOLE = re.compile(r"\s*\+?[0-9]{1,9}\s*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"\s*\+?[0-9]{1,9}(\.[0-9]{1,9})?\s*")
_MOST = 10**9
_SHOWN = 60


def read_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query record with numbers, dates and local constraints as data.

    JSON and Python literals in texts are read. UserError names the first field that is absent or cannot be read.
    """
    read = dict(record)
    for name in ("org", "dest"):
        if not isinstance(record.get(name), str) or not record[name].strip():
            raise _unread(record, name, "the name of a city or state")
    for name in COUNTS:
        read[name] = _count(record, name)
    read["budget"] = _budget(record)
    read["date"] = _dates(record, read["days"])
    read["local_constraint"] = _wishes(record)
    return read


def _count(record: Mapping[str, Any], name: str) -> int:
    value = record.get(name)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < _MOST:
        raise _unread(record, name, "a whole number from 1")
    return value


def _budget(record: Mapping[str, Any]) -> int | float:
    value = record.get("budget")
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        raise _unread(record, "budget", "a number of dollars")
    return value


def _dates(record: Mapping[str, Any], days: int) -> list[str]:
    dates = literal(record.get("date"))
    if not isinstance(dates, list | tuple) or len(dates) != days or not all(map(_is_date, dates)):
        raise _unread(record, "date", f"a list of {days} dates such as 2022-03-16")
    if any(later <= earlier for earlier, later in itertools.pairwise(dates)):
        raise _unread(record, "date", f"a list of {days} dates, one after the other")
    return list(dates)


def _is_date(value: Any) -> bool:
    """Whether a value is a day of the calendar, spelt as the flights spell theirs."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def local_constraint(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the local constraints of a record, also when they are JSON or Python in a string; else UserError."""
    wishes = literal(record.get("local_constraint"))
    if not isinstance(wishes, dict):
        raise _unread(record, "local_constraint", f"an object with the keys {', '.join(WISHES)}")
    return wishes


def _wishes(record: Mapping[str, Any]) -> dict[str, Any]:
    wishes = local_constraint(record)
    for name, value in wishes.items():
        if name not in WISHES and value is not None:
            raise _unread(wishes, str(name), f"a local constraint; those are {', '.join(WISHES)}")
    read = {name: wishes.get(name) for name in WISHES}
    for name, known in WISHES.items():
        if known and read[name] is not None and read[name] not in known:
            raise _unread(wishes, name, f"null or one of {', '.join(known)}")
    read["cuisine"] = _cuisines(wishes)
    return {**wishes, **read}


def _cuisines(wishes: Mapping[str, Any]) -> list[str] | None:
    value = wishes.get("cuisine")
    cuisines = literal(value) if isinstance(value, str) else value
    if cuisines is None and value is None:
        return None
    if not isinstance(cuisines, list) or not all(isinstance(name, str) and name.strip() for name in cuisines):
        raise _unread(wishes, "cuisine", "null or a list of cuisines")
    return cuisines


def literal(value: Any) -> Any:
    """Return what a text spells in JSON or in Python, None when it is neither; other values stay."""
    if not isinstance(value, str):
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            return read(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None


def _unread(record: Mapping[str, Any], name: str, wanted: str) -> UserError:
    if name not in record:
        return UserError(f"{name} is missing: it should be {wanted}")
    found = ascii(record[name])
    shown = found if len(found) <= _SHOWN else f"{found[:_SHOWN]}…"
    return UserError(f"{name} is {shown}, not {wanted}")
