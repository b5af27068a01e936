"""A build that fails or is killed leaves the memory that was there, and none replaces one that was built otherwise."""

from pathlib import Path

import pytest

from macla.config import compose
from macla.errors import UserError
from macla.methods.stored import SEAL, check_files, read
from macla.runs import build as module
from macla.runs.build import build_memory
from macla.runs.staged import ASIDE

SMALL = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=2")


@pytest.fixture
def build(tmp_path: Path):
    """Return a function: overrides → the summary of a build in one and the same folder."""
    return lambda *overrides: build_memory(compose([*SMALL, f"runs={tmp_path}", *overrides]), tmp_path / "memory")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("fault", [UserError("nothing was learned"), KeyboardInterrupt()])
def test_a_build_that_ends_early_leaves_the_memory_before_it(build, tmp_path, monkeypatch, fault):
    build()
    before = files(tmp_path / "memory")
    monkeypatch.setattr(module, "_check_learned", lambda *_: (_ for _ in ()).throw(fault))
    with pytest.raises(type(fault)):
        build()
    assert files(tmp_path / "memory") == before
    monkeypatch.undo()
    (tmp_path / "memory" / ASIDE).mkdir()  # as a kill -9 leaves it
    (tmp_path / "memory" / ASIDE / SEAL).write_text("{")
    build()
    check_files(tmp_path / "memory", read(tmp_path / "memory"))
    assert files(tmp_path / "memory").keys() == before.keys()


def test_a_build_that_fails_where_nothing_was_leaves_nothing(build, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_check_learned", lambda *_: (_ for _ in ()).throw(UserError("no")))
    with pytest.raises(UserError):
        build()
    assert not (tmp_path / "memory").exists()


def test_a_memory_that_was_built_otherwise_is_not_replaced(build, tmp_path):
    build()
    before = files(tmp_path / "memory")
    with pytest.raises(UserError, match=r"memory holds another memory \(seed: 0 → 3\); give another --out"):
        build("seed=3")
    assert files(tmp_path / "memory") == before
