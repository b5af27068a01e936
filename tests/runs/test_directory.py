"""Run directories: whatever a kill, a full disk or a hand left there, the same command resumes or says why not."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from macla.config import compose, read_config
from macla.errors import UserError
from macla.files import write_json
from macla.methods.run import read_run
from macla.runs import directory
from macla.runs.evaluate import evaluate

SMALL = ("env=toy", "encoder=hashing", "env.n_unseen=3")


def config(*overrides):
    return compose([*SMALL, *overrides]).without_memory()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished run, not to be changed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    evaluate(config(), "unseen", None, folder)
    return folder


@pytest.fixture
def run(whole, tmp_path):
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


def resumed(folder):
    return evaluate(config(), "unseen", None, folder)


def played(folder):
    lines = [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name not in ("seconds", "usage")} for line in lines]


def test_a_start_that_was_killed_before_the_manifest_resumes(whole, tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    torn = tmp_path / "torn"
    torn.mkdir()
    shutil.copy(whole / "config.yaml", torn)
    (torn / f".manifest.json.{dead.pid}.partial").write_text('{"half')
    assert resumed(torn)["n_scored"] == 3
    assert played(torn) == played(whole)
    assert sorted(file.name for file in torn.iterdir()) == sorted(file.name for file in whole.iterdir())


@pytest.mark.parametrize("name", ["notes.txt", "memory"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserError, match="is not empty and holds no run; give another --out"):
        resumed(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_run_without_its_manifest_resumes_and_keeps_its_episodes(run, whole):
    (run / "manifest.json").unlink()
    with pytest.raises(UserError, match=r"manifest\.json is missing; type the same macla eval again") as error:
        read_run(run)
    assert "Errno" not in str(error.value)
    kept = (run / "episodes.jsonl").read_bytes()
    (run / "summary.json").unlink()
    with (run / "episodes.jsonl").open("ab") as lines:
        lines.write(b'{"torn')
    assert resumed(run)["n_scored"] == 3
    assert (run / "episodes.jsonl").read_bytes() == kept
    assert read_run(run).manifest == read_run(whole).manifest


def test_a_run_without_its_manifest_is_not_taken_for_another(run):
    (run / "manifest.json").unlink()
    kept = (run / "episodes.jsonl").read_bytes()
    with pytest.raises(UserError, match="holds the episodes of another run; give another --out"):
        evaluate(config("seed=1"), "unseen", None, run)
    assert (run / "episodes.jsonl").read_bytes() == kept
    assert not (run / "manifest.json").exists()


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b"null", b"{}", b'{"seconds": "many"}', b"[" * 100_000])
@pytest.mark.parametrize("name", ["summary.json", "config.yaml"])
def test_what_follows_from_the_rest_is_written_anew(run, whole, name, content):
    (run / name).unlink()
    if content is not None:
        (run / name).write_bytes(content)
    kept = (run / "episodes.jsonl").read_bytes()
    assert resumed(run)["n_success"] == json.loads((whole / "summary.json").read_text())["n_success"]
    assert (run / "episodes.jsonl").read_bytes() == kept
    assert read_config(run) == read_config(whole)
    assert read_run(run).summary["episodes"] == read_run(whole).summary["episodes"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"null", b"{}", b'{"schema": 4}', b"[" * 100_000])
def test_a_manifest_that_does_not_read_is_one_line(run, content):
    (run / "manifest.json").write_bytes(content)
    for look in (resumed, read_run):
        with pytest.raises(UserError) as error:
            look(run)
        assert str(run) in str(error.value)
        assert "evaluate again" in str(error.value)
        assert "\n" not in str(error.value)


def test_a_manifest_that_was_edited_is_refused(run):
    manifest = json.loads((run / "manifest.json").read_text())
    for changed in ({"packages": {"numpy": "0"}}, {"identity": {**manifest["identity"], "split": "seen"}}):
        write_json(run / "manifest.json", {**manifest, **changed})
        with pytest.raises(UserError, match=r"manifest\.json does not read \(it was changed"):
            read_run(run)


def test_a_table_is_not_written_of_a_summary_of_other_episodes(run, tmp_path):
    lines = (run / "episodes.jsonl").read_bytes().splitlines(keepends=True)
    (run / "episodes.jsonl").write_bytes(b"".join(lines[:2]))
    with pytest.raises(UserError, match=r"summary\.json is of other episodes"):
        read_run(run)
    evaluate(config("seed=1"), "unseen", None, tmp_path / "other")
    shutil.copy(tmp_path / "other" / "summary.json", run)
    with pytest.raises(UserError, match=r"summary\.json is of another run"):
        read_run(run)
    shutil.copy(tmp_path / "other" / "episodes.jsonl", run)
    resumed(run)
    assert {episode.seed for episode in read_run(run).episodes.values()}.isdisjoint(
        episode.seed for episode in read_run(tmp_path / "other").episodes.values()
    )


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"a: [", b"memory: 3", b"memory: {method: 1}", b"\0"])
def test_a_configuration_that_does_not_read_is_one_line(tmp_path, content):
    (tmp_path / "config.yaml").write_bytes(content)
    with pytest.raises(UserError, match=r"config\.yaml does not read") as error:
        read_config(tmp_path)
    assert "\n" not in str(error.value)


def test_one_command_plays_a_run_at_a_time_and_the_next_one_says_that_it_waits(tmp_path, monkeypatch):
    waits, plays = Event(), Event()
    monkeypatch.setattr(directory, "note", lambda text: waits.set())

    def next_one():
        with directory.alone(tmp_path, tmp_path / "run"):
            plays.set()

    with directory.alone(tmp_path, tmp_path / "run"), directory.alone(tmp_path, tmp_path / "another run"):
        thread = Thread(target=next_one)
        thread.start()
        assert waits.wait(timeout=30)
        assert not plays.is_set()
    thread.join(timeout=30)
    assert plays.is_set()
