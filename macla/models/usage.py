"""The ledger: what was asked and what it cost, per purpose, in total and per episode."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from types import TracebackType

from macla.models.answer import Answer, Source, Usage
from macla.models.malformed import Malformed
from macla.models.requests import R, Request

Account = dict[str, Usage]
"""Purpose → cost."""


def costs(accounts: Iterable[Account]) -> dict[str, dict[str, float]]:
    """Return the sum of accounts as summaries have it: purpose → requests, calls, tokens, seconds, malformed."""
    return {purpose: usage.model_dump() for purpose, usage in merged(accounts).items()}


def merged(accounts: Iterable[Account]) -> Account:
    """Return the sum of accounts, purposes sorted."""
    total: Account = {}
    for account in accounts:
        for purpose, usage in account.items():
            total[purpose] = total.get(purpose, Usage()) + usage
    return dict(sorted(total.items()))


class Ledger:
    """A frozen model that keeps accounts. Answers from a recording or a cache count at what they had cost."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._episode: ContextVar[Account | None] = ContextVar("episode", default=None)
        self._lock = Lock()
        self.name = source.name
        self.is_language_model = source.is_language_model
        self.totals: Account = {}
        self.apart: Account = {}
        """The part of the totals that was asked outside any episode: by construction, refinement, composition."""

    def ask(self, requests: list[Request[R]]) -> list[R | Malformed]:
        """Return one reply per request, in order, or Malformed in its place; InfrastructureError when out of reach."""
        answers = self._source.answers(requests)
        account = self._episode.get()
        with self._lock:
            _enter(self.totals, requests, answers)
            _enter(self.apart if account is None else account, requests, answers)
        return [answer.reply for answer in answers]

    @contextmanager
    def episode(self) -> Iterator[Account]:
        """Yield the account of what this thread asks inside the block; it fills as the episode goes on."""
        account: Account = {}
        token = self._episode.set(account)
        try:
            yield account
        finally:
            self._episode.reset(token)

    def check(self) -> None:
        """InfrastructureError when the model is out of reach."""
        self._source.check()

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names: backend, model, revision, server, sampling, hash of the prompts."""
        return self._source.identity()

    def close(self) -> None:
        """Close connections and threads."""
        self._source.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _enter(account: Account, requests: list[Request[R]], answers: list[Answer[R]]) -> None:
    for request, answer in zip(requests, answers, strict=True):
        account[request.purpose] = account.get(request.purpose, Usage()) + answer.usage
