"""Fetching the official games, against a server of our own with tiny archives."""

import functools
import hashlib
import http.server
import io
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from envs.alfworld import download as module
from envs.alfworld.download import ARCHIVES, Archive, download
from envs.alfworld.games import discover
from envs.alfworld.generate import generate
from macla.errors import UserError


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def releases(tmp_path, monkeypatch) -> Iterator[str]:
    """Serve two archives made of three generated games, and expect them instead of the official ones."""
    made = Path(generate(tmp_path / "made", {"train": 2, "valid_seen": 1}, seed=5)["root"])
    served = tmp_path / "served"
    expected = []
    for name, wanted in (("one/descriptions.zip", "traj_data.json"), ("two/games.zip", "game.tw-pddl")):
        content = _zip(made, wanted)
        (served / name).parent.mkdir(parents=True)
        (served / name).write_bytes(content)
        expected.append(Archive(name, hashlib.sha256(content).hexdigest(), wanted))
    monkeypatch.setattr(module, "ARCHIVES", {"0.4.2": tuple(expected)})
    handler = functools.partial(_Quiet, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _zip(made: Path, wanted: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(made.glob(f"json_2.1.1/*/*/*/{wanted}")):
            zipped.write(path, path.relative_to(made))
        zipped.writestr("json_2.1.1/train/task/trial/initial_state.pddl", "not wanted")
        zipped.writestr(f"json_2.1.1/train/../../{wanted}", "an attempt to write elsewhere")
    return buffer.getvalue()


def test_games_are_fetched_and_laid_out(releases, tmp_path):
    seen: list[tuple[int, int]] = []
    root = download(tmp_path / "out", releases=releases, progress=lambda *state: seen.append(state))
    assert root == tmp_path / "out" / "json_2.1.1"
    assert len(discover(root, "train")) == 2
    assert len(discover(root, "valid_seen")) == 1
    names = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert names == {"game.tw-pddl", "traj_data.json"}
    assert all(done <= total for done, total in seen)
    assert sum(done == total for done, total in seen) >= 2


def test_what_is_there_is_not_fetched_again(tmp_path):
    (tmp_path / "json_2.1.1").mkdir()
    assert download(tmp_path, releases="http://127.0.0.1:9") == tmp_path / "json_2.1.1"


def test_a_wrong_checksum_is_refused_and_leaves_nothing(releases, tmp_path, monkeypatch):
    good, other = module.ARCHIVES["0.4.2"]
    monkeypatch.setattr(module, "ARCHIVES", {"0.4.2": (good, Archive(other.path, "0" * 64, other.wanted))})
    with pytest.raises(UserError, match=r"could not download .*/two/games.zip: .*hash") as caught:
        download(tmp_path / "out", releases=releases)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out" / "json_2.1.1").exists()
    monkeypatch.setattr(module, "ARCHIVES", {"0.4.2": (good, other)})
    assert len(discover(download(tmp_path / "out", releases=releases), "train")) == 2


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://127.0.0.1:9/nowhere"])
def test_no_network_is_one_line(tmp_path, address):
    with pytest.raises(UserError, match=r"could not download .*; try again, or type: alfworld-download") as caught:
        download(tmp_path, releases=address)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "json_2.1.1").exists()


def test_a_missing_file_is_one_line(releases, tmp_path):
    with pytest.raises(UserError, match=r"could not download .*404"):
        download(tmp_path / "out", releases=f"{releases}/nowhere")


def test_a_broken_archive_is_named(releases, tmp_path, monkeypatch):
    (tmp_path / "served" / "one" / "descriptions.zip").write_bytes(b"PK but no archive")
    archives = tuple(Archive(each.path, None, each.wanted) for each in module.ARCHIVES["0.4.2"])
    monkeypatch.setattr(module, "ARCHIVES", {"0.4.2": archives})
    with pytest.raises(UserError, match=r"one/descriptions.zip is broken .*type the same command again"):
        download(tmp_path / "out", releases=releases)
    assert not (tmp_path / "out" / "json_2.1.1").exists()


def test_an_archive_of_something_else_is_named(releases, tmp_path, monkeypatch):
    archives = tuple(Archive(each.path, None, "other.json") for each in module.ARCHIVES["0.4.2"])
    monkeypatch.setattr(module, "ARCHIVES", {"0.4.2": archives})
    with pytest.raises(UserError, match=r"holds no other.json"):
        download(tmp_path / "out", releases=releases)


def test_an_unknown_grammar_is_a_mistake(tmp_path):
    with pytest.raises(UserError, match=r"unknown grammar '3'; type one of: 0\.4\.2, 2\.1\.1"):
        download(tmp_path, "3")


def test_the_official_addresses_are_those_of_the_tool():
    """The installed ``alfworld-download`` names the descriptions and the old grammar; ours must not drift from it."""
    tool = Path(sys.executable).with_name("alfworld-download")
    if not tool.is_file():
        pytest.skip("alfworld-download is not installed beside this Python")
    text = tool.read_text()
    assert all(f"{module.RELEASES}/{archive.path}" in text for archive in ARCHIVES["2.1.1"])
