"""Settings to a frozen model that is known to answer."""

from collections.abc import Callable, Sequence

from macla import plugins
from macla.errors import UserError
from macla.models.answer import Answer, Backend, Source, Usage
from macla.models.cache import Answers, Cached
from macla.models.embedded import Embedded
from macla.models.openai.body import Composer, Parameters
from macla.models.openai.bulk import Bulk, Loop
from macla.models.openai.client import Client
from macla.models.openai.probe import NoServerError, probe
from macla.models.openai.replicas import Replicas
from macla.models.openai.transport import Patient, Transport
from macla.models.record import Replay, recorder
from macla.models.requests import R, Request
from macla.models.settings import ModelSettings
from macla.models.usage import Ledger
from macla.progress import note
from macla.secrets import SecretError, check_url, login, read_key, remember_values


def create(settings: ModelSettings) -> Ledger:
    """Return the model. UserError, before any work: no such backend, no server, another model, no key, no recording.

    A backend is an entry point of ``macla.models``: a function from settings to a :class:`Source`.
    """
    backend: Callable[[ModelSettings], Source] = plugins.load(plugins.MODELS, settings.backend, "model.backend")
    return Ledger(backend(settings))


def embedded(settings: ModelSettings) -> "Rules":
    """Return the rule-based stand-in."""
    return Rules(Embedded())


def replayed(settings: ModelSettings) -> Replay:
    """Return a recording as a model."""
    assert settings.replay is not None, "settings are validated"
    return Replay(settings.replay)


_ONE = Usage(requests=1)


class Rules:
    """The embedded model as a source: its answers cost nothing but a request."""

    def __init__(self, model: Embedded) -> None:
        self._model = model
        self.name = model.name
        self.is_language_model = model.is_language_model

    def answers(self, requests: list[Request[R]]) -> list[Answer[R]]:
        """Return one answer per request, in order."""
        return [Answer(reply=reply, usage=_ONE) for reply in self._model.ask(requests)]

    def identity(self) -> dict[str, str]:
        """Return the identity of the embedded model."""
        return self._model.identity()

    def check(self) -> None:
        """It is always at hand."""

    def close(self) -> None:
        """Nothing is held open."""


def served(settings: ModelSettings) -> Bulk:
    """Return the model behind an OpenAI-compatible server."""
    remember_values(settings.extra_body)
    loop = Loop()
    transports = [_transport(settings, url) for url in settings.urls]
    server: Patient = transports[0] if len(transports) == 1 else Replicas(transports, retries=settings.retries)
    try:
        parameters = loop.run(_probed(server, transports, settings))
        return Bulk(_kept(Client(server, Composer(parameters)), parameters, settings), loop, server.close)
    except BaseException:
        loop.run(server.close())
        loop.close()
        raise


def _transport(settings: ModelSettings, url: str) -> Transport:
    return Transport(
        url,
        _key(settings, url),
        timeout_s=settings.timeout_s,
        retries=settings.retries,
        concurrency=settings.concurrency,
    )


async def _probed(server: Patient, transports: Sequence[Transport], settings: ModelSettings) -> Parameters:
    """Return the parameters that all servers share; a dead one is told and left out, unless all are dead."""
    found: dict[str, Parameters] = {}
    lost: list[NoServerError] = []
    for transport in transports:
        try:
            found[transport.url] = await probe(transport, settings)
        except NoServerError as error:
            lost.append(error)
            if isinstance(server, Replicas):
                server.leave_out(transport)
    if not found:
        raise lost[0]
    for dead in lost:
        note(f"left out for now: {dead}")
    (first, parameters), *others = found.items()
    for url, other in others:
        for key, value in parameters.model_dump(exclude={"origin"}).items():
            if getattr(other, key) != value:
                raise UserError(
                    f"model.base_url: {first} says {key} {value}, {url} says {getattr(other, key)}; "
                    "name servers of one model, started alike"
                )
    return parameters


def _kept(client: Backend, parameters: Parameters, settings: ModelSettings) -> Backend:
    """Return the client behind its cache and recording, as far as the settings ask for them."""
    cached = Cached(client, Answers(settings.cache)) if settings.cache else client
    return recorder(cached, parameters, settings.record) if settings.record else cached


def _key(settings: ModelSettings, url: str) -> str | None:
    """Return the key to send; UserError when it is missing or unusable, or beside a user in the URL."""
    try:
        check_url(url)
        key = read_key(settings.api_key_env) if settings.api_key_env else None
    except SecretError as error:
        raise UserError(str(error)) from None
    if key and login(url):
        raise UserError("model.base_url has a user and model.api_key_env a key, but one request carries one of them")
    return key
