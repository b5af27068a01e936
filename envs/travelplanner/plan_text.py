"""Plan text ↔ plan JSON, without a language model (``docs/spec/travelplanner.md §5``).

Three spellings of the same days are read: the official text (blocks ``Day n:`` with a label a line), JSON, and the
one-line command ``Day[Current City: …; Transportation: …; …]`` that the environments offer.
"""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Day = dict[str, Any]

LABELS: Mapping[str, str] = {
    "Current City": "current_city",
    "Transportation": "transportation",
    "Breakfast": "breakfast",
    "Attraction": "attraction",
    "Lunch": "lunch",
    "Dinner": "dinner",
    "Accommodation": "accommodation",
}
"""Label in the text → key in the JSON, in the order in which a day is written."""

_DAY = re.compile(r"(?:^[\s*#>-]*Day\s*\d+\b[*\s]*:?|Day\s*\d+\s*\**\s*:(?=[\s*-]*Current City))", re.MULTILINE)
_COMMAND = re.compile(r"^Day\[(.+)\]$", re.DOTALL)
_LABEL = re.compile(rf"^[\s*-]*({'|'.join(LABELS)})s?(?:\*\*)?\s*:(?:\*\*)?", re.MULTILINE)
_MERGED_LABEL = re.compile(rf"[\s-]*(?:\*\*)?({'|'.join(LABELS)})s?(?:\*\*)?\s*:(?:\*\*)?")
_COMMAND_LABEL = re.compile(rf"(?:^|;\s*)({'|'.join(LABELS)}):\s*")
_COST = re.compile(r"\s*[;,]\s*(?:Average\s+)?Cost\s*:.*$", re.IGNORECASE | re.DOTALL)
_TRAVEL_COST = re.compile(r"\s*;\s*Cost\s*:.*$", re.IGNORECASE | re.DOTALL)
_EMPTY = frozenset({"", "-", "–", "—", "N/A", "n/a", "None", "none"})


def parse_plan(text: str) -> list[Day] | None:
    """Return the days written in ``text`` in order, cleaned; None when there is no day in it. Never raises."""
    text = text.strip()
    if command := _COMMAND.match(text):
        day = _day(command.group(1), _COMMAND_LABEL)
        return _numbered([day]) if day else None
    days = _from_json(text)
    if days is None:
        blocks = (block for _, block in _cut(text, _DAY))
        days = [day for block in blocks if (day := _day(block, _LABEL if "\n" in block else _MERGED_LABEL))]
    return _numbered(days) if days else None


def _cut(text: str, mark: re.Pattern[str]) -> list[tuple[re.Match[str], str]]:
    """Return each mark with the text from its end to the next mark."""
    marks = list(mark.finditer(text))
    ends = [*(following.start() for following in marks[1:]), len(text)]
    return [(found, text[found.end() : end]) for found, end in zip(marks, ends, strict=False)]


def _numbered(days: Sequence[Day]) -> list[Day]:
    return [{"days": number, **_without_number(day)} for number, day in enumerate(days, 1)]


def _without_number(day: Day) -> Day:
    return {key: value for key, value in day.items() if key not in ("days", "day")}


def _day(block: str, label: re.Pattern[str]) -> Day | None:
    """Return one day from labelled text; fields that are not written are "-". None without a current city."""
    day: Day = {}
    for mark, value in _cut(block, label):
        day.setdefault(LABELS[mark.group(1)], _clean(LABELS[mark.group(1)], value))
    if "current_city" not in day:
        return None
    return {key: day.get(key, "-") for key in LABELS.values()}


def _clean(key: str, value: str) -> str:
    """Return a field as the evaluator wants it: no cost remark, no final full stop, attractions ended by ";"."""
    value = " ".join(value.split("\n")).strip()
    value = (
        (_TRAVEL_COST if key == "transportation" else _COST).sub("", value).rstrip("; ").removesuffix(".").rstrip("; ")
    )
    if value in _EMPTY:
        return "-"
    if key == "transportation":
        return value.replace("$", "")
    if key == "attraction":
        return "".join(f"{piece.strip()};" for piece in value.split(";") if piece.strip())
    return value


def _from_json(text: str) -> list[Day] | None:
    """Return the day objects of a JSON (or Python) literal, its text fields cleaned; None when it is not one."""
    start = min((at for at in (text.find("["), text.find("{")) if at >= 0), default=-1)
    end = max(text.rfind("]"), text.rfind("}")) + 1
    if start < 0 or end <= start:
        return None
    value = _literal(text[start:end])
    if isinstance(value, dict):
        value = value.get("plan", [value])
    if not isinstance(value, list):
        return None
    days = [day for day in value if isinstance(day, dict) and "current_city" in day]
    return [
        {
            key: _clean(key, field) if key in LABELS.values() and isinstance(field, str) else field
            for key, field in d.items()
        }
        for d in days
    ] or None


def _literal(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def plan_text(plan: Sequence[Mapping[str, Any]]) -> str:
    """Return the official text of a plan (blocks of labelled lines); the inverse of :func:`parse_plan`."""
    return "\n\n".join(
        "\n".join([f"Day {number}:", *(f"{label}: {day[key]}" for label, key in LABELS.items())])
        for number, day in enumerate(plan, 1)
    )


def day_command(day: Mapping[str, Any]) -> str:
    """Return one day as the command ``Day[Current City: …; …]``; the inverse of :func:`parse_plan` on one day."""
    return f"Day[{'; '.join(f'{label}: {_in_line(key, day[key])}' for label, key in LABELS.items())}]"


def _in_line(key: str, value: str) -> str:
    if key == "attraction" and value != "-":
        return "; ".join(piece for piece in value.split(";") if piece)
    return value


def command_fields(command: str) -> list[tuple[str, str]] | None:
    """Return (label, text as written) of a ``Day[…]`` command, None when it is not one or has text before a label."""
    match = _COMMAND.match(command)
    if match is None:
        return None
    fields = _cut(match.group(1), _COMMAND_LABEL)
    if not fields or fields[0][0].start() != 0:
        return None
    return [(mark.group(1), value) for mark, value in fields]
