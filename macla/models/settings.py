"""The ``model.*`` part of the configuration (``configs/model/``)."""

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator, model_validator

from macla.secrets import bare_url, masked, masked_arguments, spoken

CHECKPOINTS = "MACLA_CHECKPOINTS"
"""Environment variable that names the folder of the checkpoints on this machine."""


def name_of(checkpoint: str) -> str:
    """Return a checkpoint's name: of a folder on this machine its last part, a hub's name as it is."""
    path = Path(checkpoint)
    return path.name if path.is_absolute() or path.exists() else checkpoint


_OURS = {"model": "type model.id=NAME", "seed": "type model.seed=N", "messages": "", "stream": ""}
"""Keys of a request that are the harness's own, and what to type in their place."""


def _numbers(values: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield all numbers with a point in nested values, with the keys that they stand below."""
    if isinstance(values, float):
        yield key, values
    elif isinstance(values, Mapping):
        for name, inner in values.items():
            yield from _numbers(inner, f"{key}.{name}".strip("."))
    elif isinstance(values, list | tuple):
        for inner in values:
            yield from _numbers(inner, key)


class ServerSettings(BaseModel):
    """How ``macla serve`` and ``model.autostart`` start vLLM."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    python: str = Field("", description="interpreter that has vLLM; empty: the one macla runs in")
    checkpoint: str = Field("", description="weights: a folder or a hub name; empty: server.folder, else model.id")
    folder: str = Field("", description="weights: their folder in $MACLA_CHECKPOINTS, where it exists")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    dtype: str = "auto"
    quantization: str | None = Field(None, description="e.g. bitsandbytes (4-bit), awq, gptq; null: as the weights are")
    tensor_parallel: int = Field(1, ge=1)
    gpu_memory: float | None = Field(None, gt=0, le=1, description="share of GPU memory; null: vLLM's default")
    args: tuple[str, ...] = Field((), description="further arguments of vllm serve")
    env: dict[str, str] = Field({}, description="further environment variables")
    startup_s: float = Field(900, gt=0, description="seconds to wait for health: loading and compiling take minutes")
    log: Path | None = Field(
        None,
        description="file for the server's output under autostart; null: a temporary one, of a server that stays "
        "$MACLA_HOME/servers/PORT.log",
    )

    @field_serializer("env")
    def _stored_env(self, env: dict[str, str]) -> Any:
        return masked(env)

    @field_serializer("args")
    def _stored_args(self, args: tuple[str, ...]) -> list[str]:
        return masked_arguments(args)

    @field_validator("env", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        """Environment variables are texts, also where YAML reads a number."""
        if not isinstance(value, dict):
            return value
        return {key: str(one) if isinstance(one, int | float) else one for key, one in value.items()}

    @property
    def expected(self) -> Path | None:
        """Where $MACLA_CHECKPOINTS would have the weights; None when it is not set, or they have no folder there."""
        checkpoints = os.environ.get(CHECKPOINTS)
        return Path(checkpoints).expanduser() / self.folder if checkpoints and self.folder else None

    @property
    def weights(self) -> str:
        """The weights by ``checkpoint``, else the folder of $MACLA_CHECKPOINTS if it exists; empty: model.id's."""
        local = self.expected
        return self.checkpoint or (str(local) if local is not None and local.is_dir() else "")


class ModelSettings(BaseModel):
    """Which frozen model answers, and how it is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    backend: str = Field("embedded", description="who answers: embedded, openai, replay, or another package's")
    name: str = Field("embedded", description="what tables call the model")
    id: str = Field("", description="the model as the server calls it")
    revision: str = Field("", description="revision of the weights; empty: the hub's default")
    base_url: str | tuple[str, ...] = Field(
        "", description="OpenAI-compatible endpoint, ends in /v1, or a list of them; empty: server.host and server.port"
    )
    api_key_env: str = Field("", description="environment variable that holds the key; empty: no key")
    temperature: float = Field(0.0, ge=0)
    top_p: float = Field(1.0, gt=0, le=1)
    max_tokens: int = Field(512, ge=1, description="tokens per reply")
    context_length: int | None = Field(None, ge=256, description="tokens; null: what the server reports, else 4096")
    timeout_s: float = Field(
        120,
        gt=0,
        description="seconds per attempt, from sending to the last byte; the longest wait that a server may ask for",
    )
    retries: int = Field(5, ge=0, description="attempts after the first when the server fails")
    concurrency: int = Field(128, ge=1, description="requests in flight")
    structured: Literal["auto", "json_schema", "none"] = Field("auto", description="auto: ask the server once")
    string_limit: int | None = Field(None, ge=1, description="characters per text in a reply, for models that ramble")
    seed: int = 0
    extra_body: dict[str, Any] = Field({}, description="further keys of the request body, for one server's own options")
    omit: tuple[Literal["max_tokens", "temperature", "top_p", "seed"], ...] = Field(
        (), description="parameters that the model refuses; structured=auto finds them where the server names them"
    )
    max_tokens_key: Literal["auto", "max_tokens", "max_completion_tokens"] = Field(
        "auto", description="under which name max_tokens is sent; auto: max_tokens unless the server wants the other"
    )
    autostart: Literal[False, True, "keep"] = Field(
        False, description="run vLLM around the command; keep: let it run for the next one"
    )
    server: ServerSettings = ServerSettings()
    record: Path | None = Field(None, description="folder that keeps every answer for model=replay")
    replay: Path | None = Field(None, description="a recording: its folder, or a published file")
    cache: Path | None = Field(None, description="folder of answers shared between runs")
    options: dict[str, Any] = Field({}, description="what the backend of another package needs to know")

    @model_validator(mode="after")
    def _complete(self) -> "ModelSettings":
        if self.backend == "openai" and not self.id:
            raise ValueError("id is empty: type model.id=NAME, the name under which the server lists the model")
        if self.backend == "replay" and self.replay is None:
            raise ValueError("replay is empty: type model.replay=DIR, a folder written by model.record=DIR")
        if self.backend != "openai" and (self.record or self.cache or self.autostart):
            raise ValueError(f"record, cache and autostart need a served model, not backend {self.backend}")
        return self

    @field_validator("extra_body", "options")
    @classmethod
    def _finite(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Refuse numbers that JSON does not have."""
        for key, number in _numbers(values):
            if not math.isfinite(number):
                raise ValueError(f"{key} is {number}, which no request can carry")
        return values

    @field_validator("extra_body")
    @classmethod
    def _not_ours(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Refuse what every request is made of: an answer would be one to another question."""
        for key in filter(_OURS.__contains__, values):
            raise ValueError(f"{key} is set by macla for every request; {_OURS[key] or 'leave it out'}")
        return values

    @field_serializer("base_url")
    def _stored_url(self, url: str | tuple[str, ...]) -> str | list[str]:
        return bare_url(url) if isinstance(url, str) else [bare_url(one) for one in url]

    @field_serializer("api_key_env")
    def _stored_name(self, variable: str) -> str:
        return spoken(variable) if variable else ""

    @field_serializer("extra_body", "options")
    def _stored_values(self, values: dict[str, Any]) -> Any:
        return masked(values)

    @property
    def urls(self) -> tuple[str, ...]:
        """The endpoints as they are asked, without a final slash: with a user and a query, where they have them."""
        named = (self.base_url,) if isinstance(self.base_url, str) else self.base_url
        started_here = f"http://{self.server.host}:{self.server.port}/v1"
        return tuple(url.rstrip("/") for url in named if url) or (started_here,)

    @property
    def url(self) -> str:
        """The first of them."""
        return self.urls[0]

    def answering(self) -> dict[str, Any]:
        """Return what an answer depends on: all but where the server is and how patiently it is asked."""
        where = {"base_url", "api_key_env", "timeout_s", "retries", "concurrency", "autostart", "record", "cache"}
        values = self.model_dump(mode="json", exclude=where)
        for key in ("omit", "max_tokens_key"):  # newer than the fingerprints of runs that did without
            if values[key] in ([], "auto"):
                del values[key]
        weights = {key: values["server"][key] for key in ("dtype", "quantization")}
        return {**values, "server": {**weights, "checkpoint": name_of(self.server.weights)}}
