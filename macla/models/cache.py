"""Answers kept on disk, one file each, under a key of everything that changes them."""

import asyncio
import json
import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from macla.errors import UserError
from macla.models.answer import Answer, Backend
from macla.models.malformed import Malformed
from macla.models.requests import R, Request


class Answers:
    """A folder of answers. The first one written under a key stays, whichever process or machine wrote it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str, request: Request[R]) -> Answer[R] | None:
        """Return the answer kept under ``key``, None when there is none; UserError names a corrupt file."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return Answer[request.reply].model_validate(json.loads(content)["answer"])  # type: ignore[name-defined]
        except (ValueError, KeyError, TypeError, ValidationError):
            raise UserError(f"{path} is no answer to {request.purpose}; remove it") from None

    def keep(self, key: str, request: Request[R], answer: Answer[R]) -> Answer[R]:
        """Keep ``answer`` unless there is one already; return the one kept."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        entry = {
            "purpose": request.purpose,
            "request": request.model_dump(mode="json"),
            "answer": answer.model_dump(mode="json"),
        }
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", suffix=".partial", encoding="utf-8") as file:
            json.dump(entry, file, ensure_ascii=False, indent=1)
            file.flush()
            try:
                os.link(file.name, path)  # fails when the file exists, unlike a rename
            except FileExistsError:
                return self.get(key, request) or answer
        return answer

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


class Cached:
    """Asks the backend behind only what no one has asked before."""

    def __init__(self, backend: Backend, answers: Answers) -> None:
        self._backend = backend
        self._answers = answers
        self._under_way: dict[str, asyncio.Event] = {}
        self.name = backend.name
        self.is_language_model = backend.is_language_model

    def key(self, request: Request[R]) -> str:
        """Return the key of the backend behind."""
        return self._backend.key(request)

    def identity(self) -> dict[str, str]:
        """Return the identity of the backend behind."""
        return self._backend.identity()

    async def check(self) -> None:
        """Ask the backend behind."""
        await self._backend.check()

    async def answer(self, request: Request[R]) -> Answer[R]:
        """Return the kept answer, or a new one, kept; equal requests that are under way wait for the first."""
        key = self.key(request)
        while key in self._under_way:
            await self._under_way[key].wait()
        kept = self._answers.get(key, request)
        if kept is not None:
            return kept
        self._under_way[key] = asyncio.Event()
        try:
            answer = await self._backend.answer(request)
            if isinstance(answer.reply, Malformed) and answer.reply.refused:
                return answer  # by the server, which may answer the next time
            return self._answers.keep(key, request, answer)
        finally:
            self._under_way.pop(key).set()
