"""HTTP to an OpenAI-compatible server: bounded concurrency, timeouts, retries with backoff, a cap on what is read."""

import asyncio
import json
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from macla.errors import InfrastructureError, UserError
from macla.secrets import bare_url, login, query

MAX_BYTES = 1 << 20
"""A longer body is no chat completion: reading stops, and the server counts as failed."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
PASSING = frozenset({408, 409, 425, 429})
"""Client errors that go away by themselves, as all server errors may."""


class RefusedError(Exception):
    """The server understood and said no (400, 404, 422 …): asking again would not help."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Completion(BaseModel):
    """The part of a chat completion that is used."""

    text: str
    prompt_tokens: int
    completion_tokens: int


class _AttemptError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class Transport:
    """A connection pool to one endpoint, used from one event loop."""

    def __init__(self, url: str, key: str | None, *, timeout_s: float, retries: int, concurrency: int) -> None:
        self.url = bare_url(url)
        self._timeout_s = timeout_s
        self._retries = retries
        self._slots = asyncio.Semaphore(concurrency)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        self._http = httpx.AsyncClient(headers=headers, auth=login(url), params=query(url), limits=limits, timeout=None)

    async def complete(self, body: dict[str, Any]) -> Completion:
        """Return the completion; RefusedError when the server says no, InfrastructureError when attempts run out."""
        attempts = AsyncRetrying(
            stop=stop_after_attempt(self._retries + 1),
            wait=_wait,
            retry=retry_if_exception_type(_AttemptError),
            reraise=True,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    return _completion(await self._exchange("POST", f"{self.url}/chat/completions", body))
        except _AttemptError as error:
            raise InfrastructureError(f"{self.url}: {error} ({self._retries + 1} attempts)") from None
        raise AssertionError("tenacity returns or raises")

    async def get(self, url: str) -> Any:
        """Return the JSON at ``url``, asked for once; InfrastructureError or RefusedError when there is none."""
        try:
            return await self._exchange("GET", url, None)
        except _AttemptError as error:
            raise InfrastructureError(f"{self.url}: {error}") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _exchange(self, method: str, url: str, body: dict[str, Any] | None) -> Any:
        """Send once and return the JSON of the reply."""
        async with self._slots:
            try:
                async with asyncio.timeout(self._timeout_s):
                    async with self._http.stream(method, url, json=body) as response:
                        content = await _read(response)
            except TimeoutError:
                raise _AttemptError(f"no complete reply within {self._timeout_s:g} s") from None
            except (httpx.InvalidURL, httpx.UnsupportedProtocol):
                raise UserError(f"model.base_url={self.url} is no URL; type e.g. http://localhost:8000/v1") from None
            except httpx.RequestError as error:
                raise _AttemptError(
                    f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                ) from None
        return self._json(response, content)

    def _json(self, response: httpx.Response, content: bytes) -> Any:
        if response.status_code in (401, 403):
            raise UserError(f"{self.url} refuses the key; set model.api_key_env to the variable that holds a valid one")
        if response.status_code in PASSING or response.status_code >= 500:
            raise _AttemptError(f"HTTP {response.status_code}: {_message(content)}", _retry_after(response))
        if response.status_code >= 300:
            raise RefusedError(response.status_code, _message(content))
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise _AttemptError("the body is no JSON") from None


async def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MAX_BYTES:
            raise _AttemptError(f"a reply of more than {MAX_BYTES} bytes")
    return bytes(content)


def _completion(value: Any) -> Completion:
    try:
        usage = value.get("usage") or {}
        return Completion(
            text=value["choices"][0]["message"]["content"] or "",
            prompt_tokens=usage.get("prompt_tokens", 0),
            completion_tokens=usage.get("completion_tokens", 0),
        )
    except (AttributeError, KeyError, IndexError, TypeError, ValidationError):
        raise _AttemptError("the body is no chat completion") from None


def _message(content: bytes) -> str:
    """Return what an error body says, one line of at most 300 characters."""
    text = content[:10_000].decode(errors="replace")
    try:
        value = json.loads(text)
        error = value.get("error", value)
        text = str(error.get("message", error) if isinstance(error, dict) else error)
    except (ValueError, AttributeError):
        pass
    return " ".join(text.split())[:300]


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the server asks to wait, 0 when it does not say."""
    value = response.headers.get("retry-after", "")
    return min(float(value), LONGEST_WAIT_S) if value.isdigit() else 0.0


def _wait(state: RetryCallState) -> float:
    """Return the seconds before the next attempt: doubling, capped, at least what the server asks for."""
    failed = state.outcome.exception() if state.outcome else None
    asked = failed.wait_s if isinstance(failed, _AttemptError) else 0.0
    return max(asked, min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)))
