"""What a chat completion says, wherever the server put it: content, parts of it, a tool call, or the thoughts."""

import json
from typing import Any

from pydantic import BaseModel

CUT = frozenset({"length", "max_tokens", "model_length"})
"""What servers call the end of a reply that had no more tokens."""
MOST_TOKENS = 1 << 40
"""What counts more tokens counts none."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")

_PARTS = ("text", "output_text", "refusal", *_THOUGHTS)
"""What servers call the parts of a content that comes as a list."""


class Completion(BaseModel):
    """The part of a chat completion that is used."""

    text: str
    finish_reason: str = ""
    thoughts: bool = False
    """Whether ``text`` is what the model thought: nothing else came."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompt's, those that the server found in its prefix cache, where it says so."""
    completion_tokens: int = 0

    @property
    def cut(self) -> bool:
        """Whether the model was stopped before it had finished."""
        return self.finish_reason.lower() in CUT


def read(value: Any) -> Completion | None:
    """Return what a body says, None when it is no chat completion."""
    try:
        choice = value["choices"][0]
        message = choice["message"]
        usage = value.get("usage")
        parts = (_text(message.get("content")), _called(message), _text(message.get("refusal")))
        text = "\n".join(filter(str.strip, parts))
        thoughts = "" if text else next(filter(str.strip, (_text(message.get(key)) for key in _THOUGHTS)), "")
        usage = usage if isinstance(usage, dict) else {}
        details = usage.get("prompt_tokens_details")
        return Completion(
            text=text or thoughts,
            finish_reason=str(choice.get("finish_reason") or ""),
            thoughts=bool(thoughts),
            prompt_tokens=_count(usage.get("prompt_tokens")),
            cached_tokens=_count(details.get("cached_tokens") if isinstance(details, dict) else 0),
            completion_tokens=_count(usage.get("completion_tokens")),
        )
    except (AttributeError, KeyError, IndexError, TypeError):
        return None


def _text(said: Any) -> str:
    """Return a text that came as text, as an object, or in parts; parts that hold thoughts are left out."""
    if said is None:
        return ""
    if isinstance(said, str):
        return said
    if isinstance(said, list):
        return "".join(_text(part) for part in said)
    if isinstance(said, dict) and said.get("type") in _PARTS:
        return "" if said["type"] in _THOUGHTS else _text(said.get("text"))
    if isinstance(said, dict):
        return json.dumps(said, ensure_ascii=False)
    raise TypeError(f"content of type {type(said).__name__}")


def _called(message: dict[str, Any]) -> str:
    """Return the arguments of the tool calls, one a line: models that may call tools answer so."""
    listed = message.get("tool_calls")
    calls = [call.get("function") for call in listed if isinstance(call, dict)] if isinstance(listed, list) else []
    calls.append(message.get("function_call"))
    return "\n".join(_text(call.get("arguments")) for call in calls if isinstance(call, dict))


def _count(tokens: Any) -> int:
    return tokens if isinstance(tokens, int) and not isinstance(tokens, bool) and 0 <= tokens < MOST_TOKENS else 0
