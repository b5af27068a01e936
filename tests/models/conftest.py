"""The fake servers as fixtures, and small runs that ask it."""

import pytest
from helpers.fake_vllm import fake_vllm  # noqa: F401 fixture
from helpers.served_runs import config, server  # noqa: F401 fixtures


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off in hundredths of the usual time."""
    monkeypatch.setattr("macla.models.openai.transport.FIRST_WAIT_S", 0.01)
