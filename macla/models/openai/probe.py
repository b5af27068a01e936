"""What is asked of a server before any work: is it there, does it serve the model, does it keep to a schema?"""

from typing import Any

from macla.errors import InfrastructureError, UserError
from macla.models.openai.body import Parameters
from macla.models.openai.schema import BadReplyError, json_object
from macla.models.openai.transport import RefusedError, Transport
from macla.models.settings import ModelSettings, name_of

FALLBACK_CONTEXT = 4096
"""Tokens of context when neither the configuration nor the server says."""
_ODD = 4711


async def probe(transport: Transport, settings: ModelSettings) -> Parameters:
    """Return the parameters of the answers to come; UserError (one line, with the remedy) when there can be none."""
    served = await _served(transport, settings)
    limit = served.get("max_model_len")
    context = settings.context_length or (limit if isinstance(limit, int) else FALLBACK_CONTEXT)
    if isinstance(limit, int) and context > limit:
        raise UserError(f"model.context_length={context}, but {transport.url} serves {limit} tokens; lower it")
    return Parameters(
        name=settings.name,
        id=settings.id,
        revision=settings.revision,
        checkpoint=name_of(str(served.get("root") or "")),
        server=await _version(transport, served),
        dtype=settings.server.dtype,
        quantization=settings.server.quantization or "",
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        context_length=context,
        structured=await _keeps_to_schema(transport, settings),
        string_limit=settings.string_limit,
        seed=settings.seed,
        extra_body=settings.extra_body,
    )


async def _served(transport: Transport, settings: ModelSettings) -> dict[str, Any]:
    """Return the server's entry of the model."""
    try:
        listed = await transport.get(f"{transport.url}/models")
        entries = {str(entry["id"]): dict(entry) for entry in listed["data"]}
    except InfrastructureError as error:
        raise UserError(f"no model server: {error}; start one with macla serve, or set model.base_url") from None
    except (RefusedError, KeyError, TypeError, ValueError):
        raise UserError(f"{transport.url}/models lists no models; an OpenAI-compatible URL ends in /v1") from None
    if settings.id not in entries:
        names = ", ".join(sorted(entries)[:8]) or "nothing"
        raise UserError(f"{transport.url} serves {names}, not {settings.id}; set model.id or restart the server")
    return entries[settings.id]


async def _version(transport: Transport, served: dict[str, Any]) -> str:
    """Return the server and its version, as far as it tells."""
    owner = str(served.get("owned_by", "unknown"))
    try:
        version = await transport.get(transport.url.removesuffix("/v1") + "/version")
        return f"{owner} {version['version']}"
    except (InfrastructureError, RefusedError, UserError, KeyError, TypeError):
        return owner


async def _keeps_to_schema(transport: Transport, settings: ModelSettings) -> bool:
    """Whether replies are held to a JSON schema: asks for one word under a schema that allows only a number."""
    if settings.structured != "auto":
        return settings.structured == "json_schema"
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer", "enum": [_ODD]}},
        "required": ["n"],
        "additionalProperties": False,
    }
    body = {
        "model": settings.id,
        "messages": [{"role": "user", "content": "Say hello."}],
        "temperature": 0.0,
        "max_tokens": settings.max_tokens,
        "response_format": {"type": "json_schema", "json_schema": {"name": "probe", "strict": True, "schema": schema}},
        **settings.extra_body,
    }
    try:
        return json_object((await transport.complete(body)).text) == {"n": _ODD}
    except (RefusedError, BadReplyError):
        return False
    except InfrastructureError as error:
        raise UserError(f"the model server does not answer: {error}; look at its log") from None
