"""What servers mean when they say no: a prompt too long, a parameter unknown, an account without quota."""

import json
import re
from typing import Any, NamedTuple

from macla.secrets import hide

NO_REASON = "it gives no reason"
OPTIONAL = ("top_p", "seed", "temperature", "max_tokens")
"""Parameters that a request can do without, in the order in which they are given up."""
_TOO_LONG = re.compile(
    r"context.{0,40}(length|window|size|limit|exceed)|exceed\w*.{0,40}context|(prompt|input|request) is too long"
    r"|too many (input |prompt )?tokens|tokens?\b.{0,60}(exceed|must be <=|longer than|too large)"
    r"|reduce the length|maximum (number of )?(input |prompt )?tokens",
    re.IGNORECASE,
)
"""vLLM, OpenAI, llama.cpp, Ollama, SGLang, TGI, Mistral, Gemini, Anthropic, Groq, LM Studio."""
_UNKNOWN = re.compile(
    r"unsupported|not.{0,12}support|unrecogni|unknown|unexpected|extra|not permitted|not allowed|forbidden|deprecated"
    r"|cannot both|only the default|not available|does not accept|\binvalid (?:value|temperature|top_p|seed)\b"
    r"|must be (?:exactly )?\d[\d.]*(?: |$)|only \d[\d.]* is allowed",
    re.IGNORECASE,
)
_LARGEST = re.compile(
    r"max(?:_completion)?_tokens\b.{0,60}\b(?:too (?:large|high|big)|exceed|greater than|at most|less than or equal)"
    r".{0,120}?(?:at most|up to|maximum of|maximum is|limit of|limit is|or equal to|<=)\s*(?P<most>\d+)",
    re.IGNORECASE | re.DOTALL,
)
"""A reply longer than the model gives: ``max_tokens is too large: 512. This model supports at most 256``."""
_ABOUT_THE_KEY = re.compile(
    r"\bkey\b|api[_ -]?key|auth|token (?:is|was|has)|(?:invalid|access) token|credential|bearer|log ?in",
    re.IGNORECASE,
)


class RefusedError(Exception):
    """The server understood and said no (400, 404, 422 …): asking again would not help."""

    def __init__(self, status: int, message: str, kind: str = "", came: str = "", parameter: str = "") -> None:
        super().__init__(
            hide(message) or "it gives no reason"
        )  # it becomes the reason of a useless reply, which episodes keep
        self.status = status
        self.came = came or f"HTTP {status}"
        """How the server said it: some answer 200 and say no in the body."""
        self.kind = kind
        """The server's own word for the error, where it has one."""
        self.parameter = parameter
        """The parameter that the error is about, where the server has a field for it."""

    @property
    def most_tokens(self) -> int | None:
        """The longest reply that the model gives, where the server refuses ``max_tokens`` as too large."""
        found = _LARGEST.search(str(self)) if self.status in (400, 422) else None
        return int(found["most"]) if found else None

    @property
    def too_long(self) -> bool:
        """Whether the prompt exceeds the model's context."""
        return too_long(f"{self.kind} {self}") and self.status in (400, 413, 422)

    def unwanted(self, body: dict[str, Any]) -> str:
        """Return the parameter of ``body`` that the server does not know; empty when it names none."""
        text = str(self)
        if self.status not in (400, 422) or self.most_tokens:
            return ""
        if self.parameter in OPTIONAL and self.parameter in body:
            return self.parameter
        if not _UNKNOWN.search(text):
            return ""
        named = [name for name in OPTIONAL if name in body and re.search(rf"\b{name}\b", text)]
        return next(iter(named), "")

    @property
    def wants_completion_tokens(self) -> bool:
        """Whether the limit of a reply has its newer name here."""
        return "max_completion_tokens" in str(self)


def too_long(text: str) -> bool:
    """Whether an error message speaks of a prompt that exceeds the context."""
    return _TOO_LONG.search(text) is not None


def without_quota(status: int, kind: str) -> bool:
    """Whether the account behind the key has run out: no waiting helps."""
    return status == 402 or "insufficient_quota" in kind


def about_the_key(text: str) -> bool:
    """Whether an error message, or the server's word for it, speaks of the key; one that says nothing does, too."""
    return not text.strip() or _ABOUT_THE_KEY.search(text) is not None


class Told(NamedTuple):
    """What a server says of an error."""

    message: str
    """One line of at most 300 characters."""
    kind: str = ""
    """Its own word for the error."""
    parameter: str = ""


def told(content: bytes) -> Told:
    """Return what an error body says."""
    text = content[:10_000].decode(errors="replace")
    try:
        return words(json.loads(text))
    except (ValueError, RecursionError):
        return Told(_line(text))


_MESSAGES = ("message", "msg", "detail", "error_msg", "status_msg", "error_message", "title", "reason")


def words(value: Any) -> Told:
    """Return what an error says as JSON, in the forms that servers give it."""
    error = value.get("error") or value if isinstance(value, dict) else value
    if not isinstance(error, dict):
        return Told(_line(str(error)))
    kind = " ".join(str(error[key]) for key in ("type", "code", "status_code") if error.get(key))
    silent = not error or any(key in error for key in _MESSAGES)
    message = next((error[key] for key in _MESSAGES if error.get(key)), "" if silent else error)
    return Told(_line(str(message)), kind, str(error.get("param") or ""))


def within(value: Any) -> tuple[int, Told] | None:
    """Return status (0 where it has none) and words of an error that came with HTTP 200; None for no error.

    A field for errors beside choices that are there says something only where it has a message.
    """
    if not isinstance(value, dict):
        return None
    error = _error_in(value)
    if not error:
        return None
    said = words({"error": error})
    code = str(error.get("code")) if isinstance(error, dict) else ""
    if code.isdigit() and 400 <= int(code) < 600:
        return int(code), said
    text = f"{said.kind} {said.message}"
    if "api_key" in said.kind or "authentication" in said.kind:
        return 401, said
    return 400 if too_long(text) or "invalid_request" in said.kind else 0, said


def _error_in(value: dict[str, Any]) -> Any:
    """Return the part of a body that is an error, in whichever place; nothing where there is none."""
    choices = value.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    inner = first.get("error") if isinstance(first, dict) else None
    error = value.get("error")
    if first is not None and isinstance(error, dict) and not any(error.get(key) for key in _MESSAGES):
        error = None  # {"code": 0, "message": ""}: none
    if error or inner or value.get("object") == "error":
        return error or inner or value
    if first is not None:
        return None
    nested = value.get("base_resp")
    candidates = (one for one in (nested, value) if isinstance(one, dict))
    return next((one for one in candidates if any(isinstance(one.get(key), str) for key in _MESSAGES)), None)


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
