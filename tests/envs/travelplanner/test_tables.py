"""Tables byte for byte as pandas prints them, and read back."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.travelplanner.database import Database, Hotel, Restaurant
from envs.travelplanner.loading import FLIGHTS, HOTELS, load_database
from envs.travelplanner.table_reading import table_mentions
from envs.travelplanner.table_text import COLUMNS, table_text
from macla.errors import UserError

_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12) | st.just(
    "two\nlines\tand tab"
)
_NUMBER = st.integers(0, 10**5).map(lambda number: number / 10) | st.integers(0, 2000).map(float)
_HOTELS = st.builds(
    Hotel,
    name=_TEXT,
    price=_NUMBER,
    room_type=st.sampled_from(["Private room", "Entire home/apt"]),
    house_rules=_TEXT,
    minimum_nights=_NUMBER,
    maximum_occupancy=st.integers(1, 12),
    review=st.integers(-180 * 10**6, 180 * 10**6).map(lambda number: number / 10**6),
    city=_TEXT,
)


def as_pandas(rows: list[Any]) -> str:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(COLUMNS[type(rows[0])]))
    return str(frame.to_string(index=False))


@settings(max_examples=60, deadline=None)
@given(st.lists(_HOTELS, min_size=1, max_size=5))
def test_table_text_is_that_of_pandas(rows: list[Hotel]):
    assert table_text(rows) == as_pandas(rows)


def test_official_tables_are_those_of_pandas(official_database: Database):
    for places in (official_database.hotels, official_database.restaurants, official_database.attractions):
        for city in list(places)[::6]:
            assert table_text(places[city]) == as_pandas(list(places[city]))


def test_rows_with_missing_cells_are_dropped(official: Path):
    """Counts of the full official tables: 4285 of 5047 hotels, 9551 restaurants, 16156 pairs of cities remain."""
    from envs.travelplanner.loading import ROADS, _complete_rows, _roads

    full = official / "database_full"
    if not full.is_dir():
        pytest.skip("no database_full")
    assert sum(1 for _ in _complete_rows(full / HOTELS)) == 4285
    assert len(_roads(full / ROADS)) == 16156


_NAMES = st.text("abc de,'é", min_size=1, max_size=12).map(str.strip).filter(bool)


@given(
    st.lists(
        st.builds(Restaurant, _NAMES, st.integers(1, 99), st.just("Tea, French"), _NUMBER, st.just("Boro")),
        min_size=1,
        max_size=5,
    )
)
def test_tables_are_read_back(rows: list[Restaurant]):
    for text in (table_text(rows), f"[0] Restaurants\n{table_text(rows).strip()}\n\n[1] more"):
        mentions, prose = table_mentions(text)
        found = [mention for mention in mentions if mention.type == "restaurant"]
        assert [mention.name for mention in found] == [f"{row.name}, Boro" for row in rows]
        inside = [mention for mention in mentions if found[0].start < mention.start < found[0].end]
        assert {(m.type, m.name) for m in inside} >= {
            ("price", str(rows[0].cost)),
            ("cuisine", "French"),
            ("city", "Boro"),
        }
        assert all(text[m.start : m.end] == m.name for m in mentions if m.type in ("price", "cuisine", "city"))
        assert len(prose) == (0 if text.startswith(" ") or text.startswith("N") else 3)


def test_missing_tables_are_named_in_one_line(official: Path):
    with pytest.raises(UserError, match=r"lacks flights/clean_Flights_2022.csv: .*drop env\.database") as error:
        load_database(official / "database_full")
    assert "\n" not in str(error.value)


def test_a_table_in_another_layout_is_a_user_error(world: Path, tmp_path: Path):
    import shutil

    folder = tmp_path / "database"
    shutil.copytree(world / "database", folder)
    with (folder / FLIGHTS).open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([["Flight Number", "Price"], ["F1", "dear"]])
    with pytest.raises(UserError, match="not in the official layout"):
        load_database(folder)
