"""The JSON schema of a reply, restricted to what this request offers, and the check of what came back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from macla.models.requests import Reply, Request

MAX_ITEMS = 32
"""Items of a list in a reply: no reply needs more, and a model that rambles must come to an end."""
MAX_ENUM = 256
"""Alternatives that a schema spells out; servers are slow or refuse with more. The check afterwards knows no limit."""


@dataclass(frozen=True)
class Offer:
    """What one request leaves open to its reply."""

    choices: dict[str, list[Any]]
    """Field of the reply → the values it may hold."""
    lengths: dict[str, int]
    """Field of the reply → how many items it must have."""


_DECODER = json.JSONDecoder(strict=False)
"""Lets bare control characters in texts pass, as the grammars of vLLM do."""


class BadReplyError(ValueError):
    """Why a reply cannot be used, in words for the model."""


def offer(request: Request[Any], choices: dict[str, str], lengths: dict[str, str]) -> Offer:
    """Return what ``request`` offers; both arguments map a field of the reply to a field of the request.

    A field of ``choices`` holds numbers of the request's items or, where it holds text, the items themselves.
    """
    numbers = _number_fields(request.reply.model_json_schema())
    allowed: dict[str, list[Any]] = {}
    for field, source in choices.items():
        items = getattr(request, source)
        allowed[field] = list(range(len(items))) if field in numbers else list(dict.fromkeys(items))
    return Offer(allowed, {field: len(getattr(request, source)) for field, source in lengths.items()})


def schema(request: Request[Any], offered: Offer, string_limit: int | None) -> dict[str, Any]:
    """Return the JSON schema of the reply: closed, all fields required, choices as enumerations.

    A list with nothing to choose from is left out; :func:`parse` puts the empty list back.
    """
    whole = request.reply.model_json_schema()
    return _Closer(whole.get("$defs", {}), offered, string_limit).node(whole)


def parse(request: Request[Any], offered: Offer, text: str) -> Reply:
    """Return the reply that ``text`` holds; BadReplyError says what is wrong with it."""
    value = json_object(text)
    for field, allowed in offered.choices.items():
        if not allowed and field in request.reply.model_fields:
            value.setdefault(field, [])
        for found in _values(value, field):
            if found not in allowed:
                raise BadReplyError(f"{field} holds {json.dumps(found)[:80]}, which is not among those given")
    try:
        reply = request.reply.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors()[0]
        raise BadReplyError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for field, length in offered.lengths.items():
        if len(getattr(reply, field)) != length:
            raise BadReplyError(f"{field} must have {length} entries")
    return reply


def json_object(text: str) -> dict[str, Any]:
    """Return the first JSON object in a reply, after a reasoning model's thoughts; BadReplyError without one."""
    text = text.rpartition("</think>")[2]
    start = text.find("{")
    if start < 0:
        raise BadReplyError("there is no JSON object in it")
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise BadReplyError(f"its JSON does not parse: {str(error)[:120]}") from None
    return dict(value)


@dataclass(frozen=True)
class _Closer:
    """Turns pydantic's schema into one without references, extras and freedom that the offer does not give."""

    definitions: dict[str, Any]
    offered: Offer
    string_limit: int | None

    def node(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            return self.node(self.definitions[node["$ref"].rpartition("/")[2]])
        match node["type"]:
            case "object":
                return self._object(node)
            case "array":
                return {"type": "array", "items": self.node(node["items"]), "maxItems": MAX_ITEMS}
            case "string" if self.string_limit is not None:
                return {"type": "string", "maxLength": self.string_limit}
            case "integer" if "minimum" in node and "maximum" in node:
                return {"type": "integer", "enum": list(range(node["minimum"], node["maximum"] + 1))}
            case kind:
                return {"type": kind}

    def _object(self, node: dict[str, Any]) -> dict[str, Any]:
        properties = {}
        for name, child in node["properties"].items():
            plain = self.node(child)
            allowed = self.offered.choices.get(name)
            if allowed == [] and plain["type"] == "array":
                continue
            if name in self.offered.lengths:
                plain |= {"minItems": self.offered.lengths[name], "maxItems": self.offered.lengths[name]}
            properties[name] = _restricted(plain, allowed) if allowed else plain
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


def _restricted(node: dict[str, Any], allowed: list[Any]) -> dict[str, Any]:
    if node["type"] == "array":
        most = min(MAX_ITEMS, len(allowed))
        return {"type": "array", "items": _restricted(node["items"], allowed), "maxItems": most}
    if len(allowed) > MAX_ENUM:
        bounds = {"minimum": allowed[0], "maximum": allowed[-1]} if node["type"] == "integer" else {}
        return {**node, **bounds}
    return {"type": node["type"], "enum": allowed}


def _number_fields(node: Any) -> set[str]:
    """Return the names of all fields, at any depth, that hold integers or lists of integers."""
    found: set[str] = set()
    if isinstance(node, dict):
        for name, child in node.get("properties", {}).items():
            leaf = child.get("items", child)
            if leaf.get("type") == "integer":
                found.add(name)
        for child in node.values():
            found |= _number_fields(child)
    return found


def _values(node: Any, field: str) -> Iterator[Any]:
    """Yield every value that ``field`` holds at any depth, lists unrolled."""
    if isinstance(node, dict):
        for name, child in node.items():
            if name == field:
                yield from child if isinstance(child, list) else [child]
            else:
                yield from _values(child, field)
    elif isinstance(node, list):
        for child in node:
            yield from _values(child, field)
