"""A kill while writing leaves the old file."""

import errno
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.files import CHECK, append_line, read_checked, remove_partial, write_atomic, write_checked, write_json

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
    assert list(tmp_path.iterdir()) == [path]


@given(JSON)
def test_json_reads_back_and_does_not_depend_on_the_order_of_keys(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("json")
    write_json(folder / "one", {"a": value, "b": 1})
    write_json(folder / "two", {"b": 1, "a": value})
    assert json.loads((folder / "one").read_text(encoding="utf-8"))["a"] == value
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()


def test_a_full_disk_is_told_with_the_file_that_did_not_fit(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for write in (lambda: write_atomic(tmp_path / "file", "new"), lambda: append_line(tmp_path / "file", "new")):
        with pytest.raises(OSError, match="No space left") as error:
            write()
        assert error.value.filename == str(tmp_path / "file")


def test_what_dead_processes_left_is_removed_and_what_living_ones_write_stays(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = [f".file.{dead.pid}.partial", f".file.{os.getppid()}.partial", "file.partial", ".hidden"]
    for name in names:
        (tmp_path / name).write_text("part")
    remove_partial(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(names[1:])
    remove_partial(tmp_path / "not there")


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b"new\n"), (b"old\n", b"old\nnew\n"), (b'{"torn": "\xc3', b'{"torn": "\xc3\nnew\n')],
)
def test_a_line_is_never_appended_to_a_torn_one(tmp_path, before, after):
    (tmp_path / "lines").write_bytes(before)
    append_line(tmp_path / "lines", "new")
    assert (tmp_path / "lines").read_bytes() == after


def test_checked_values_read_back_and_every_change_is_noticed(tmp_path):
    path, values = tmp_path / "file", {"a": [1, 2.5], "b": {"c": "ö"}}
    write_checked(path, values)
    assert read_checked(path) == values
    for changed in ({**values, "a": [1, 2.6]}, {"a": [1, 2.5]}, {**values, "d": None}):
        write_json(path, {**changed, CHECK: json.loads(path.read_text())[CHECK]})
        with pytest.raises(ValueError, match="changed since it was written"):
            read_checked(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "Expecting value"), (b"[]", "no JSON object"), (b"3", "no JSON object"), (b"{}", "no checksum"),
     (b"\xff{}", "not UTF-8"), (b"[" * 100_000, "nested too deeply")],
)  # fmt: skip
def test_what_is_no_checked_object_is_a_value_error_with_the_reason(tmp_path, content, reason):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=reason):
        read_checked(tmp_path / "file")
