"""HTTP to an OpenAI-compatible server: bounded concurrency, timeouts, retries with backoff, a cap on what is read."""

import asyncio
import json
import math
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from macla.errors import InfrastructureError, UserError
from macla.models.openai.address import check_address, client_for, next_address
from macla.models.openai.completion import Completion, read
from macla.models.openai.reading import whole_values
from macla.models.openai.refusals import (
    NO_REASON,
    RefusedError,
    Told,
    about_the_key,
    told,
    too_long,
    within,
    without_quota,
)
from macla.progress import note
from macla.secrets import bare_url, hide, without_known

MAX_BYTES = 1 << 20
"""A longer body is no chat completion: reading stops, and the server counts as failed."""
MAX_LIST_BYTES = 1 << 26
"""A list of models may be longer: some servers offer hundreds, with descriptions."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
TOLD_WAIT_S = 10.0
"""A longer wait is told, with its reason."""
MOST_REDIRECTS = 5
PASSING = frozenset({408, 409, 425, 429})
"""Client errors that go away by themselves, as all server errors may."""


class AttemptError(Exception):
    """An attempt failed in a way that may pass; ``unreachable``: nobody was there to take the request."""

    def __init__(self, reason: str, wait_s: float = 0.0, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.unreachable = unreachable


class _NoJSONError(AttemptError):
    """A page in place of an answer."""


class Patient(ABC):
    """Attempts a completion again and again."""

    def __init__(self, url: str, retries: int) -> None:
        self.url = url
        """What messages call the server."""
        self._retries = retries
        self._told_until = 0.0

    @abstractmethod
    async def attempt(self, body: dict[str, Any]) -> Completion:
        """Return the completion, asked for once; AttemptError where it may be asked for again."""

    @abstractmethod
    def check(self) -> None:
        """Raise InfrastructureError while the server wants no request: it asked for too long a wait."""

    @abstractmethod
    async def reach(self) -> None:
        """Raise InfrastructureError when the server does not answer, whatever it says, or wants no request."""

    @abstractmethod
    async def close(self) -> None:
        """Close the connections."""

    async def complete(self, body: dict[str, Any]) -> Completion:
        """Return the completion; RefusedError when the server says no, InfrastructureError when attempts run out."""
        self.check()
        attempts = AsyncRetrying(
            stop=stop_after_attempt(self._retries + 1),
            wait=_wait,
            retry=retry_if_exception_type(AttemptError),
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    return await self.attempt(body)
        except AttemptError as error:
            raise InfrastructureError(f"{self.url}: {error} ({self._retries + 1} attempts)") from None
        raise AssertionError("tenacity returns or raises")

    def _tell(self, state: RetryCallState) -> None:
        """Tell of a long wait, once for all requests that wait at the same time."""
        wait_s = state.upcoming_sleep
        now = time.monotonic()
        if wait_s > TOLD_WAIT_S and now >= self._told_until:
            self._told_until = now + wait_s
            reason = state.outcome.exception() if state.outcome else None
            note(hide(f"{self.url}: {reason}; asked again in {wait_s:.0f} s"))


class Transport(Patient):
    """A connection pool to one endpoint, used from one event loop."""

    def __init__(self, url: str, key: str | None, *, timeout_s: float, retries: int, concurrency: int) -> None:
        check_address(url)
        super().__init__(bare_url(url), retries)
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(concurrency)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        self._http = client_for(url, headers, limits)
        self._refused_until = 0.0
        self._refused = ""

    async def attempt(self, body: dict[str, Any]) -> Completion:
        """Return the completion, asked for once."""
        return self._completion(await self._exchange("POST", f"{self.url}/chat/completions", body, MAX_BYTES))

    async def reach(self) -> None:
        """Ask for the list of models; some have none."""
        self.check()
        with suppress(RefusedError):
            await self.get(f"{self.url}/models")

    async def get(self, url: str) -> Any:
        """Return the JSON at ``url``, asked for once; InfrastructureError or RefusedError when there is none."""
        try:
            return await self._exchange("GET", url, None, MAX_LIST_BYTES)
        except _NoJSONError as error:
            raise RefusedError(200, str(error)) from None
        except AttemptError as error:
            raise InfrastructureError(f"{self.url}: {error}") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _exchange(self, method: str, url: str, body: dict[str, Any] | None, limit: int) -> Any:
        """Send once, also to where the server moved, and return the JSON of the reply."""
        async with self._slots:
            try:
                async with asyncio.timeout(self._timeout_s):
                    response, content = await self._send(method, url, body, limit)
            except TimeoutError:
                raise AttemptError(f"no complete reply within {self._timeout_s:g} s") from None
            except (httpx.InvalidURL, httpx.UnsupportedProtocol):
                raise UserError(f"model.base_url={self.url} is no URL; type e.g. http://localhost:8000/v1") from None
            except httpx.RequestError as error:
                reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                nobody = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                raise AttemptError(reason, unreachable=nobody) from None
        return self._json(response, content)

    async def _send(
        self, method: str, url: str, body: dict[str, Any] | None, limit: int
    ) -> tuple[httpx.Response, bytes]:
        for _ in range(MOST_REDIRECTS):
            async with self._http.stream(method, url, json=body) as response:
                if not response.has_redirect_location:
                    return response, await _read(response, limit)
                url = next_address(self.url, url, response.headers["location"])
        raise RefusedError(response.status_code, f"more than {MOST_REDIRECTS} redirects, the last to {url}")

    def _json(self, response: httpx.Response, content: bytes) -> Any:
        """Return what a body holds, without our secrets: some servers say them back, and answers are published."""
        if response.status_code >= 300:
            came = f"HTTP {response.status_code}"
            raise self._failure(response.status_code, told(content), came, _retry_after(response))
        try:
            return without_known(whole_values(json.loads(content)))
        except (ValueError, RecursionError):
            raise _NoJSONError("the body is no JSON") from None

    def _completion(self, value: Any) -> Completion:
        """Return the completion in a body; what it raises otherwise is what an error of HTTP would."""
        error = within(value)
        if error is not None:
            raise self._failure(*error, "HTTP 200 with an error as its body", 0.0)
        completion = read(value)
        if completion is None:
            raise AttemptError("the body is no chat completion")
        return completion

    def _failure(self, status: int, said: Told, came: str, wait_s: float) -> Exception:
        """Return the error that an answer with ``status`` is, which came as ``came``; 0 stands for one without."""
        message, kind, parameter = said
        if status in (401, 403):
            return self._forbidden(status, said)
        if without_quota(status, kind):
            return UserError(f"{self.url}: {message.rstrip('.')}; what is finished is kept, the same command resumes")
        if status >= 500 and too_long(f"{kind} {message}"):
            return RefusedError(400, message, kind, came)
        if status == 0 or status in PASSING or status >= 500:
            return self._passing(f"{came}: {message or NO_REASON}", wait_s)
        return RefusedError(status, message, kind, came, parameter)

    def _forbidden(self, status: int, said: Told) -> UserError:
        """Return the error of a request that is not allowed, by the key where the server speaks of it."""
        if status == 401 or about_the_key(f"{said.kind} {said.message}"):
            words = f" ({said.message.rstrip('.')})" if said.message else ""
            return UserError(
                f"{self.url} refuses the key{words}; set model.api_key_env to the variable that holds a valid one"
            )
        return UserError(f"{self.url} does not allow the request (HTTP {status}): {said.message}")

    def _passing(self, reason: str, wait_s: float) -> Exception:
        """Return the error of an attempt that may be made again; InfrastructureError where that is too late to wait."""
        limit = max(self._timeout_s, LONGEST_WAIT_S)
        if wait_s <= limit:
            return AttemptError(reason, wait_s)
        asked = f"{wait_s:.0f} s" if math.isfinite(wait_s) else "for ever"
        self._refused = f"{self.url}: {reason.rstrip('.')}; it asks to wait {asked}, here {limit:.0f} s are the most"
        self._refused_until = time.monotonic() + wait_s
        return InfrastructureError(self._refused)

    def check(self) -> None:
        """Raise InfrastructureError while the server wants no request: it asked for too long a wait."""
        if time.monotonic() < self._refused_until:
            raise InfrastructureError(self._refused)


async def _read(response: httpx.Response, limit: int) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > limit:
            raise AttemptError(f"a reply of more than {limit} bytes")
    return bytes(content)


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the server asks to wait (as a number or a date; inf too), 0 when it does not say."""
    value = response.headers.get("retry-after", "").strip()
    try:
        wait = float(value)
    except ValueError:
        try:
            wait = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return 0.0
    return max(0.0, wait) if not math.isnan(wait) else 0.0


def _wait(state: RetryCallState) -> float:
    """Return the seconds before the next attempt: doubling, capped, at least what the server asks for."""
    failed = state.outcome.exception() if state.outcome else None
    asked = failed.wait_s if isinstance(failed, AttemptError) else 0.0
    return max(asked, min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)))
