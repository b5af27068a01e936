"""The memory directory: a round trip keeps every byte, and tampering is noticed."""

import json

import numpy as np
import pytest

from macla.encoder import Hashing
from macla.errors import UserError
from macla.methods.macla.memory.directory import EVENTS, STATE, VECTORS, load, replay, save, state
from macla.methods.macla.settings import Abstraction, Settings

FILES = (EVENTS, VECTORS, STATE)
MORE = {"rhymes": ["vase", "place"]}
SETTINGS = Settings()


@pytest.fixture
def folder(tmp_path, learned):
    save(tmp_path / "memory", learned(), Hashing(32), MORE)
    return tmp_path / "memory"


def test_saving_what_was_loaded_gives_the_same_bytes(folder, tmp_path):
    memory, _ = load(folder, SETTINGS)
    save(tmp_path / "again", memory, Hashing(32), MORE)
    for name in FILES:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes() != b""


def test_loading_gives_the_memory_and_an_index_that_finds_the_same(folder, learned):
    memory, index = load(folder, SETTINGS)
    assert memory.procedures
    assert state(memory) == state(learned())
    expected, _ = learned().embed(Hashing(32))
    query = Hashing(32).encode(["fire a <0> in <1>."])[0]
    assert index.ids == expected.ids
    for ours, theirs in zip(index.nearest(query, 5), expected.nearest(query, 5), strict=True):
        assert np.array_equal(ours, theirs)


def test_what_another_method_adds_to_the_state_is_written_beside_the_rest(folder):
    stored = json.loads((folder / STATE).read_text(encoding="utf-8"))
    assert stored["rhymes"] == MORE["rhymes"]
    assert {*stored} > {*MORE, "procedures", "metas", "derived_with"}


def test_a_memory_is_read_under_the_constants_it_was_derived_with(folder):
    other = Settings(abstraction=Abstraction(kept_in=0.75))
    with pytest.raises(UserError, match=r"built with memory\.abstraction\.kept_in=0\.5, not 0\.75"):
        load(folder, other)
    memory, _ = load(folder, Settings(k=3, theta_conf=-9))
    assert memory.settings.k == 3


def test_the_state_is_readable_and_the_files_hold_no_pickle(folder):
    assert sorted(file.name for file in folder.iterdir()) == sorted(FILES)
    text = (folder / "memory.json").read_text(encoding="utf-8")
    assert "take <0> from <a>" in text
    for name in FILES:
        content = (folder / name).read_bytes()
        assert not content.startswith(b"\x80")
        assert b"pickle" not in content
    assert np.load(folder / "embeddings.npy", allow_pickle=False).dtype == np.float32


def test_an_edited_state_is_noticed(folder):
    path = folder / "memory.json"
    stored = json.loads(path.read_text())
    stored["procedures"][0]["evidence"]["successes"] += 1
    path.write_text(json.dumps(stored))
    with pytest.raises(UserError, match=r"memory\.json is not what events\.jsonl gives"):
        load(folder, SETTINGS)


def test_a_removed_event_is_noticed(folder):
    path = folder / "events.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    merged = max(number for number, line in enumerate(lines) if '"merged"' in line)
    path.write_text("".join(lines[:merged] + lines[merged + 1 :]))
    with pytest.raises(UserError, match="rebuild"):
        load(folder, SETTINGS)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "{}",
        '{"event":"teleported"}',
        '{"event":"pruned","procedure":"p9999","utility":0}',
        '{"event":"known","kinds":["a"],"gold":1}',
    ],
)
def test_a_bad_event_is_named_with_its_line(folder, line):
    path = folder / "events.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:3], line, *lines[3:]]) + "\n")
    with pytest.raises(UserError, match=r"events\.jsonl:4: ") as error:
        replay(folder, SETTINGS)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"schema": 1}', "3", "[1]", "null"])
def test_a_state_that_does_not_read_is_the_users_mistake(folder, content):
    (folder / "memory.json").write_text(content)
    with pytest.raises(UserError, match="rebuild with macla build-memory"):
        load(folder, SETTINGS)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_the_users_mistake(folder, name):
    (folder / name).unlink()
    with pytest.raises(UserError):
        load(folder, SETTINGS)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY torn", b"\x80\x04."])
def test_vectors_that_do_not_read_are_the_users_mistake(folder, content):
    (folder / "embeddings.npy").write_bytes(content)
    with pytest.raises(UserError, match="embeddings"):
        load(folder, SETTINGS)


def test_vectors_of_another_number_are_the_users_mistake(folder):
    np.save(folder / "embeddings.npy", np.zeros((1, 32), dtype=np.float32))
    with pytest.raises(UserError, match="1 rows for"):
        load(folder, SETTINGS)


def test_a_folder_without_a_memory_says_what_to_type(tmp_path):
    with pytest.raises(UserError, match="macla build-memory"):
        load(tmp_path, SETTINGS)
