"""Tables as the official tools print them: pandas' ``to_string(index=False)`` (``docs/spec/travelplanner.md §3``)."""

from collections.abc import Sequence
from typing import NamedTuple

from envs.travelplanner.database import Attraction, Flight, Hotel, Restaurant

COLUMNS: dict[type, tuple[str, ...]] = {
    Flight: (
        "Flight Number",
        "Price",
        "DepTime",
        "ArrTime",
        "ActualElapsedTime",
        "FlightDate",
        "OriginCityName",
        "DestCityName",
        "Distance",
    ),
    Hotel: (
        "NAME",
        "price",
        "room type",
        "house_rules",
        "minimum nights",
        "maximum occupancy",
        "review rate number",
        "city",
    ),
    Restaurant: ("Name", "Average Cost", "Cuisines", "Aggregate Rating", "City"),
    Attraction: ("Name", "Latitude", "Longitude", "Address", "Phone", "Website", "City"),
}

_ESCAPES = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t"})


def table_text(rows: Sequence[NamedTuple]) -> str:
    """Return the table of ``rows`` (all of one kind, at least one), byte for byte as pandas prints it."""
    header = COLUMNS[type(rows[0])]
    columns = [_column(name, [row[index] for row in rows]) for index, name in enumerate(header)]
    return "\n".join(" ".join(cells) for cells in zip(*columns, strict=True))


def _column(name: str, values: list[str | int | float]) -> list[str]:
    """Return header and cells, right-justified to the widest."""
    if isinstance(values[0], str):
        cells = [name, *(str(value).translate(_ESCAPES) for value in values)]
    elif isinstance(values[0], float):
        cells = [f" {name}", *_decimals([float(value) for value in values])]
    else:
        cells = [f" {name}", *map(str, values)]
    width = max(map(len, cells))
    return [cell.rjust(width) for cell in cells]


def _decimals(values: list[float]) -> list[str]:
    """Return six decimals, then the zeros at the end cut in common down to one decimal."""
    cells = [f"{value:.6f}" for value in values]
    while all(cell.endswith("0") and not cell.endswith(".0") for cell in cells):
        cells = [cell[:-1] for cell in cells]
    return cells
