"""The client of an OpenAI-compatible server: one request, one valid reply, at most one repair round."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import cast

from macla.errors import UserError
from macla.models.answer import Answer, Usage
from macla.models.malformed import Malformed
from macla.models.openai.body import Body, Composer
from macla.models.openai.completion import Completion
from macla.models.openai.reading import BadReplyError
from macla.models.openai.refusals import RefusedError
from macla.models.openai.transport import Patient
from macla.models.requests import R, Request

SHARES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.07, 0.0)
"""Parts of the prompt tried when the server finds it too long: its tokens were fewer bytes than estimated, or the
server has less context than it says. The last one is as short as a prompt gets."""

SHOWN = 300
"""Characters of a useless reply that are kept."""
HOPELESS = frozenset({404, 405, 410, 501})
"""Statuses that do not depend on what is asked: the address or the model is not there."""


class Client:
    """Answers requests by chat completions."""

    is_language_model = True

    def __init__(self, transport: Patient, composer: Composer) -> None:
        self.transport = transport
        self.composer = composer
        self.name = composer.parameters.name
        self._first: dict[str, asyncio.Event] = {}
        """Purpose → whether its first request was answered."""

    def key(self, request: Request[R]) -> str:
        """Return a hash of everything that changes the answer."""
        return self.composer.key(request)

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names."""
        return self.composer.parameters.identity()

    async def check(self) -> None:
        """InfrastructureError when the server does not answer, whatever it says of its models, or wants no request."""
        await self.transport.reach()

    async def answer(self, request: Request[R]) -> Answer[R]:
        """Return the answer: a reply, after one repair round if need be, or Malformed.

        InfrastructureError when the server is lost, UserError when it refuses every request.
        """
        completions: list[Completion] = []
        async with self._after_the_first(request.purpose):
            started = perf_counter()
            try:
                reply = await self._reply(request, completions)
            except RefusedError as error:
                reply = self._refused(request, error)
        return Answer(reply=reply, usage=_usage(completions, perf_counter() - started, reply))

    @asynccontextmanager
    async def _after_the_first(self, purpose: str) -> AsyncIterator[None]:
        """Let the first request of a purpose go alone: what all have in common is then computed once, and cached."""
        if purpose in self._first:
            await self._first[purpose].wait()
            yield
            return
        self._first[purpose] = asyncio.Event()
        try:
            yield
        finally:
            self._first[purpose].set()

    async def _reply(self, request: Request[R], completions: list[Completion]) -> R | Malformed:
        """Return the reply, or Malformed; ``completions`` get what it cost. RefusedError when the server says no."""
        share, first = await self._within_context(request)
        completions.append(first)
        try:
            return cast(R, self.composer.parse(request, first))
        except BadReplyError as error:
            repair = self.composer.repair(request, first.text, str(error), share=share)
        again = await self.transport.complete(repair)
        completions.append(again)
        try:
            return cast(R, self.composer.parse(request, again))
        except BadReplyError as error:
            return Malformed(
                purpose=request.purpose, reason=str(error), text=again.text[:SHOWN], finish_reason=again.finish_reason
            )

    async def _within_context(self, request: Request[R]) -> tuple[float, Completion]:
        """Return the first completion and the share that its prompt was cut to."""
        tried: Body = {}
        refusal: RefusedError | None = None
        for share in SHARES:
            body = self.composer.body(request, share=share)
            if body == tried:
                continue
            tried = body
            try:
                return share, await self.transport.complete(body)
            except RefusedError as error:
                if not error.too_long:
                    raise
                refusal = error
        assert refusal is not None, "the first body is always tried"
        raise refusal

    def _refused(self, request: Request[R], error: RefusedError) -> Malformed:
        """Return what stands in place of a reply that the server refuses to give; UserError when it will refuse all."""
        name = self.composer.parameters.id
        if error.status in HOPELESS:
            raise UserError(f"{self.transport.url} refuses requests to {name}: {error}") from None
        if error.most_tokens:
            remedy = f"model.max_tokens={error.most_tokens}"
            raise UserError(f"{self.transport.url} refuses requests to {name}: {error}; type {remedy}") from None
        unwanted = error.unwanted(self.composer.parameters.model_dump())
        if unwanted:
            remedy = f"model.omit=[{unwanted}]"
            if unwanted == "max_tokens" and error.wants_completion_tokens:
                remedy = "model.max_tokens_key=max_completion_tokens"
            raise UserError(f"{self.transport.url} refuses requests to {name}: {error}; type {remedy}") from None
        reason = f"the server refused the request ({error.came}): {error}"
        return Malformed(purpose=request.purpose, reason=reason, text="", refused=True)


def _usage(completions: list[Completion], seconds: float, reply: object) -> Usage:
    return Usage(
        requests=1,
        calls=len(completions),
        prompt_tokens=sum(completion.prompt_tokens for completion in completions),
        cached_tokens=sum(completion.cached_tokens for completion in completions),
        completion_tokens=sum(completion.completion_tokens for completion in completions),
        seconds=round(seconds, 6),
        malformed=isinstance(reply, Malformed),
    )
