"""Looking into a recording: every request that was asked, its prompt as it was sent, and the reply."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from macla.errors import UserError
from macla.models import requests
from macla.models.openai.body import Composer, Parameters
from macla.models.packed import ANSWERS, PARAMETERS

_KINDS: dict[str, type[requests.Request[Any]]] = {
    kind.purpose: kind
    for kind in vars(requests).values()
    if isinstance(kind, type) and issubclass(kind, requests.Request) and hasattr(kind, "purpose")
}
"""Purpose → the type of its request."""


@dataclass(frozen=True)
class Recorded:
    """A request of a recording, and what came back."""

    purpose: str
    request: Mapping[str, Any]
    reply: Mapping[str, Any]
    """The fields of the reply, or of the failure in its place."""
    usage: Mapping[str, float]
    key: str
    composer: Composer | None
    """Composes what was sent; None where the recording does not say to which model."""

    @property
    def prompt(self) -> str:
        """The text that was sent, made again and compared with the key; else the request itself, as JSON."""
        if self.composer is not None and self.purpose in _KINDS:
            try:
                request = _KINDS[self.purpose].model_validate(self.request)
                if self.composer.key(request) == self.key:
                    return str(self.composer.body(request)["messages"][0]["content"])
            except (ValidationError, UserError):
                pass  # of a version with other requests or longer prompts
        return json.dumps(self.request, ensure_ascii=False, indent=1)


def recorded(folder: Path) -> Iterator[Recorded]:
    """Yield what a recording (``model.record``) or a cache of answers (``model.cache``) holds, by its keys.

    UserError when ``folder`` is neither, or a file in it is no answer. A published recording is one file and holds no
    requests, so it is neither.
    """
    if folder.is_file():
        raise UserError(
            f"{folder} is a published recording: replies without their prompts; give the folder of model.record=DIR"
        )
    answers = folder / ANSWERS if (folder / ANSWERS).is_dir() else folder
    files = sorted(answers.glob("??/*.json"))
    if not files:
        raise UserError(f"{folder} holds no answers of a model; give the folder of model.record=DIR or model.cache=DIR")
    composer = _composer(folder / PARAMETERS)
    for file in files:
        try:
            entry = json.loads(file.read_bytes())
            answer, purpose, request = entry["answer"], str(entry["purpose"]), dict(entry["request"])
            reply, usage = dict(answer["reply"]), dict(answer["usage"])
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{file} is no answer of a model; remove it") from None
        yield Recorded(purpose, request, reply, usage, file.stem, composer)


def _composer(path: Path) -> Composer | None:
    try:
        return Composer(Parameters.model_validate(json.loads(path.read_bytes())))
    except (OSError, ValueError):
        return None
