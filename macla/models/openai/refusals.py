"""What servers mean when they say no: a prompt too long, a parameter unknown, an account without quota."""

import json
import re
from typing import Any

from macla.secrets import hide

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
    r"|cannot both|only the default|not available|does not accept",
    re.IGNORECASE,
)


class RefusedError(Exception):
    """The server understood and said no (400, 404, 422 …): asking again would not help."""

    def __init__(self, status: int, message: str, kind: str = "", came: str = "") -> None:
        super().__init__(hide(message))  # it becomes the reason of a useless reply, which episodes keep
        self.status = status
        self.came = came or f"HTTP {status}"
        """How the server said it: some answer 200 and say no in the body."""
        self.kind = kind
        """The server's own word for the error, where it has one."""

    @property
    def too_long(self) -> bool:
        """Whether the prompt exceeds the model's context."""
        return too_long(f"{self.kind} {self}") and self.status in (400, 413, 422)

    def unwanted(self, body: dict[str, Any]) -> str:
        """Return the parameter of ``body`` that the server does not know; empty when it names none."""
        text = str(self)
        if self.status not in (400, 422) or not _UNKNOWN.search(text):
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


def told(content: bytes) -> tuple[str, str]:
    """Return what an error body says, one line of at most 300 characters, and the server's word for the error."""
    text = content[:10_000].decode(errors="replace")
    try:
        return words(json.loads(text))
    except (ValueError, RecursionError):
        return _line(text), ""


def words(value: Any) -> tuple[str, str]:
    """Return message and kind of an error as JSON, in the forms that servers give them."""
    error = value.get("error") or value if isinstance(value, dict) else value
    if not isinstance(error, dict):
        return _line(str(error)), ""
    kind = " ".join(str(error[key]) for key in ("type", "code") if error.get(key))
    return _line(str(error.get("message") or error.get("detail") or error)), kind


def within(value: Any) -> tuple[int, str, str] | None:
    """Return status (0 where it has none), message and kind of an error that came with HTTP 200; None for no error."""
    if not isinstance(value, dict):
        return None
    choices = value.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    inner = first.get("error") if isinstance(first, dict) else None
    error = value.get("error") or inner or (value if value.get("object") == "error" else None)
    if not error:
        return None
    message, kind = words({"error": error})
    code = str(error.get("code")) if isinstance(error, dict) else ""
    if code.isdigit():
        return int(code), message, kind
    return 400 if too_long(f"{kind} {message}") or "invalid_request" in kind else 0, message, kind


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
