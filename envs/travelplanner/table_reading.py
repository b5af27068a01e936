"""Read the official tables back (the inverse of ``table_text.py``): rows as entities, cells as mentions inside them."""

import re
from collections.abc import Callable, Mapping

from envs.travelplanner.database import Attraction, Flight, Hotel, Restaurant
from envs.travelplanner.table_text import COLUMNS
from macla.benchmarks.lexicon import Mention

Cell = tuple[str, int, int]
"""Text without padding, and where it stands."""
Row = Mapping[str, Cell]

JOURNEY = "journey"
"""The type of a flight and of a road alike: what goes from one city to another, by whatever means."""
_TYPES = {Flight: JOURNEY, Hotel: "hotel", Restaurant: "restaurant", Attraction: "attraction"}
_HEADERS = {
    kind: re.compile(r"[ ]*" + r"[ ]+".join(map(re.escape, columns)) + r"$") for kind, columns in COLUMNS.items()
}
_CELL_TYPES = {
    Flight: {"Price": "price", "FlightDate": "date", "OriginCityName": "city", "DestCityName": "city"},
    Hotel: {
        "price": "price",
        "room type": "room type",
        "minimum nights": "nights",
        "maximum occupancy": "people",
        "review rate number": "rating",
        "city": "city",
    },
    Restaurant: {"Average Cost": "price", "Aggregate Rating": "rating", "City": "city"},
    Attraction: {"City": "city"},
}
_LISTS = {"Cuisines": (", ", "", "cuisine"), "house_rules": (" & ", "No ", "house rule")}
"""Columns of several values: separator, prefix, type."""


def table_mentions(text: str) -> tuple[list[Mention], list[tuple[int, int]]]:
    """Return the mentions in all tables of ``text``, and the (start, end) of what is not a table."""
    found: list[Mention] = []
    prose: list[tuple[int, int]] = []
    lines = _lines(text)
    index = 0
    while index < len(lines):
        start, end = lines[index]
        line = text[start:end]
        kind = next((kind for kind, header in _HEADERS.items() if header.match(line)), None)
        if kind is None:
            prose.append((start, end))
            index += 1
            continue
        index += 1
        if index == len(lines):
            break
        width = lines[index][1] - lines[index][0]
        ends = _column_ends(line, COLUMNS[kind], width)
        while index < len(lines) and lines[index][1] - lines[index][0] == width:
            found += _row_mentions(kind, _row(text, lines[index][0], COLUMNS[kind], ends))
            index += 1
    return found, prose


def _lines(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each line. Only "\\n" breaks lines: names may hold rarer separators."""
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _column_ends(header: str, columns: tuple[str, ...], width: int) -> list[int]:
    """Return where each column ends in a row. The header ends where the column ends; its own padding may be cut."""
    cut = width - len(header)
    ends, at = [], 0
    for column in columns:
        at = header.index(column, at) + len(column)
        ends.append(at + cut)
    return ends


def _row(text: str, start: int, columns: tuple[str, ...], ends: list[int]) -> Row:
    cells: dict[str, Cell] = {}
    left = 0
    for column, right in zip(columns, ends, strict=True):
        raw = text[start + left : start + right]
        stripped = raw.strip()
        offset = start + left + len(raw) - len(raw.lstrip())
        cells[column] = (stripped, offset, offset + len(stripped))
        left = right
    return cells


def _row_mentions(kind: type, row: Row) -> list[Mention]:
    cells = list(row.values())
    entity = Mention(_NAMES[kind](row), _TYPES[kind], cells[0][1], cells[-1][2])
    found = [entity, *([Mention("flight", "transport", *cells[0][1:])] if kind is Flight else [])]
    found += [*(Mention(row[column][0], type_, *row[column][1:]) for column, type_ in _CELL_TYPES[kind].items())]
    for column, (separator, prefix, type_) in _LISTS.items():
        if column in row:
            found += _listed(row[column], separator, prefix, type_)
    return found


def _listed(cell: Cell, separator: str, prefix: str, type_: str) -> list[Mention]:
    text, at, _ = cell
    found = []
    for part in text.split(separator):
        found.append(Mention(part.removeprefix(prefix), type_, at, at + len(part)))
        at += len(part) + len(separator)
    return found


def one_line(name: str) -> str:
    """Return a name as a plan can write it: of a name on two lines the last one (the evaluator takes parts,
    ``docs/spec/travelplanner.md §6``).
    """
    return name.replace("\\n", "\n").split("\n")[-1].strip()


def _place_name(name: str, city: str) -> Callable[[Row], str]:
    return lambda row: f"{one_line(row[name][0])}, {row[city][0]}"


def _flight_name(row: Row) -> str:
    return (
        f"Flight Number: {row['Flight Number'][0]}, from {row['OriginCityName'][0]} to {row['DestCityName'][0]},"
        f" Departure Time: {row['DepTime'][0]}, Arrival Time: {row['ArrTime'][0]}"
    )


_NAMES: Mapping[type, Callable[[Row], str]] = {
    Flight: _flight_name,
    Hotel: _place_name("NAME", "city"),
    Restaurant: _place_name("Name", "City"),
    Attraction: _place_name("Name", "City"),
}
