"""From callers without an event loop to a backend with one: a thread that runs it."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from macla.models.answer import Answer, Backend
from macla.models.requests import R, Request

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, started on first use. Any thread may hand it work."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work`` returns; an interrupt of the caller cancels it."""
        if self._loop is None:
            self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
            threading.Thread(target=self._loop.run_forever, name="model", daemon=True).start()
        if self._pid != os.getpid():
            work.close()
            raise RuntimeError("a model does not survive a fork: create it in the process that uses it")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Stop the thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._loop = None


class Bulk:
    """Puts all requests of a call under way together; the first lost one cancels the others."""

    def __init__(self, backend: Backend, loop: Loop, on_close: Callable[[], Awaitable[None]]) -> None:
        self._backend = backend
        self._loop = loop
        self._on_close = on_close
        self.name = backend.name
        self.is_language_model = backend.is_language_model

    def answers(self, requests: list[Request[R]]) -> list[Answer[R]]:
        """Return one answer per request, in order."""
        return self._loop.run(self._all(requests))

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names."""
        return self._backend.identity()

    def check(self) -> None:
        """InfrastructureError when the model is out of reach."""
        self._loop.run(self._backend.check())

    def close(self) -> None:
        """Close the connections and stop the thread."""

        async def finish() -> None:
            await self._on_close()

        self._loop.run(finish())
        self._loop.close()

    async def _all(self, requests: list[Request[R]]) -> list[Answer[R]]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._backend.answer(request)) for request in requests]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]
