"""Memory directories: whatever is wrong with one is said in one line, before any episode is played."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.seals import read_seal, seal_again, write_seal
from typer.testing import CliRunner

from macla.cli import app
from macla.config import compose
from macla.encoder import Hashing
from macla.errors import UserError
from macla.files import write_json
from macla.methods.stored import SCHEMA, SEAL, check_files, read
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.staged import ASIDE

SMALL = ("env=toy", "encoder=hashing", "env.n_train=8", "env.n_unseen=2")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return method → a memory of it, not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    methods = ("macla", "nearest", "cloning")
    return {
        method: Path(build_memory(compose([*SMALL, f"memory={method}", f"runs={folder}"]), folder / method)["memory"])
        for method in methods
    }


@pytest.fixture
def copy(built, tmp_path):
    """Return a function: method → a memory of it, to be spoilt."""
    return lambda method: Path(shutil.copytree(built[method], tmp_path / method))


@pytest.fixture
def typed(tmp_path):
    """Return a function: what is typed after ``macla eval`` → what that raises, or None; nothing was played then."""

    def run(*arguments):
        runs = tmp_path / "runs"
        result = CliRunner().invoke(app, ["eval", *SMALL, f"runs={runs}", *map(str, arguments)])
        if result.exception is not None:
            assert not runs.exists()
        return result.exception

    return run


def assert_one_line(error, *words):
    assert isinstance(error, UserError)
    assert "\n" not in str(error)
    for word in words:
        assert word in str(error)


def test_a_memory_of_another_benchmark(built, tmp_path):
    other = ("env=alfworld", "encoder=hashing", f"env.data_dir={tmp_path}/data", f"runs={tmp_path}/runs")
    few = ("env.n_train=1", "env.n_seen=1", "env.n_unseen=1")
    result = CliRunner().invoke(app, ["eval", *other, *few, "--memory", str(built["macla"])])
    assert_one_line(result.exception, "a memory of benchmark toy, not alfworld")
    assert not (tmp_path / "runs").exists()


def test_a_memory_of_another_encoder(built, typed):
    error = typed("encoder=minilm", "--memory", built["nearest"])
    assert_one_line(error, "a memory of encoder hashing-384, not all-MiniLM-L6-v2")


@pytest.mark.parametrize(("chosen", "given"), [("cloning", "macla"), ("macla", "nearest"), ("nearest", "cloning")])
def test_a_memory_of_another_method_than_the_one_that_was_chosen(built, typed, chosen, given):
    error = typed(f"memory={chosen}", "--memory", built[given])
    assert_one_line(error, f"a memory of method {given}, not {chosen}", f"type memory={given}, or another --memory")


@pytest.mark.parametrize(("method", "file"), [("nearest", "remembered.jsonl"), ("macla", "events.jsonl")])
def test_a_missing_or_changed_file(copy, typed, method, file):
    folder = copy(method)
    with (folder / file).open("a") as lines:
        lines.write(" ")
    assert_one_line(typed("--memory", folder), file, "changed", "rebuild")
    (folder / file).unlink()
    assert_one_line(typed("--memory", folder), file, "missing", "rebuild")


@pytest.mark.parametrize("number", [SCHEMA - 1, SCHEMA + 1])
def test_another_schema(copy, typed, number):
    folder = copy("nearest")
    write_seal(folder, schema_number=number)
    assert_one_line(typed("--memory", folder), f"has schema {number}, this version reads {SCHEMA}", "rebuild")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"schema_number": 4}', '{"schema_number": 4, "method": 1}'])
def test_a_seal_that_does_not_read(copy, typed, content):
    folder = copy("nearest")
    (folder / SEAL).write_text(content)
    assert_one_line(typed("--memory", folder), SEAL, "rebuild with macla build-memory")


def test_a_memory_of_before_there_were_seals(copy, typed):
    folder = copy("macla")
    (folder / SEAL).unlink()
    assert_one_line(typed("--memory", folder), "older version of macla, or half-written", "macla build-memory")


@pytest.fixture
def killed(monkeypatch):
    """Have a process killed while it writes a memory: nothing is tidied up."""

    def kill(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("macla.methods.nearest.write_json", kill)
    monkeypatch.setattr("macla.runs.staged.rmtree", lambda *_, **__: None)


def test_a_build_that_was_killed_while_it_was_written(typed, tmp_path, killed):
    with pytest.raises(KeyboardInterrupt):
        build_memory(compose([*SMALL, "memory=nearest", f"runs={tmp_path}/builds"]), tmp_path / "torn")
    assert (tmp_path / "torn" / ASIDE / "remembered.jsonl").is_file()
    assert_one_line(typed("--memory", tmp_path / "torn"), f"holds no {SEAL}", "macla build-memory")


def test_a_build_over_a_finished_memory_that_is_killed_leaves_that(copy, tmp_path, killed):
    folder = copy("nearest")
    with pytest.raises(KeyboardInterrupt):
        build_memory(compose([*SMALL, "memory=nearest", f"runs={tmp_path}/builds"]), folder)
    assert (folder / ASIDE / "remembered.jsonl").is_file()
    check_files(folder, read(folder))


def test_a_method_that_is_not_installed(copy, typed):
    folder = copy("nearest")
    write_seal(folder, method="lost", name="lost")
    assert_one_line(typed("--memory", folder), "lost", "nearest")


@pytest.mark.parametrize("method", ["nearest", "cloning", "macla"])
def test_a_memory_says_itself_which_method_it_is_of(built, tmp_path, method):
    arguments = ["eval", *SMALL, f"runs={tmp_path}", "--memory", str(built[method])]
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None, result.exception
    (run,) = (tmp_path / "eval").iterdir()
    summary = json.loads((run / "summary.json").read_text())
    assert (summary["method"], summary["memory_mode"]) == (method, "frozen")
    assert (summary["n_scored"], summary["n_tasks"]) == (2, 2)


def test_the_seal_tells_method_benchmark_encoder_and_every_file(built):
    seal = read_seal(built["nearest"])
    assert (seal["schema_number"], seal["method"], seal["name"]) == (SCHEMA, "nearest", "nearest")
    assert (seal["benchmark"], seal["encoder"]) == ("toy", "hashing-384")
    assert sorted(seal["checksums"]) == ["nearest.json", "remembered.jsonl"]
    assert seal["settings"]["k"] == 3


def test_a_memory_that_was_sealed_again_after_an_edit_is_another_memory(copy):
    folder = copy("nearest")
    before = read_seal(folder)["checksums"]
    with (folder / "nearest.json").open("a") as file:
        file.write("\n")
    seal_again(folder)
    assert read_seal(folder)["checksums"] != before


def test_the_model_alone_has_nothing_to_build(tmp_path):
    with pytest.raises(UserError, match="memory=none has nothing to build; type macla eval memory=none"):
        build_memory(compose([*SMALL, "memory=none", f"runs={tmp_path}/runs"]), None)
    assert list(tmp_path.iterdir()) == []


def test_a_method_that_builds_is_not_evaluated_without_a_memory(tmp_path):
    with pytest.raises(UserError, match="memory=macla needs a memory"):
        evaluate(compose([*SMALL, f"runs={tmp_path}/runs"]), "unseen", None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", [("--memory", "none"), ("memory=none",), ("memory=none", "--memory", "none")])
def test_without_memory_is_said_in_two_ways_that_mean_one_run(tmp_path, said):
    arguments = ["eval", *SMALL, f"runs={tmp_path}/runs"]
    for typed in ([*arguments, "--memory", "none"], [*arguments, *said]):
        assert CliRunner().invoke(app, typed).exception is None
    assert len(list((tmp_path / "runs" / "eval").iterdir())) == 1


def test_another_encoder_under_the_same_name(copy, typed, monkeypatch):
    class Other(Hashing):
        def encode(self, texts):
            return super().encode([text[::-1] for text in texts])

    monkeypatch.setattr("macla.sections.Hashing", Other)
    error = typed("--memory", copy("macla"))
    assert_one_line(error, "embeddings.npy is not what encoder hashing-384 gives", "another one under the same name")


@pytest.mark.parametrize("method", ["macla", "cloning"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda vectors: vectors[::-1], "is not what encoder hashing-384 gives"),
        (lambda vectors: vectors * np.float32(np.nan), "no unit vectors"),
        (lambda vectors: vectors * np.float32(2), "no unit vectors"),
        (lambda vectors: vectors[:, :100] / np.linalg.norm(vectors[:, :100], axis=1, keepdims=True), "encoder"),
        (lambda vectors: vectors.astype(np.float64), "no table of 32-bit numbers"),
        (lambda vectors: vectors[:, 0], "no table of 32-bit numbers"),
        (lambda vectors: vectors[1:], "rows for"),
    ],
)
def test_other_vectors_behind_a_seal_that_was_renewed(copy, typed, method, change, told):
    folder = copy(method)
    np.save(folder / "embeddings.npy", np.ascontiguousarray(change(np.load(folder / "embeddings.npy"))))
    assert_one_line(typed("--memory", folder), "embeddings.npy", "changed", "rebuild")
    seal_again(folder)
    assert_one_line(typed("--memory", folder), "embeddings.npy", told, "rebuild")


@pytest.mark.parametrize(
    "changes", [{"encoder": "all-MiniLM-L6-v2"}, {"benchmark": "alfworld"}, {"checksums": {}}, {"settings": {"k": 3}}]
)
def test_a_seal_that_was_edited(copy, typed, changes):
    folder = copy("macla")
    write_json(folder / SEAL, {**read_seal(folder), **changes})
    assert_one_line(typed("--memory", folder), SEAL, "changed since it was written", "rebuild with macla build-memory")


@pytest.mark.parametrize("file", ["config.yaml", "trajectories.jsonl"])
def test_what_lies_beside_a_memory_may_go_but_not_change(copy, typed, file):
    folder = copy("macla")
    with (folder / file).open("a") as lines:
        lines.write(" ")
    assert_one_line(typed("--memory", folder), file, "changed", "rebuild")
    (folder / file).unlink()
    assert typed("--memory", folder) is None


@pytest.mark.parametrize("method", ["macla", "nearest"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b"3", b"[" * 100_000])
def test_files_of_another_shape_behind_a_seal_that_was_renewed(copy, typed, method, content):
    files = {"macla": ("events.jsonl", "memory.json"), "nearest": ("nearest.json", "remembered.jsonl")}[method]
    for file in files:
        folder = copy(method)
        (folder / file).write_bytes(content)
        seal_again(folder)
        assert_one_line(typed("--memory", folder), str(folder))
        shutil.rmtree(folder)


def test_a_summary_may_go_but_not_change_nor_be_another_memorys(built, copy, typed):
    folder = copy("macla")
    look = [lambda command=command: CliRunner().invoke(app, ["memory", command, str(folder)]).exception
            for command in ("verify", "show")]  # fmt: skip
    look.append(lambda: typed("--memory", folder))
    changed = (folder / "summary.json").read_bytes().replace(b'"n_trajectories": 8', b'"n_trajectories": 9')
    for content, told in (
        (b"\xff", "does not read (it is not UTF-8 text)"),
        (b"", "does not read"),
        (changed, "does not read (it was changed since it was written)"),
        ((built["nearest"] / "summary.json").read_bytes(), "is of another memory"),
    ):
        (folder / "summary.json").write_bytes(content)
        for said in look:
            assert_one_line(said(), f"summary.json {told}", "rebuild with macla build-memory")
    (folder / "summary.json").unlink()
    assert [said() for said in look] == [None, None, None]


def test_a_memory_of_another_benchmark_or_encoder_says_what_to_type(built, typed):
    memory = built["macla"]
    assert_one_line(typed("env=alfworld", "--memory", memory), "benchmark toy, not alfworld; type --env toy")
    assert_one_line(typed("encoder=minilm", "--memory", memory), "encoder hashing-384, not", "type encoder=hashing")


def test_a_memory_whose_package_is_not_installed_is_told_with_its_packages(copy, typed):
    folder = copy("nearest")
    stored = read_seal(folder)
    about = {**stored["about"], "packages": {**stored["about"]["packages"], "outside": "0.3.1"}}
    write_seal(folder, method="recall", name="recall", about=about)
    told = (f"{folder} is a memory of method recall, which is not installed", "outside 0.3.1, missing here")
    assert_one_line(typed("--memory", folder), *told)
    assert_one_line(CliRunner().invoke(app, ["memory", "show", str(folder)]).exception, *told)
