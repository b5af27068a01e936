"""What is missing is told in the order in which it is needed: server, data, split, and only then a memory."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.runs.build import build_memory
from macla.runs.builds import resolve

NOBODY = ("model=endpoint", "model.base_url=http://127.0.0.1:9/v1", "model.id=m", "model.retries=0")
TOY = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=2")


@pytest.mark.parametrize(
    ("overrides", "split", "told"),
    [
        (["env=alfworld", "env.data=official", "env.root=nowhere", *NOBODY], "never", "no model server"),
        (["env=alfworld", "env.data=official", "env.root=nowhere"], "never", "no official ALFWorld games"),
        (["env=toy"], "never", "toy has no split never"),
        (["env=toy"], "unseen", "no memory built"),
    ],
)
def test_no_memory_hides_nothing_else(tmp_path: Path, overrides: list[str], split: str, told: str) -> None:
    config = compose([*overrides, f"runs={tmp_path}"])
    with pytest.raises(UserError, match=told):
        resolve(config, None, split, overrides)


def test_autostart_is_checked_without_a_start(tmp_path: Path) -> None:
    config = compose(["env=toy", "model=llama2_7b", "model.autostart=true", f"runs={tmp_path}"])
    with pytest.raises(UserError, match="has no vLLM"):
        resolve(config, None, "unseen", [])


@pytest.mark.parametrize(
    ("built", "asked", "recommended"),
    [
        ((), ("memory.theta_dup=0.9",), True),
        ((), ("memory=paper",), False),
        ((), ("memory.abstraction.holds_in=0",), False),
        (("memory=paper",), ("memory=paper", "memory.theta_dup=0.9"), True),
        ((), ("seed=1",), True),
        (("env.n_train=23",), (), False),
        (("env.jobs=[fire]",), (), False),
    ],
)
def test_a_memory_of_other_data_or_that_would_be_refused_is_not_recommended(
    tmp_path: Path, built: tuple[str, ...], asked: tuple[str, ...], recommended: bool
) -> None:
    memory = build_memory(compose([*TOY, f"runs={tmp_path}", *built]), None)["memory"]
    with pytest.raises(UserError, match="no memory built") as error:
        resolve(compose([*TOY, f"runs={tmp_path}", *asked]), None, "unseen", [])
    assert (f"--memory {memory}" in str(error.value)) == recommended


def test_a_memory_of_another_encoder_is_not_recommended(tmp_path: Path) -> None:
    build_memory(compose([*TOY, f"runs={tmp_path}"]), None)
    with pytest.raises(UserError, match="no memory built") as error:
        resolve(compose([*TOY, f"runs={tmp_path}", "encoder=minilm"]), None, "unseen", [])
    assert "another build" not in str(error.value)


@pytest.mark.parametrize(
    "typed",
    [
        ("memory=paper",),
        ("memory=nearest", "memory.k=2"),
        ("memory.theta_dup=0.9", "build.limit=9", "seed=3"),
        ("env.jobs=[fire, glaze]", "eval.limit=1"),
    ],
)
def test_the_command_that_is_named_builds_what_is_missing(
    tmp_path: Path, typed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = [*TOY, f"runs={tmp_path}/my runs", *typed]

    def look() -> Path | None:
        return resolve(compose(wanted), None, "unseen", wanted)[1]

    with pytest.raises(UserError, match="no memory built") as error:
        look()
    command = str(error.value).partition("type: ")[2].partition(" (or give")[0]
    program, *words = shlex.split(command)
    assert program == "macla"
    assert CliRunner().invoke(app, words).exception is None
    assert look() is not None
