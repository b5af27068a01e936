"""The JSON schema of a reply, restricted to what this request offers, and the check of what came back."""

import json
import re
from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, WithJsonSchema, create_model
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from macla.models.openai.reading import BadReplyError, answers
from macla.models.prompts import Head
from macla.models.requests import Reply, Request
from macla.models.truncate import tokens

MAX_ITEMS = 32
"""Items of a list in a reply: no reply needs more, and a model that rambles must come to an end."""
MAX_WORDS = 8
"""Items of a list whose items are words of a list: no task names more kinds, and grammars of many take long to make."""
MAX_ENUM = 256
"""Alternatives that a schema spells out; servers are slow or refuse with more. The check afterwards knows no limit."""
_SKIPPED: Any = SkipJsonSchema
_LEFT_OUT = _SKIPPED[None]
Offer = type[BaseModel]
"""The reply's type, restricted to what one request leaves open to it."""
_FREE = r'[^\n"\\]+'
"""What stands for a hole: words on one line that need no escape in JSON."""
_NAMES = {int: "integer", str: "string"}


def offer(request: Request[Any], head: Head) -> Offer:
    """Return what ``request`` offers under the head of its prompt.

    A field of ``choices`` holds numbers of the request's items, which begin with ``first`` in what the model writes and
    with 0 in the reply; where it holds text, the items themselves. A list, or a field with a default, that has nothing
    to choose from may be missing and is not in the schema. A field of ``lengths`` has as many items as that of the
    request, where that has any. One of ``marks`` is an object in what the model writes, and its values in the reply.
    """
    items = {field: getattr(request, source) for field, source in head.choices.items()}
    counts = {field: len(getattr(request, source)) for field, source in head.lengths.items()}
    offered = _restricted(request.reply, items, {field: count for field, count in counts.items() if count}, head.first)
    marks = {field: _marked(getattr(request, source)) for field, source in head.marks.items()}
    return create_model(offered.__name__, __base__=offered, **marks) if marks else offered


def marked_tokens(request: Request[Any], head: Head) -> int:
    """Return an upper estimate of the tokens that a reply spends on the names of what it marks."""
    return sum(tokens(item) for source in head.marks.values() for item in getattr(request, source))


def _marked(items: Sequence[str]) -> Any:
    """Return the field in which the model says true or false of every item; none in the schema without items."""
    if not items:
        return SkipJsonSchema[tuple[bool, ...]], ()

    def in_order(value: Any) -> Any:
        if not isinstance(value, dict):
            raise PydanticCustomError("marks", "it is no object")
        if missing := next((item for item in items if item not in value), ""):
            raise PydanticCustomError("marks", "it says nothing of {item}", {"item": json.dumps(missing)})
        return tuple(value[item] for item in items)

    properties = {item: {"type": "boolean"} for item in items}
    form = {"type": "object", "properties": properties, "additionalProperties": False}
    return Annotated[tuple[bool, ...], BeforeValidator(in_order), WithJsonSchema(form)], ...


def _restricted(model: type[BaseModel], items: dict[str, Sequence[Any]], lengths: dict[str, int], first: int) -> Offer:
    """Return ``model`` with the fields that are chosen among ``items`` or of fixed length restricted, at any depth."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        several = get_origin(info.annotation) is tuple
        kind: Any = _kind_of(info.annotation)
        default = ... if info.is_required() else info.default
        most = MAX_ITEMS
        if issubclass(kind, BaseModel):
            kind = _restricted(kind, items, lengths, first)
        elif name in items:
            numbers = range(first, first + len(items[name]))
            allowed = list(numbers) if kind is int else list(dict.fromkeys(items[name]))
            if not (several or allowed or info.is_required()):
                fields[name] = (_LEFT_OUT, default)
                continue
            if not several:
                default = ...
            most = min(MAX_WORDS if kind is str else MAX_ITEMS, len(allowed))
            kind = _among(kind, allowed)
        elif not several:
            continue
        if several and name in lengths:
            kind = Annotated[tuple[kind, ...], Field(min_length=lengths[name], max_length=lengths[name])]
        elif several and most:
            kind = Annotated[tuple[kind, ...], Field(json_schema_extra={"maxItems": most})]
        elif several:
            kind, default = SkipJsonSchema[tuple[kind, ...]], ()
        fields[name] = (kind, default)
    return create_model(model.__name__, __base__=model, **fields)


def _kind_of(annotation: Any) -> Any:
    """Return the type of a field, of the items of a list, or of what may be missing."""
    kinds = [kind for kind in get_args(annotation) if kind not in (Ellipsis, NoneType)]
    return kinds[0] if get_origin(annotation) in (tuple, UnionType) else annotation


def _among(kind: type, allowed: list[Any]) -> Any:
    """Return the type of the values ``allowed``; in a schema an enumeration, or bounds where that is too long.

    Numbers are counted from the first one when they are read, and from 0 afterwards. Without any it is None, which no
    field of a reply takes.
    """
    schema: dict[str, Any] = {"type": _NAMES[kind]}
    if len(allowed) > MAX_ENUM and kind is int:
        schema |= {"minimum": allowed[0], "maximum": allowed[-1]}
    elif 0 < len(allowed) <= MAX_ENUM:
        schema["enum"] = allowed
    values: Any = Annotated[Literal[tuple(allowed)] if allowed else None, WithJsonSchema(schema)]
    return Annotated[values, AfterValidator(lambda number: number - allowed[0])] if kind is int and allowed else values


def schema(offered: Offer, string_limit: int | None) -> dict[str, Any]:
    """Return the JSON schema of the reply: closed, all fields required, choices as enumerations, no references."""
    whole = offered.model_json_schema()
    return _plain(whole, whole.get("$defs", {}), string_limit)


def in_forms(lines: str) -> dict[str, Any]:
    """Return the schema of a text that has the form of one of the lines; from ``{`` to the last ``}`` all is free.

    Of ``look`` and ``go to {place}`` it takes ``look`` and whatever begins with ``go to``.
    """
    forms = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        before, hole, rest = line.partition("{")
        forms.append(_literal(before) + (_FREE if hole else "") + _literal(rest.rpartition("}")[2]))
    return {"type": "string", "pattern": f"^({'|'.join(dict.fromkeys(forms))})$"}


def _literal(text: str) -> str:
    """Return a text for a pattern: servers' grammars know fewer escapes than Python's."""
    return re.sub(r"[][\\.^$*+?(){}|]", r"\\\g<0>", text)


def _plain(node: dict[str, Any], definitions: dict[str, Any], string_limit: int | None) -> dict[str, Any]:
    """Return a node of pydantic's schema without references and without what no server's grammar needs."""
    if "$ref" in node:
        return _plain(definitions[node["$ref"].rpartition("/")[2]], definitions, string_limit)
    kept = {key: value for key, value in node.items() if key not in ("title", "description", "default", "$defs")}
    if "items" in node:
        kept["items"] = _plain(node["items"], definitions, string_limit)
    if "properties" in node:
        kept["properties"] = {
            name: _plain(child, definitions, string_limit) for name, child in node["properties"].items()
        }
        kept["required"] = list(node["properties"])
    if node["type"] == "string" and "enum" not in node and string_limit is not None:
        kept["maxLength"] = string_limit
    return kept


def parse(request: Request[Any], offered: Offer, text: str, *, at_end: bool = False) -> Reply:
    """Return the reply that ``text`` holds: the last whole object that the request offers. BadReplyError without one.

    With ``at_end`` it must end the text.
    """
    complaint = BadReplyError("there is no JSON object in it")
    for value in reversed(answers(text, at_end=at_end)):
        try:
            return request.reply.model_validate(offered.model_validate(value).model_dump(warnings=False))
        except ValidationError as error:
            complaint = _complaint(error)
    raise complaint


def _complaint(error: ValidationError) -> BadReplyError:
    """Return what is wrong with an object, in words for the model."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] in ("literal_error", "none_required"):
        return BadReplyError(f"{where} holds {json.dumps(first['input'])[:80]}, which is not among those given")
    return BadReplyError(f"{where}: {first['msg']}")
