"""From a typed request to the body of a chat completion, and the key under which its answer is kept."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, field_serializer

from macla.errors import UserError
from macla.models.openai.completion import Completion
from macla.models.openai.reading import BadReplyError, whole
from macla.models.openai.schema import Offer, in_forms, marked_tokens, offer, parse, schema
from macla.models.prompts import prompt, prompts_hash
from macla.models.requests import Reply, Request
from macla.models.truncate import tokens
from macla.secrets import masked
from macla.seeding import derive_seed

OVERHEAD = 64
"""Tokens kept free for the chat template."""
REPAIR = 640
"""Tokens kept free for a bad reply and the complaint about it."""
SHOWN = 1500
"""Characters of a bad reply that the model is shown again."""
SEED_LIMIT = 2**31
"""Servers take 32-bit seeds."""
Body = dict[str, Any]


class Parameters(BaseModel):
    """Everything an answer depends on besides the request and the prompts; a recording keeps it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    id: str
    revision: str
    checkpoint: str
    """The weights as the server names them, where it does."""
    server: str
    """Server and version, e.g. ``vllm 0.32.0``."""
    dtype: str
    quantization: str
    temperature: float
    top_p: float
    max_tokens: int
    context_length: int
    structured: bool
    """Whether the server keeps to a JSON schema."""
    string_limit: int | None
    seed: int
    extra_body: dict[str, Any]
    omit: tuple[str, ...] = ()
    """Parameters that are not sent, because the server or the user does not want them."""
    origin: str = ""
    """Where the weights come from, as a file beside them says (4-bit, dequantised …)."""
    max_tokens_key: str = "max_tokens"
    """The name under which the limit of a reply is sent."""

    @field_serializer("extra_body")
    def _stored(self, values: dict[str, Any]) -> Any:
        return masked(values)

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names."""
        return {
            "model": self.id,
            "language_model": "yes",
            "revision": self.revision or "default",
            "checkpoint": self.checkpoint,
            "server": self.server,
            "weights": self.dtype + (f", {self.quantization}" if self.quantization else ""),
            "temperature": str(self.temperature),
            "top_p": str(self.top_p),
            "max_tokens": str(self.max_tokens),
            "context": str(self.context_length),
            "structured": "json_schema" if self.structured else "none",
            "seed": str(self.seed),
            "prompts": prompts_hash(),
            **({"origin": self.origin} if self.origin else {}),
            **({"omitted": ", ".join(self.omit)} if self.omit else {}),
        }

    def sent(self, body: Body) -> Body:
        """Return a body without what this server does not take, and with its names."""
        kept = {key: value for key, value in body.items() if key not in self.omit or key in self.extra_body}
        if "max_tokens" in kept and "max_tokens" not in self.extra_body:
            kept[self.max_tokens_key] = kept.pop("max_tokens")
        return kept


class Composer:
    """Composes bodies; a pure function of request, parameters and prompts."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters

    def offer(self, request: Request[Any]) -> Offer:
        """Return what the reply may choose among."""
        return offer(request, prompt(request.purpose).head)

    def body(self, request: Request[Any], *, share: float = 1.0, spare: int = 0) -> Body:
        """Return the body that asks ``request``, as it is sent.

        The prompt takes at most the context that the reply, ``spare`` and the chat template leave; UserError when even
        the shortest one is longer. ``share``: how much of that prompt, but no less than the shortest one.
        """
        return self.parameters.sent(self._whole(request, share=share, spare=spare))

    def _whole(self, request: Request[Any], *, share: float = 1.0, spare: int = 0) -> Body:
        """Return the body with every parameter, those that are not sent included."""
        model = self.parameters
        asking = prompt(request.purpose)
        most = getattr(request, "reply_tokens", model.max_tokens) + marked_tokens(request, asking.head)
        text = asking.render(request, model.context_length - most - OVERHEAD - spare)
        if text is None:
            raise UserError(
                f"the {request.purpose} prompt does not fit a context of {model.context_length} tokens with replies of "
                f"{most}; raise model.context_length (and the server's) or lower model.max_tokens"
            )
        if share < 1:
            text = asking.render(request, int(share * tokens(text))) or asking.shortest(request)
        temperature = getattr(request, "temperature", None)
        body: Body = {
            "model": model.id,
            "messages": [{"role": "user", "content": whole(text)}],
            "temperature": model.temperature if temperature is None else temperature,
            "top_p": model.top_p,
            "max_tokens": most,
        }
        if model.structured:
            restricted = schema(self.offer(request), model.string_limit)
            for field, source in asking.head.forms.items():
                restricted["properties"][field] = in_forms(getattr(request, source))
            wanted = {"name": request.purpose, "strict": True, "schema": restricted}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        body.update(masked(model.extra_body))  # so that neither seeds nor keys of recordings depend on a secret
        episode = getattr(request, "seed", 0)  # equal prompts of other episodes are other draws
        seed = derive_seed(model.seed, episode, request.draw, _canonical(body)) % SEED_LIMIT
        return {**body, **model.extra_body, "seed": seed}

    def repair(self, request: Request[Any], bad: str, reason: str, *, share: float = 1.0) -> Body:
        """Return the body that asks again, showing the bad reply and what is wrong with it."""
        body = self._whole(request, share=share, spare=REPAIR)
        complaint = (
            f"That reply cannot be used: {reason}. Reply once more, with nothing but one JSON object as described."
        )
        turns = [{"role": "assistant", "content": bad[:SHOWN] or "{}"}, {"role": "user", "content": complaint}]
        body = {**body, "messages": [*body["messages"], *turns], "seed": (body["seed"] + 1) % SEED_LIMIT}
        return self.parameters.sent(body)

    def parse(self, request: Request[Any], said: Completion) -> Reply:
        """Return the reply that a completion holds; BadReplyError when it cannot be used.

        Of a completion that was cut, and of thoughts in place of one, only an object with which it ends is whole.
        """
        if said.cut and (said.thoughts or not said.text.strip()):
            raise BadReplyError("it was cut by max_tokens while the model was thinking")
        if not said.text.strip():
            raise BadReplyError("it is empty")
        try:
            return parse(request, self.offer(request), said.text, at_end=said.cut or said.thoughts)
        except BadReplyError:
            if said.cut:
                raise BadReplyError("it was cut by max_tokens") from None
            if said.thoughts:
                raise BadReplyError("it holds thoughts alone") from None
            raise

    def key(self, request: Request[Any]) -> str:
        """Return a hash of the whole body (so of prompt, schema, sampling), the weights and the server."""
        model = self.parameters
        origin = [model.revision, model.checkpoint, model.server, model.dtype, model.quantization, model.context_length]
        changed = [list(model.omit), model.max_tokens_key] if model.omit or model.max_tokens_key != "max_tokens" else []
        changed += [model.origin] if model.origin else []
        body = {**self._whole(request), **masked(model.extra_body)}
        return hashlib.sha256(_canonical([[*origin, *changed], body]).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
