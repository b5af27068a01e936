"""The fake server as a fixture, and small runs that ask it."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.misbehaving_server import FakeServer
from helpers.served_runs import HORIZON, TASKS

from macla.config import Config, compose


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield fake
    fake.shutdown()
    fake.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off in hundredths of the usual time."""
    monkeypatch.setattr("macla.models.openai.transport.FIRST_WAIT_S", 0.01)


@pytest.fixture
def config(server: FakeServer, tmp_path: Path) -> Callable[..., Config]:
    """Return a function from overrides to a small toy run that asks the server."""

    def make(*overrides: str) -> Config:
        model = [
            "model=endpoint",
            f"model.base_url={server.url}",
            "model.id=m",
            "model.retries=2",
            "model.timeout_s=20",
        ]
        model.append("model.structured=json_schema")  # no question before the run's own
        world = ["env=toy", "env.jobs=[fire,glaze]", "env.n_train=8", f"env.n_unseen={TASKS}", f"env.horizon={HORIZON}"]
        return compose([*model, *world, "encoder=hashing", f"runs={tmp_path}", "runner.retries=1", *overrides])

    return make
