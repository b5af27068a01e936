"""The client of an OpenAI-compatible server: one request, one valid reply, at most one repair round."""

from time import perf_counter
from typing import cast

from macla.errors import InfrastructureError, UserError
from macla.models.answer import Answer, Usage
from macla.models.malformed import Malformed
from macla.models.openai.body import Body, Composer
from macla.models.openai.schema import BadReplyError
from macla.models.openai.transport import Completion, RefusedError, Transport
from macla.models.requests import R, Request

SHARES = (1.0, 0.7, 0.5, 0.35)
"""Parts of the context tried when the server finds a prompt too long (its tokens were fewer bytes than estimated)."""


class Client:
    """Answers requests by chat completions."""

    is_language_model = True

    def __init__(self, transport: Transport, composer: Composer) -> None:
        self.transport = transport
        self.composer = composer
        self.name = composer.parameters.name

    def key(self, request: Request[R]) -> str:
        """Return a hash of everything that changes the answer."""
        return self.composer.key(request)

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names."""
        return self.composer.parameters.identity()

    async def check(self) -> None:
        """InfrastructureError when the server does not list its models."""
        try:
            await self.transport.get(f"{self.transport.url}/models")
        except RefusedError as error:
            raise InfrastructureError(f"{self.transport.url}: {error}") from None

    async def answer(self, request: Request[R]) -> Answer[R]:
        """Return the answer: a reply, after one repair round if need be, or Malformed.

        InfrastructureError when the server is lost, UserError when it refuses for good.
        """
        started = perf_counter()
        share, first = await self._within_context(request)
        completions = [first]
        reply: R | Malformed
        try:
            reply = cast(R, self.composer.parse(request, first.text))
        except BadReplyError as error:
            again = await self._complete(self.composer.repair(request, first.text, str(error), share=share))
            completions.append(again)
            reply = self._last_chance(request, again)
        return Answer(reply=reply, usage=_usage(completions, perf_counter() - started, reply))

    def _last_chance(self, request: Request[R], again: Completion) -> R | Malformed:
        try:
            return cast(R, self.composer.parse(request, again.text))
        except BadReplyError as error:
            return Malformed(purpose=request.purpose, reason=str(error), text=again.text[:300])

    async def _within_context(self, request: Request[R]) -> tuple[float, Completion]:
        """Return the first completion and the share of the context its prompt was cut to."""
        for share in SHARES[:-1]:
            try:
                return share, await self.transport.complete(self.composer.body(request, share=share))
            except RefusedError as error:
                if not _too_long(error):
                    raise self._hopeless(error) from None
        return SHARES[-1], await self._complete(self.composer.body(request, share=SHARES[-1]))

    async def _complete(self, body: Body) -> Completion:
        try:
            return await self.transport.complete(body)
        except RefusedError as error:
            raise self._hopeless(error) from None

    def _hopeless(self, error: RefusedError) -> UserError:
        return UserError(f"{self.transport.url} refuses requests to {self.composer.parameters.id}: {error}")


def _too_long(error: RefusedError) -> bool:
    """Whether the server says that the prompt exceeds its context (vLLM, OpenAI, Ollama: all name the context)."""
    text = str(error).lower()
    return error.status in (400, 413, 422) and "context" in text and ("length" in text or "window" in text)


def _usage(completions: list[Completion], seconds: float, reply: object) -> Usage:
    return Usage(
        requests=1,
        calls=len(completions),
        prompt_tokens=sum(completion.prompt_tokens for completion in completions),
        completion_tokens=sum(completion.completion_tokens for completion in completions),
        seconds=round(seconds, 6),
        malformed=isinstance(reply, Malformed),
    )
