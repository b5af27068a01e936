"""The fake server as a fixture."""

import threading
from collections.abc import Iterator

import pytest
from helpers.misbehaving_server import FakeServer


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
