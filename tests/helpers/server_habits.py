"""Habits of servers that people really use, as behaviours of the misbehaving server: what each says and where."""

import json
import time
from email.utils import formatdate
from typing import Any

from helpers.misbehaving_server import Behaviour, Handler, filled, obey

GOOD, BAD = '{"thought": "fine", "action": "look"}', '{"thought": "no", "action": "rejected"}'


def wanted(body: dict[str, Any]) -> str:
    """Return what a model that keeps to the schema would say; without a schema a step."""
    if "response_format" not in body:
        return GOOD
    return json.dumps(filled(body["response_format"]["json_schema"]["schema"]))


def message(finish: str | None = "stop", usage: Any = None, **fields: Any) -> Behaviour:
    """Return a behaviour whose message has these fields; ``ANSWER`` in a text stands for a good answer."""

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        said = {name: _put(value, wanted(body)) for name, value in fields.items()}
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", **said}}
        handler.reply(200, {"object": "chat.completion", "choices": [choice], "usage": usage})

    return behave


def _put(value: Any, answer: str) -> Any:
    if isinstance(value, str):
        return value.replace("ANSWER", answer)
    if isinstance(value, list):
        return [_put(one, answer) for one in value]
    return {key: _put(one, answer) for key, one in value.items()} if isinstance(value, dict) else value


def called(arguments: str) -> dict[str, Any]:
    return {"id": "c1", "type": "function", "function": {"name": "act", "arguments": arguments}}


WHOLE: dict[str, Behaviour] = {
    "reasoning": message(content=None, reasoning="ANSWER"),
    "reasoning_content": message(content="", reasoning_content="I think so.\n```json\nANSWER\n```"),
    "tool call": message("tool_calls", content=None, tool_calls=[called("ANSWER")]),
    "function call": message("function_call", content=None, function_call={"name": "act", "arguments": "ANSWER"}),
    "parts": message(content=[{"type": "thinking", "thinking": BAD}, {"type": "text", "text": "ANSWER"}]),
    "reasoning parts": message(content=[{"type": "reasoning", "text": BAD}, {"type": "output_text", "text": "ANSWER"}]),
    "words before a tool call": message(content="I will call it.", tool_calls=[called("ANSWER")]),
    "null usage": message(content="ANSWER", usage={"prompt_tokens": None, "completion_tokens": None}),
    "no finish_reason": message(None, content="ANSWER"),
    "cut after the answer": message("length", content="ANSWER\n\n"),
    "thoughts": message(content=f"<thinking>{BAD}</thinking>ANSWER"),
    "surrogate": message(content="ANSWER \ud800"),
}
"""The answer is there, and whole."""

USELESS: dict[str, tuple[Behaviour, str, str]] = {
    "cut thinking": (
        message("length", content=None, reasoning="Let me think"),
        "it was cut by max_tokens while the model was thinking",
        "length",
    ),
    "cut thinking that weighs": (
        message("length", content=None, reasoning_content=f"Perhaps {BAD}"),
        "it was cut by max_tokens while the model was thinking",
        "length",
    ),
    "cut content": (message("length", content=f"Perhaps {BAD}, but no"), "it was cut by max_tokens", "length"),
    "thinking alone": (message(content=None, reasoning=f"{BAD} is wrong."), "it holds thoughts alone", "stop"),
    "open think": (message(content=f"<think>{BAD} is wrong"), "its thoughts do not end", "stop"),
    "nothing": (message(content=None), "it is empty", "stop"),
    "filtered": (message("content_filter", content=""), "it is empty", "content_filter"),
    "prose": (message(content="I would look around."), "there is no JSON object in it", "stop"),
}
"""No answer: the behaviour, the reason in the episode, and the finish_reason there."""


def refusing(name: str, text: str, status: int = 400) -> Behaviour:
    """Return a behaviour that refuses requests with the parameter ``name`` in these words."""

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if name in body:
            return handler.reply(status, {"error": {"message": text, "type": "invalid_request_error"}})
        return obey(handler, body)

    return behave


def no_seed(handler: Handler, body: dict[str, Any]) -> None:
    """Refuse the seed as FastAPI words it."""
    if "seed" not in body:
        return obey(handler, body)
    loc = ["body", "seed"]
    wrong = {"type": "extra_forbidden", "loc": loc, "msg": "Extra inputs are not permitted"}
    return handler.reply(422, {"detail": [wrong]})


def at_a_date(handler: Handler, body: dict[str, Any]) -> None:
    """Ask to wait until two seconds from now, as a date."""
    handler.reply(429, {"error": {"message": "slow down"}}, retry_after=formatdate(time.time() + 2, usegmt=True))


def error_in_200(message: str, **fields: Any) -> Behaviour:
    """Return a behaviour that hides an error in a body of HTTP 200."""
    return lambda handler, body: handler.reply(200, {"error": {"message": message, **fields}})


def quota(handler: Handler, body: dict[str, Any]) -> None:
    error = {"message": "You exceeded your current quota.", "type": "insufficient_quota", "code": "insufficient_quota"}
    handler.reply(429, {"error": error})


def moved(status: int) -> Behaviour:
    """Return a behaviour that sends every address to the same one with a slash added."""

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if not handler.path.endswith("/"):
            return handler.reply(status, b"", location=handler.path + "/")
        if handler.path == "/v1/models/":
            return handler.reply(200, {"data": [{"id": "m", "owned_by": "fake"}]})
        return obey(handler, body) if handler.command == "POST" else handler.reply(404, {})

    return behave
