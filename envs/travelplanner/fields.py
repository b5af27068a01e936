"""How one field of a plan is read: cities, names, and what counts as filled (``docs/spec/travelplanner.md §6``).

These readers raise on values that are not text, as the official ones do; the evaluator counts that as a failure.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeGuard

MEALS = ("breakfast", "lunch", "dinner")
NO_MORE_DAYS = "You don't need to fill in the information for this or later days."

_STATE_SUFFIX = re.compile(r"^(.*?)\([^)]*\)")
_LEG = re.compile(r"from\s+(.+?)\s+to\s+([^,]+)(?=[,\s]|$)")


@lru_cache(maxsize=65536)
def without_state(text: str) -> str:
    """Return ``text`` up to its first bracketed part: "Houston(Texas)" → "Houston"."""
    match = _STATE_SUFFIX.search(text)
    return match.group(1) if match else text


@lru_cache(maxsize=65536)
def leg(text: str) -> tuple[str, str] | tuple[None, None]:
    """Return (A, B) of "from A to B", brackets kept; (None, None) when there is no such phrase."""
    match = _LEG.search(text)
    return (match.group(1), match.group(2)) if match else (None, None)


def leg_cities(text: str) -> tuple[str, str]:
    """Return (A, B) of "from A to B" without states; TypeError when the phrase is missing."""
    start, end = leg(text)
    if start is None or end is None:
        raise TypeError(f"no 'from A to B' in {text!r}")
    return without_state(start), without_state(end)


@lru_cache(maxsize=65536)
def name_and_city(text: str) -> tuple[str, str]:
    """Return ("Name", "City") of "Name, City(State)", cut at the last comma; ("-", "-") when there is none.

    The official pattern's first group cannot cross a line break, so of a name on two lines the last line counts.
    """
    comma = text.rfind(",")
    if comma < 0 or comma == len(text) - 1:
        return "-", "-"
    name = text[text.rfind("\n", 0, comma) + 1 : comma]
    return name.strip(), without_state(text[comma + 1 :].strip()).strip()


def is_filled(value: Any) -> TypeGuard[str]:
    """Whether a field says something (neither empty nor "-"). Its type is the reader's risk."""
    return bool(value) and value != "-"


def filled(day: Mapping[str, Any], key: str) -> str | None:
    """Return the field when it is present and filled, else None."""
    if key in day:
        value = day[key]
        if value and value != "-":
            return value  # type: ignore[no-any-return]  # the reader's risk, as above
    return None


def pieces(attraction: str) -> list[str]:
    """Return the attractions of a day. What follows the last ";" is dropped, as the official reader does."""
    return attraction.split(";")[:-1]


def flight_number(transportation: str) -> str:
    """Return the number in "Flight Number: F…, from …"; IndexError when it is spelt otherwise."""
    return transportation.split("Flight Number: ")[1].split(",")[0]


def transport_class(transportation: str) -> str | None:
    """Return "Taxi", "Self-driving", "Flight" or None, in the official order of precedence."""
    text = transportation.lower()
    for word, kind in (("taxi", "Taxi"), ("self-driving", "Self-driving"), ("flight", "Flight")):
        if word in text:
            return kind
    return None


def looked_at(query: Mapping[str, Any], plan: Any) -> list[Any]:
    """Return the days that the official evaluator looks at: the first ``query["days"]`` of the plan."""
    return [plan[index] for index in range(min(query["days"], len(plan)))]
