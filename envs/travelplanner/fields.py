"""How one field of a plan is read: cities, names, and what counts as filled (``docs/spec/travelplanner.md §6``).

These readers raise on values that are not text, as the official ones do; the evaluator counts that as a failure.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeGuard

MEALS = ("breakfast", "lunch", "dinner")
NO_MORE_DAYS = "You don't need to fill in the information for this or later days."

_BLANKS = re.compile(r"\s+")
_REMEMBERED = 1000
"""Characters of the longest text whose reading is kept."""


def without_state(text: str) -> str:
    r"""Return ``text`` up to its first bracketed part: "Houston(Texas)" → "Houston".

    The official pattern is ``^(.*?)\([^)]*\)``, whose time grows with the square of the text.
    """
    start = text.find("(")
    return text[:start] if start >= 0 and text.find(")", start) >= 0 and "\n" not in text[:start] else text


def leg(text: str) -> tuple[str, str] | tuple[None, None]:
    """Return (A, B) of "from A to B", brackets kept; (None, None) when there is no such phrase."""
    return _remembered_leg(text) if len(text) <= _REMEMBERED else _leg(text)


def _leg(text: str) -> tuple[str, str] | tuple[None, None]:
    r"""Find what the official pattern finds, ``from\s+(.+?)\s+to\s+([^,]+)(?=[,\s]|$)``, in linear time."""
    blanks = [found.span() for found in _BLANKS.finditer(text)]
    turns = list(_turns(text, blanks))
    ends = [end for _, end, _ in turns]
    for start, end in blanks:
        if not text.endswith("from", 0, start):
            continue
        for begin in range(end, start, -1):  # A may begin with blanks when nothing else is left for it
            following = bisect_right(ends, begin + 1)
            if following == len(turns):
                continue
            turn, _, city = turns[following]
            stop = max(turn, begin + 1)
            if text.find("\n", begin, stop) < 0:
                comma = text.find(",", city)
                return text[begin:stop], text[city : comma if comma >= 0 else len(text)]
    return None, None


def _turns(text: str, blanks: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield where " to " begins, where its first blanks end and where city B begins, of every one that has a B."""
    for (start, end), (after, city) in pairwise(blanks):
        if text.startswith("to", end) and after == end + 2:
            if city < len(text) and text[city] != ",":
                yield start, end, city
            elif city - after > 1:
                yield start, end, city - 1


_remembered_leg = lru_cache(maxsize=65536)(_leg)


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
