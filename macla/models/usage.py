"""The ledger: what was asked and what it cost, per purpose, in total and per episode."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType

from macla.errors import InfrastructureError
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


@dataclass
class Book:
    """What was asked in one piece of work: its costs, and every reply that could not be used."""

    usage: Account = field(default_factory=dict)
    useless: list[Malformed] = field(default_factory=list)


class Ledger:
    """A frozen model that keeps accounts. Answers from a recording or a cache count at what they had cost."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._episode: ContextVar[Book | None] = ContextVar("episode", default=None)
        self._lock = Lock()
        self.name = source.name
        self.is_language_model = source.is_language_model
        self.totals: Account = {}
        self.apart = Book()
        """The part of it that was asked outside any episode: by construction, refinement, composition."""

    def ask(self, requests: list[Request[R]]) -> list[R | Malformed]:
        """Return one reply per request, in order, or Malformed in its place; InfrastructureError when out of reach.

        In an episode it is also one when the server refuses a request: what nobody was let answer is not scored.
        Elsewhere it is a reply of no use, so that a construction loses what it was asked for and no more.
        """
        answers = self._source.answers(requests)
        book = self._episode.get()
        useless = [answer.reply for answer in answers if isinstance(answer.reply, Malformed)]
        where = self.apart if book is None else book
        with self._lock:
            _enter(self.totals, requests, answers)
            _enter(where.usage, requests, answers)
            where.useless.extend(useless)
        refused = next((reply for reply in useless if reply.refused), None)
        if book is not None and refused is not None:
            raise InfrastructureError(refused.reason)
        return [answer.reply for answer in answers]

    def enter(self, book: Book) -> None:
        """Book what was asked in another process, outside any episode."""
        with self._lock:
            for account in (self.totals, self.apart.usage):
                for purpose, usage in book.usage.items():
                    account[purpose] = account.get(purpose, Usage()) + usage
            self.apart.useless.extend(book.useless)

    @contextmanager
    def episode(self) -> Iterator[Book]:
        """Yield the book of what this thread asks inside the block; it fills as the episode goes on."""
        book = Book()
        token = self._episode.set(book)
        try:
            yield book
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
