"""Weights on this machine or on the hub: which are served, their name, what is said when there are none."""

from pathlib import Path
from typing import Any

import pytest
from helpers.fake_vllm import settings

from macla.config import compose
from macla.errors import UserError
from macla.models.create import create
from macla.models.settings import CHECKPOINTS, ModelSettings
from macla.models.vllm import around, check_server, command
from macla.models.weights import LONGEST, origin_of

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelSettings:
    """Return the settings of a preset with weights in $MACLA_CHECKPOINTS, and an empty cache of a hub out of reach."""
    monkeypatch.setenv(CHECKPOINTS, str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    (tmp_path / "qwen2_5_coder_0_5b").mkdir()
    return compose(["model=qwen2_5_coder_0_5b"]).model


def served(model: ModelSettings) -> str:
    line = command(model)
    return line[line.index("--model") + 1]


def test_the_folder_is_served_where_it_exists_and_the_hub_where_it_does_not(
    small: ModelSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served(small) == str(tmp_path / "qwen2_5_coder_0_5b")
    assert served(compose(["model=qwen2_5_coder_0_5b", "model.server.checkpoint=other"]).model) == "other"
    (tmp_path / "qwen2_5_coder_0_5b").rmdir()
    assert served(small) == "Qwen/Qwen2.5-Coder-0.5B-Instruct"
    monkeypatch.delenv(CHECKPOINTS)
    assert served(small) == "Qwen/Qwen2.5-Coder-0.5B-Instruct"


def test_the_fingerprint_names_the_weights_and_not_their_place(
    small: ModelSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = small.answering()
    assert here["server"]["checkpoint"] == "qwen2_5_coder_0_5b"
    (tmp_path / "there").mkdir()
    (tmp_path / "qwen2_5_coder_0_5b").rename(tmp_path / "there" / "qwen2_5_coder_0_5b")
    assert small.answering()["server"]["checkpoint"] == ""
    monkeypatch.setenv(CHECKPOINTS, str(tmp_path / "there"))
    assert small.answering() == here


@pytest.mark.parametrize("offline", [False, True])
def test_no_folder_and_no_hub_is_one_line_that_names_both(
    small: ModelSettings,
    fake_vllm: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    offline: bool,
) -> None:
    (tmp_path / "qwen2_5_coder_0_5b").rmdir()
    if offline:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    model = small.model_copy(update={"server": settings({**fake_vllm, "folder": small.server.folder}).server})
    with pytest.raises(UserError) as error:
        check_server(model)
    assert str(error.value) == (
        f"{tmp_path}/qwen2_5_coder_0_5b (MACLA_CHECKPOINTS) does not exist, and the hub ({NOWHERE}), which has "
        "Qwen/Qwen2.5-Coder-0.5B-Instruct, cannot be reached"
    )
    monkeypatch.delenv(CHECKPOINTS)
    with pytest.raises(UserError, match="type export MACLA_CHECKPOINTS=DIR where DIR/qwen2_5_coder_0_5b holds"):
        check_server(model)
    (tmp_path / "cache" / "models--Qwen--Qwen2.5-Coder-0.5B-Instruct").mkdir(parents=True)
    check_server(model)  # the hub is not needed for what was downloaded


def test_where_the_weights_come_from_is_part_of_the_identity(
    fake_vllm: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(CHECKPOINTS, str(tmp_path))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "ORIGIN.txt").write_text("Small, Q4_1 (4-bit) dequantised\nsha256 of the GGUF: ab\n")
    asked = settings({**fake_vllm, "folder": "c"}, autostart=True)
    with around(asked) as inside, create(inside) as model:
        identity = model.identity()
    assert identity["origin"] == "Small, Q4_1 (4-bit) dequantised; sha256 of the GGUF: ab"
    assert identity["checkpoint"] == "c"
    assert str(tmp_path) not in str(identity)


def test_an_origin_is_one_short_line(tmp_path: Path) -> None:
    assert origin_of(str(tmp_path)) == ""
    (tmp_path / "ORIGIN.txt").write_bytes(b"\xff a\n\n b\n" + b"c" * 2 * LONGEST)
    assert origin_of(str(tmp_path)).startswith("\N{REPLACEMENT CHARACTER} a; b; c")
    assert len(origin_of(str(tmp_path))) == LONGEST
