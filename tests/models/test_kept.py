"""A server that stays for the next command: reused, replaced, ended, and never half there after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.fake_vllm import gone, settings
from typer.testing import CliRunner

from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.models.create import create
from macla.models.settings import ModelSettings
from macla.models.vllm import Standby, around, end_kept

COMMAND = """
import sys, time
from macla.models.vllm import around
from macla.models.settings import ModelSettings
with around(ModelSettings.model_validate_json(sys.argv[1])):
    print("works", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def keeping(fake_vllm: dict[str, Any]) -> Iterator[ModelSettings]:
    """Return settings under which the stand-in stays; it is ended after the test."""
    asked = settings(fake_vllm, autostart="keep")
    yield asked
    end_kept(asked)


def child(asked: ModelSettings) -> int:
    """Return the process that the server has started: another one for every server."""
    return int(Path(asked.server.env["CHILD"]).read_text())


def stays(asked: ModelSettings) -> dict[str, Any]:
    port = asked.server.port
    return json.loads((Path(os.environ["MACLA_HOME"]) / "servers" / f"{port}.json").read_text())


def use(asked: ModelSettings) -> int:
    """Run a command with the server; return which one it was."""
    with around(asked) as inside, create(inside) as model:
        assert model.identity()["model"] == asked.id
    return child(asked)


def command(asked: ModelSettings) -> "subprocess.Popen[str]":
    """Return another process that works with the server."""
    line = [sys.executable, "-c", COMMAND, asked.model_dump_json()]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "works\n"
    return process


def test_the_next_command_uses_the_server_that_stayed(
    keeping: ModelSettings, capfd: pytest.CaptureFixture[str]
) -> None:
    first = use(keeping)
    assert "m is served at http://127.0.0.1:" in capfd.readouterr().err
    assert use(keeping) == first
    said = capfd.readouterr().err
    assert f"stays for the next command; macla serve --stop model.server.port={keeping.server.port} ends it" in said
    assert use(keeping.model_copy(update={"autostart": True, "temperature": 1.0})) == first
    assert use(keeping) == first  # autostart=true has not ended it
    assert end_kept(keeping)
    assert gone(keeping.server.model_dump())
    assert not end_kept(keeping)


@pytest.mark.parametrize("autostart", ["keep", True])
def test_another_command_line_on_the_port_replaces_it(keeping: ModelSettings, autostart: Any) -> None:
    first = use(keeping)
    second = use(keeping.model_copy(update={"id": "other", "autostart": autostart}))
    assert second != first
    assert not Path(f"/proc/{first}").exists() or Path(f"/proc/{first}/stat").read_text().split()[2] == "Z"
    assert end_kept(keeping) == (autostart == "keep")
    assert gone(keeping.server.model_dump())


def test_a_server_in_use_is_shared_and_not_ended(keeping: ModelSettings) -> None:
    with command(keeping) as process:
        assert use(keeping) == child(keeping)
        with pytest.raises(UserError, match=r"taken by the server of another macla"):
            use(keeping.model_copy(update={"id": "other"}))
        with pytest.raises(UserError, match="is in use by another macla; end that first"):
            end_kept(keeping)
        process.kill()
    assert end_kept(keeping)


def test_a_kill_of_the_command_leaves_a_whole_server_behind(keeping: ModelSettings) -> None:
    with command(keeping) as process:
        process.kill()
    first = child(keeping)
    assert use(keeping) == first


def test_a_kill_during_the_start_leaves_nothing(keeping: ModelSettings) -> None:
    slow = keeping.model_copy(update={"server": keeping.server.model_copy(update={"checkpoint": "slow"})})
    line = [sys.executable, "-c", COMMAND, slow.model_dump_json()]
    with subprocess.Popen(line, stderr=subprocess.DEVNULL) as process:
        while not Path(keeping.server.env["CHILD"]).exists():
            time.sleep(0.05)
        process.kill()
    assert gone(keeping.server.model_dump())
    assert use(keeping) == child(keeping)


def test_what_is_told_of_a_server_that_is_gone_is_not_believed(keeping: ModelSettings) -> None:
    first = use(keeping)
    os.killpg(stays(keeping)["group"], signal.SIGKILL)
    assert gone(keeping.server.model_dump())
    assert use(keeping) != first


def test_a_server_that_does_not_answer_is_replaced(keeping: ModelSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = use(keeping)
    os.killpg(stays(keeping)["group"], signal.SIGSTOP)
    monkeypatch.setattr("macla.models.vllm.HEALTH_S", 0.5)
    monkeypatch.setattr("macla.models.vllm.GRACE_S", 0.5)
    assert use(keeping) != first


def test_no_key_reaches_the_files(keeping: ModelSettings, tmp_path: Path) -> None:
    secret = keeping.server.model_copy(update={"env": {**keeping.server.env, "MY_TOKEN": "sesame-street"}})
    use(keeping.model_copy(update={"server": secret}))
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert len(files) >= 4
    assert not any(b"sesame" in path.read_bytes() for path in files)


def test_a_table_leaves_its_server_running(keeping: ModelSettings) -> None:
    standby = Standby()
    assert standby.serve(keeping).base_url == keeping.url
    standby.close()
    assert use(keeping) == child(keeping)


def test_the_command_line_ends_it(keeping: ModelSettings) -> None:
    use(keeping)
    for said in ("ended the server", f"no server of ours runs on port {keeping.server.port}\n"):
        result = CliRunner().invoke(app, ["serve", "--stop", f"model.server.port={keeping.server.port}"])
        assert result.exit_code == 0
        assert result.output.startswith(said)


def test_autostart_is_yes_no_or_keep() -> None:
    assert [compose(["model=tiny", f"model.autostart={value}"]).model.autostart for value in ("true", "keep")] == [
        True,
        "keep",
    ]
    with pytest.raises(UserError, match=r"model\.autostart: .*'keep'"):
        compose(["model=tiny", "model.autostart=kep"])
