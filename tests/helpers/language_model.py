"""A language model for tests: it says what a function tells it to, and keeps what it was asked."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from macla.models.answer import Answer, Usage
from macla.models.embedded import Embedded
from macla.models.malformed import Malformed
from macla.models.requests import Act, Action, Request
from macla.models.usage import Ledger


class Scripted:
    """A source that takes itself for a language model; all but single steps are answered as the stand-in does."""

    name = "scripted"
    is_language_model = True

    def __init__(self, act: Callable[[Act], str | None]) -> None:
        self._act = act
        self._lock = Lock()
        self.asked: list[Request[Any]] = []

    def answers(self, requests: list[Request[Any]]) -> list[Answer[Any]]:
        with self._lock:
            self.asked += requests
        return [Answer(reply=self._reply(request), usage=Usage(requests=1, calls=1)) for request in requests]

    def _reply(self, request: Request[Any]) -> Any:
        if not isinstance(request, Act):
            return Embedded().ask([request])[0]
        said = self._act(request)
        silent = Malformed(purpose=request.purpose, reason="it was silent", text="")
        return silent if said is None else Action(action=said)

    def identity(self) -> dict[str, str]:
        return {"model": self.name}

    def check(self) -> None: ...

    def close(self) -> None: ...


def scripted(act: Callable[[Act], str | None]) -> tuple[Ledger, list[Request[Any]]]:
    """Return the model (``act`` gives the action, None a useless reply), and the list of what it will be asked."""
    source = Scripted(act)
    return Ledger(source), source.asked
