"""Record and replay: every answer of a run kept in a folder, and read back without a server.

A recording holds ``parameters.json`` (model, server, sampling), ``answers/``, and ``refused/`` for requests that the
server refused to let the model answer; a published one is one file (:mod:`macla.models.packed`). The key of an answer
covers the prompt text, the schema and the parameters, so a changed prompt or request is missed rather than answered
wrongly.
"""

import json
from pathlib import Path

from pydantic import ValidationError

from macla.errors import UserError
from macla.files import write_json
from macla.models.answer import Answer, Backend
from macla.models.cache import Answers, Cached, Refusals
from macla.models.openai.body import Composer, Parameters
from macla.models.packed import ANSWERS, PARAMETERS, REFUSED, Packed
from macla.models.requests import R, Request


def recorder(backend: Backend, parameters: Parameters, folder: Path) -> Cached:
    """Return the backend, with all its answers recorded; UserError when ``folder`` records another model.

    A folder that already holds this model's answers is continued: what it holds is not asked again.
    """
    path = folder / PARAMETERS
    if path.is_file() and _parameters(folder).model_dump(mode="json") != parameters.model_dump(mode="json"):
        raise UserError(f"{folder} records another model or other sampling; give another model.record")
    write_json(path, parameters.model_dump(mode="json"))
    return Cached(backend, Answers(folder / ANSWERS), Refusals(folder / REFUSED))


class Replay:
    """Answers from a recording, bit for bit, costs included."""

    is_language_model = True

    def __init__(self, recording: Path) -> None:
        self._recording = recording
        self._packed = Packed(recording) if recording.is_file() else None
        self._answers, self._refusals = Answers(recording / ANSWERS), Refusals(recording / REFUSED)
        self._composer = Composer(self._packed.parameters if self._packed is not None else _parameters(recording))
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
        if self._packed is not None:
            answer = self._packed.get(key, request)
        else:
            kept, told = self._answers, self._refusals
            answer = told.next(key, request) or kept.get(key, request) or told.last(key, request)
        if answer is None:
            raise UserError(
                f"{self._recording} holds no answer to this {request.purpose} request: the run differs from the "
                f"recorded one (tasks, memory, prompts or seed); record it again with model.record{self._price()}"
            )
        return answer

    def _price(self) -> str:
        """Return what recording cost, in words, where that is known."""
        if self._packed is None:
            return ""
        cost = self._packed.cost()
        tokens = f"{cost.prompt_tokens - cost.cached_tokens} prompt and {cost.completion_tokens} completion tokens"
        return f" (it took {cost.calls} calls, {tokens})"


def _parameters(folder: Path) -> Parameters:
    path = folder / PARAMETERS
    try:
        return Parameters.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise UserError(f"{folder} is no recording; make one with model.record={folder}") from None
    except (ValueError, ValidationError):
        raise UserError(f"{path} does not read; record again") from None
