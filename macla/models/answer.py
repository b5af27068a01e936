"""What lies between a request and its reply: an answer with its cost, and who gives it."""

from typing import Any, Generic, Protocol

from pydantic import BaseModel, ConfigDict

from macla.models.malformed import Malformed
from macla.models.requests import R, Request


class Usage(BaseModel):
    """The cost of answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: int = 0
    calls: int = 0
    """Completions: one per request, two where a reply had to be repaired."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of these, how many the server had computed before, where it says so."""
    completion_tokens: int = 0
    seconds: float = 0.0
    """From sending to the reply, summed over requests (which overlap), retries included."""
    malformed: int = 0
    """Requests without a usable reply."""

    def __add__(self, other: "Usage") -> "Usage":
        mine, theirs = self.__dict__, other.__dict__
        return Usage.model_construct(**{key: value + theirs[key] for key, value in mine.items()})


class Answer(BaseModel, Generic[R]):
    """A reply, or the failure in its place, with its cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reply: R | Malformed
    usage: Usage


class Backend(Protocol):
    """Answers one request at a time; many may be under way in one event loop."""

    name: str
    is_language_model: bool

    def key(self, request: Request[Any]) -> str:
        """Return a hash of everything that changes the answer."""
        ...

    async def check(self) -> None:
        """InfrastructureError when the model is out of reach."""
        ...

    async def answer(self, request: Request[R]) -> Answer[R]:
        """Return the answer; InfrastructureError when the model is out of reach."""
        ...

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names."""
        ...


class Source(Protocol):
    """Answers requests in bulk, for callers without an event loop: what a model of another package is.

    Example:
        ``docs/cookbook.md`` has a whole one; it is made by a function of the entry point ``macla.models``::

            def counter(settings: ModelSettings) -> Source:
                return Counter(int(settings.options.get("first", 1)))
    """

    name: str
    is_language_model: bool

    def answers(self, requests: list[Request[R]]) -> list[Answer[R]]:
        """Return one answer per request, in order.

        Args:
            requests: Typed requests; what a model cannot answer it answers with Malformed.

        Returns:
            Replies with their cost.

        Raises:
            InfrastructureError: The model is out of reach.
        """
        ...

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names.

        Returns:
            Everything that an answer depends on, by name.
        """
        ...

    def check(self) -> None:
        """See whether it can be asked.

        Raises:
            InfrastructureError: The model is out of reach.
        """
        ...

    def close(self) -> None:
        """Release connections and threads."""
        ...
