"""A kill while writing leaves the old file."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.files import write_atomic, write_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("content", ["wörd\n", b"\x00\xff"])
def test_the_content_is_written_to_a_folder_made_for_it(tmp_path, content):
    path = tmp_path / "a" / "b" / "file"
    write_atomic(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_failure_before_the_end_leaves_the_old_content(tmp_path, monkeypatch, where):
    path = tmp_path / "file"
    write_atomic(path, "old")

    def lost(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(*((os, "fsync") if where == "fsync" else (type(path), "replace")), lost)
    with pytest.raises(OSError, match="the disk is gone"):
        write_atomic(path, "new")
    assert path.read_text() == "old"


@given(JSON)
def test_json_reads_back_and_does_not_depend_on_the_order_of_keys(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("json")
    write_json(folder / "one", {"a": value, "b": 1})
    write_json(folder / "two", {"b": 1, "a": value})
    assert json.loads((folder / "one").read_text(encoding="utf-8"))["a"] == value
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()
