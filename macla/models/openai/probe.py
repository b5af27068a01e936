"""What is asked of a server before any work: does it serve the model, what does it take, does it keep to a schema?"""

from dataclasses import dataclass
from typing import Any

from macla.errors import InfrastructureError, UserError
from macla.models.openai.address import is_loopback
from macla.models.openai.body import Body, Parameters
from macla.models.openai.reading import BadReplyError, answers
from macla.models.openai.refusals import RefusedError
from macla.models.openai.transport import Transport
from macla.models.settings import ModelSettings, name_of
from macla.models.weights import origin_of

FALLBACK_CONTEXT = 4096
"""Tokens of context when neither the configuration nor the server says."""
_ODD = 4711


class NoServerError(UserError):
    """Nobody answers at an address."""


async def probe(transport: Transport, settings: ModelSettings) -> Parameters:
    """Return the parameters of the answers to come; UserError (one line, with the remedy) when there can be none."""
    served = await _served(transport, settings)
    limit = _limit(served or {})
    context = settings.context_length or limit or FALLBACK_CONTEXT
    if limit is not None and context > limit:
        raise UserError(f"model.context_length={context}, but {transport.url} serves {limit} tokens; lower it")
    root = str((served or {}).get("root") or "")
    taken = Parameters(
        name=settings.name,
        id=settings.id,
        revision=settings.revision,
        checkpoint=name_of(root),
        origin=origin_of(root) if is_loopback(transport.url) else "",
        server=await _version(transport, served or {}),
        dtype=settings.server.dtype,
        quantization=settings.server.quantization or "",
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        context_length=context,
        structured=settings.structured != "none",
        string_limit=settings.string_limit,
        seed=settings.seed,
        extra_body=settings.extra_body,
        omit=settings.omit,
        max_tokens_key="max_tokens" if settings.max_tokens_key == "auto" else settings.max_tokens_key,
    )
    if settings.structured != "auto" and served is not None:
        return taken
    return await _Question(transport, settings, taken).asked()


def _limit(served: dict[str, Any]) -> int | None:
    """Return the context that the server says it has; some say -1, or true, for one that they do not limit."""
    said = served.get("max_model_len")
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else None


async def _served(transport: Transport, settings: ModelSettings) -> dict[str, Any] | None:
    """Return the server's entry of the model, None when it lists no models."""
    try:
        entries = _entries(await transport.get(f"{transport.url}/models"))
    except InfrastructureError as error:
        raise NoServerError(f"no model server: {error}; start one with macla serve, or set model.base_url") from None
    except RefusedError:
        return None
    if not entries:
        return None
    for name in (settings.id, f"models/{settings.id}", f"{settings.id}:latest"):
        if name in entries:
            return entries[name]
    names = ", ".join(sorted(entries)[:8])
    raise UserError(f"{transport.url} serves {names}, not {settings.id}; set model.id or restart the server")


def _entries(listed: Any) -> dict[str, dict[str, Any]]:
    """Return the models of a list by name, in the forms that servers give it; empty when it is none of them."""
    if isinstance(listed, dict):
        listed = listed.get("data") or listed.get("models")
    entries = {}
    for entry in listed if isinstance(listed, list) else ():
        entry = entry if isinstance(entry, dict) else {"id": entry}
        name = next((entry[key] for key in ("id", "name", "model") if isinstance(entry.get(key), str)), None)
        if name is not None:
            entries[name] = entry
    return entries


async def _version(transport: Transport, served: dict[str, Any]) -> str:
    """Return the server and its version, as far as it tells."""
    owner = str(served.get("owned_by", "unknown"))
    try:
        version = await transport.get(transport.url.removesuffix("/v1") + "/version")
        return f"{owner} {version['version']}"
    except (InfrastructureError, RefusedError, UserError, KeyError, TypeError):
        return owner


@dataclass
class _Question:
    """Asks for one word under a schema that allows only a number, until the server takes what it is sent."""

    transport: Transport
    settings: ModelSettings
    taken: Parameters

    async def asked(self) -> Parameters:
        """Return the parameters without those that the server refuses by name; UserError when it refuses the rest."""
        auto = self.settings.structured == "auto"
        asks = self.settings.structured != "none"
        while True:
            body = self._body(asks)
            try:
                said = await self.transport.complete(body)
            except InfrastructureError as error:
                raise NoServerError(f"the model server does not answer: {error}; look at its log") from None
            except RefusedError as error:
                if self._give_up(error, body):
                    continue
                if error.most_tokens or not (asks and auto):
                    raise self._hopeless(error) from None
                asks = False
            else:
                structured = asks and (not auto or _keeps(said.text))
                return self.taken.model_copy(update={"structured": structured})

    def _give_up(self, error: RefusedError, body: Body) -> bool:
        """Take away, or rename, the parameter that the server does not take; False when it names none."""
        auto = self.settings.max_tokens_key == "auto" and "max_tokens" in body
        unwanted = error.unwanted({key: body[key] for key in body if key not in self.settings.extra_body})
        if auto and error.wants_completion_tokens and unwanted in ("", "max_tokens"):
            self.taken = self.taken.model_copy(update={"max_tokens_key": "max_completion_tokens"})
        elif unwanted:
            self.taken = self.taken.model_copy(update={"omit": (*self.taken.omit, unwanted)})
        else:
            return False
        return True

    def _body(self, asks: bool) -> Body:
        schema = {
            "type": "object",
            "properties": {"n": {"type": "integer", "enum": [_ODD]}},
            "required": ["n"],
            "additionalProperties": False,
        }
        wanted = {"type": "json_schema", "json_schema": {"name": "probe", "strict": True, "schema": schema}}
        body = {
            "model": self.settings.id,
            "messages": [{"role": "user", "content": "Say hello."}],
            "temperature": self.settings.temperature,
            "top_p": self.settings.top_p,
            "max_tokens": self.settings.max_tokens,
            "seed": self.settings.seed,
            **({"response_format": wanted} if asks else {}),
            **self.settings.extra_body,
        }
        return self.taken.sent(body)

    def _hopeless(self, error: RefusedError) -> UserError:
        if error.status == 404:
            return UserError(
                f"{self.transport.url} answers no requests to {self.settings.id}: {error}; "
                "an OpenAI-compatible URL ends in /v1"
            )
        remedy = f"; type model.max_tokens={error.most_tokens}" if error.most_tokens else ""
        return UserError(f"{self.transport.url} refuses requests to {self.settings.id}: {error}{remedy}")


def _keeps(text: str) -> bool:
    try:
        return answers(text)[-1] == {"n": _ODD}
    except BadReplyError:
        return False
