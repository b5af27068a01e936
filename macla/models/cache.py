"""Answers kept on disk, one file each, under a key of everything that changes them."""

import asyncio
import json
import os
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import time

from pydantic import ValidationError

from macla.errors import UserError
from macla.models.answer import Answer, Backend
from macla.models.malformed import Malformed
from macla.models.requests import R, Request

STALE = 3600
"""Seconds after which a half-written file is nobody's any more: writing an answer takes far less than one."""


class Answers:
    """A folder of answers. The first one written under a key stays, whichever process or machine wrote it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tidy(self) -> None:
        """Remove what processes left half-written when they were killed, also those of other machines."""
        for file in self.folder.glob("*/.*.partial"):
            with suppress(FileNotFoundError):  # another process tidies, too
                if time() - file.stat().st_mtime > STALE:
                    file.unlink()

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

    def remove(self, key: str) -> bool:
        """Forget the answer kept under ``key``; return whether there was one."""
        try:
            self._path(key).unlink()
        except FileNotFoundError:
            return False
        return True

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


class Refusals:
    """A folder of requests that a server refused, each as often as one process was told so, in that order.

    An episode is played again after a refusal, mostly with the same first request: replayed, it is refused as often
    before it is answered. What an earlier process was refused counts until a later one is answered.
    """

    def __init__(self, folder: Path) -> None:
        self._kept = Answers(folder)
        self._kept.tidy()
        self._told = Counter[str]()

    def keep(self, key: str, request: Request[R], answer: Answer[R]) -> Answer[R]:
        """Keep a refusal as the next one of its request; return the one kept."""
        self._told[key] += 1
        return self._kept.keep(f"{key}-{self._told[key]}", request, answer)

    def answered(self, key: str) -> None:
        """Forget what earlier processes were refused: this one was answered after as many refusals as it was told."""
        number = self._told[key] + 1
        while self._kept.remove(f"{key}-{number}"):
            number += 1

    def next(self, key: str, request: Request[R]) -> Answer[R] | None:
        """Return the next refusal of a request, None when it was refused no more often."""
        refusal = self._kept.get(f"{key}-{self._told[key] + 1}", request)
        self._told[key] += refusal is not None
        return refusal

    def last(self, key: str, request: Request[R]) -> Answer[R] | None:
        """Return the refusal that was returned last, None when there was none."""
        return self._kept.get(f"{key}-{self._told[key]}", request)


class Cached:
    """Asks the backend behind only what no one has asked before.

    What the server refused is asked again, for it may answer the next time; ``refusals`` keeps them apart.
    """

    def __init__(self, backend: Backend, answers: Answers, refusals: Refusals | None = None) -> None:
        self._backend = backend
        self._answers, self._refusals = answers, refusals
        answers.tidy()
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
                return answer if self._refusals is None else self._refusals.keep(key, request, answer)
            if self._refusals is not None:
                self._refusals.answered(key)
            return self._answers.keep(key, request, answer)
        finally:
            self._under_way.pop(key).set()
