"""Conversations of a world and a model, as ETO, AgentGym, chat servers and the agent-data-protocol keep them.

What the model does is told from what it says: "Action: …" in its text, a call of a function, or, in a conversation
that has neither, all that it says but for "OK".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from macla.benchmarks.calls import Call, as_action, call_of

_MODEL = {"gpt", "assistant", "model", "agent", "ai", "bot", "chatgpt", "function_call", "tool_call"}
_TEXT = ("value", "content", "text", "message")
_MARK = re.compile(r"^[ \t>#*-]*Action(?:\s*\d+)?[\s*]*:[ \t*]*", re.M | re.I)
_MARK_INSIDE = re.compile(r"\bAction(?:\s*\d+)?\s*:[ \t]*", re.I)
_INPUT = re.compile(r"^[ \t*]*Action\s+Input(?:\s*\d+)?[\s*]*:[ \t*]*(.*)", re.M | re.I | re.S)
_NEXT = re.compile(r"^[ \t*]*(?:Thought|Observation|Reflection)(?:\s*\d+)?[\s*]*:", re.M | re.I)
_FENCED = re.compile(r"\s*```[\w+-]*[ \t]*\n?(.*?)\s*(?:```|\Z)", re.S)
_THINKING = re.compile(r"<(think(?:ing)?)>.*?</\1>", re.S | re.I)
_OBSERVATION = re.compile(r"^\s*Observation(?:\s*\d+)?\s*:\s*", re.I)
_AGREED = re.compile(r"\W*(?:ok(?:ay)?|understood|sure|got it|i understand)\b", re.I)
_OK = re.compile(r"\W*(?:ok(?:ay)?)?\W*", re.I)
_BRACKETS = ("[]", "()", "{}")


class Turn(NamedTuple):
    """What one side says or does."""

    by_model: bool
    text: str
    actions: tuple[str, ...]


def read_turns(turns: Sequence[Any]) -> dict[str, Any]:
    """Return the actions, the observations after them and the texts before the first of a conversation.

    The keys are those of a recording; an empty dictionary when nothing is done in it.
    """
    read = [_turn(turn) for turn in turns if isinstance(turn, Mapping)]
    if not any(turn.actions for turn in read):
        read = [turn._replace(actions=_bare(turn)) for turn in read]
    actions: list[str] = []
    observations: list[str | None] = []
    told: list[str] = []
    due = 0
    for turn in read:
        if turn.by_model:
            due = len(actions) if turn.actions else due
            actions += turn.actions
            observations += [None] * len(turn.actions)
        elif not actions:
            told.append(turn.text)
        elif due < len(actions):  # several calls are answered in their order
            observations[due] = None if _OK.fullmatch(turn.text) else _OBSERVATION.sub("", turn.text)
            due += 1
    if not actions:
        return {}
    return {"actions": actions, "observations": observations, "instruction": "\n".join(told) or None}


def _turn(turn: Mapping[str, Any]) -> Turn:
    kind = turn.get("class_")
    if isinstance(kind, str):  # agent-data-protocol
        return _typed(kind, turn)
    role = next((turn[key] for key in ("from", "role", "speaker", "source") if isinstance(turn.get(key), str)), "")
    text = _text(turn)
    if role.casefold() not in _MODEL:
        return Turn(False, text, ())
    calls = turn.get("tool_calls") or turn.get("function_call") or []
    found = [call_of(call) for call in (calls if isinstance(calls, list) else [calls])]
    if role.casefold().endswith("_call"):
        found.append(call_of(_json(text)))
    called = tuple(as_action(call) for call in found if call is not None)
    return Turn(True, text, called or _marked(text))


def _typed(kind: str, turn: Mapping[str, Any]) -> Turn:
    text = _text(turn)
    if not kind.endswith("action"):
        return Turn(False, text, ())
    if kind.startswith("api"):
        call = call_of(turn)
        return Turn(True, text, () if call is None else (as_action(call),))
    return Turn(True, text, (text.strip(),) if kind.startswith("code") else _marked(text))


def _text(turn: Mapping[str, Any]) -> str:
    said = next((turn[key] for key in _TEXT if turn.get(key) is not None), "")
    if isinstance(said, list):
        said = "\n".join(str(part.get("text", "")) if isinstance(part, Mapping) else str(part) for part in said)
    return str(said)


def _marked(text: str) -> tuple[str, ...]:
    """Return the action that a text marks as such, the last of several; nothing when it marks none."""
    text = _THINKING.sub("", text)
    marks = list(_MARK.finditer(text)) or list(_MARK_INSIDE.finditer(text))
    action = _action(text[marks[-1].end() :]) if marks else ""
    return (action,) if action else ()


def _action(text: str) -> str:
    """Return the action that a text begins with: what a fence or brackets hold, or the rest of its line."""
    text = text[: following.start()] if (following := _NEXT.search(text)) else text
    given = _INPUT.search(text)
    if given is not None:
        name, value = text[: given.start()].strip().strip("`"), given[1].strip()
        return as_action(call_of({"name": name, "arguments": value}) or Call(name))
    if fenced := _FENCED.match(text):
        return fenced[1].strip()
    text = text.strip()
    if (call := call_of(_json(text))) is not None:
        return as_action(call)
    return "\n".join(_whole_line(text)).strip("` ").removesuffix("</s>").rstrip()


def _whole_line(text: str) -> Iterator[str]:
    """Yield the first line of a text, and those after it while a bracket is open."""
    so_far = ""
    for line in text.splitlines():
        yield line
        so_far += line
        if all(so_far.count(pair[0]) <= so_far.count(pair[1]) for pair in _BRACKETS):
            return


def _bare(turn: Turn) -> tuple[str, ...]:
    """Return what a model's turn says as its action, where a conversation marks none; agreeing is no action."""
    text = _THINKING.sub("", turn.text).strip()
    if not turn.by_model or not text or _AGREED.match(text) or _NEXT.match(text):
        return ()
    action = _action(text)
    return (action,) if action else ()


def _json(text: str) -> Any:
    """Return the JSON value that a text begins with; None when it begins with none."""
    try:
        return json.JSONDecoder().raw_decode(text.strip())[0]
    except (ValueError, RecursionError):
        return None
