"""What the fixed rules read through the lexicon: rows of tables with their cells, and what a request asks for."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from macla.benchmarks.lexicon import Mention

_ROWS = ("journey", "hotel", "restaurant", "attraction")
_SEATS = {"taxi": 4, "self-driving": 5}
_WAYS = (("self-driving",), ("flight", "taxi"))
"""How to travel, the first way first: an own car does not mix with the others."""


class Row(NamedTuple):
    """A row of a table, or a road: name and type, where it ends, and (type, name) of what its cells say."""

    name: str
    type: str
    end: int
    cells: list[tuple[str, str]]

    def said(self, kind: str) -> list[str]:
        """Return what its cells of one type say."""
        return [name for type_, name in self.cells if type_ == kind]

    def number(self, kind: str) -> float:
        """Return the first number of a type, 0 without one."""
        return float(next(iter(self.said(kind)), "0"))


def rows(mentions: Iterable[Mention]) -> list[Row]:
    """Return the rows among the mentions in a text; what stands outside of rows is left out."""
    found: list[Row] = []
    for mention in mentions:
        if found and mention.end <= found[-1].end:
            found[-1].cells.append((mention.type, mention.name))
        elif mention.type in _ROWS:
            found.append(Row(mention.name, mention.type, mention.end, []))
    return found


class Trip:
    """What a request asks for, as far as the lexicon reads it."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        said: dict[str, list[str]] = {}
        for mention in mentions:
            said.setdefault(mention.type, []).append(mention.name)
        self.dates = said.get("date", [])
        self.origin, self.state, self.room = (said.get(kind, [""])[0] for kind in ("origin", "state", "room type"))
        self.cities = [city for city in said.get("city", []) if city != self.origin]
        self.people = int(said.get("people", ["1 people"])[0].split()[0])
        self.rules, self.cuisines = set(said.get("house rule", [])), said.get("cuisine", [])
        allowed = [[means for means in way if means not in said.get("transport", [])] for way in _WAYS]
        self.ways = [way for way in allowed if way]

    def price(self, row: Row) -> float:
        """Return what a row costs everyone, a night or a journey."""
        means = next(iter(row.said("transport")), "")
        places = row.number("people") if row.type == "hotel" else _SEATS.get(means, 1)
        return row.number("price") * math.ceil(self.people / max(places, 1))

    def suits(self, hotel: Row, nights: int) -> bool:
        """Whether a hotel has the room and the rules asked for, and takes guests for so few nights."""
        room = next(iter(hotel.said("room type")), "")
        wished = self.room in ("", room) or (self.room.startswith("not ") and self.room != f"not {room}")
        return wished and hotel.number("nights") <= nights and not self.rules & set(hotel.said("house rule"))
