"""Record and replay: every answer of a run kept in a folder, and read back without a server.

A recording holds ``parameters.json`` (model, server, sampling), ``answers/``, and ``refused/`` for requests that the
server refused to let the model answer. The key of an answer covers the prompt text, the schema and the parameters, so a
changed prompt or request is missed rather than answered wrongly.
"""

import json
from pathlib import Path

from pydantic import ValidationError

from macla.errors import UserError
from macla.files import write_json
from macla.models.answer import Answer, Backend
from macla.models.cache import Answers, Cached, Refusals
from macla.models.openai.body import Composer, Parameters
from macla.models.requests import R, Request


def recorder(backend: Backend, parameters: Parameters, folder: Path) -> Cached:
    """Return the backend, with all its answers recorded; UserError when ``folder`` records another model.

    A folder that already holds this model's answers is continued: what it holds is not asked again.
    """
    path = folder / "parameters.json"
    if path.is_file() and _parameters(folder).model_dump(mode="json") != parameters.model_dump(mode="json"):
        raise UserError(f"{folder} records another model or other sampling; give another model.record")
    write_json(path, parameters.model_dump(mode="json"))
    return Cached(backend, Answers(folder / "answers"), Refusals(folder / "refused"))


class Replay:
    """Answers from a recording, bit for bit, costs included."""

    is_language_model = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answers, self._refusals = Answers(folder / "answers"), Refusals(folder / "refused")
        self._composer = Composer(_parameters(folder))
        self.name = self._composer.parameters.name

    def answers(self, requests: list[Request[R]]) -> list[Answer[R]]:
        """Return the recorded answers; UserError when one was never asked in the recorded run."""
        return [self._answer(request) for request in requests]

    def identity(self) -> dict[str, str]:
        """Return the identity of the model that was recorded."""
        return self._composer.parameters.identity()

    def check(self) -> None:
        """A recording is always at hand."""

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self, request: Request[R]) -> Answer[R]:
        key = self._composer.key(request)
        answer = (
            self._refusals.next(key, request) or self._answers.get(key, request) or self._refusals.last(key, request)
        )
        if answer is None:
            raise UserError(
                f"{self._folder} holds no answer to this {request.purpose} request: the run differs from the recorded "
                "one (tasks, memory, prompts or seed); record it again with model.record"
            )
        return answer


def _parameters(folder: Path) -> Parameters:
    path = folder / "parameters.json"
    try:
        return Parameters.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise UserError(f"{folder} is no recording; make one with model.record={folder}") from None
    except (ValueError, ValidationError):
        raise UserError(f"{path} does not read; record again") from None
