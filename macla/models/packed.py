"""A recording in one file that may be published: key → reply, compressed; no prompt, no text of a benchmark.

JSON lines under xz: first the parameters, then an answer a line, by key. The same recording gives the same bytes.
"""

import json
import lzma
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from macla.errors import UserError
from macla.files import write_atomic, write_json
from macla.models.answer import Answer, Usage
from macla.models.openai.body import Parameters
from macla.models.requests import R, Request

SUFFIX = ".jsonl.xz"
PARAMETERS, ANSWERS, REFUSED = "parameters.json", "answers", "refused"
"""What lies in the folder of a recording that is not packed."""


def pack(folder: Path, file: Path) -> int:
    """Write the answers of a recording (``model.record``) to ``file``; return how many.

    UserError when ``folder`` is no recording, or holds requests that were refused: a run that is published has none.
    """
    try:
        parameters = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
        answers = sorted((folder / ANSWERS).glob("*/*.json"))
        kept = [
            {"key": path.stem, "answer": json.loads(path.read_text(encoding="utf-8"))["answer"]} for path in answers
        ]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"{folder} is no recording ({type(error).__name__}); make one with model.record={folder}"
        ) from None
    if any((folder / REFUSED).glob("*/*.json")):
        raise UserError(f"{folder} holds refused requests; play the run again until none is")
    lines = [json.dumps(line, sort_keys=True, ensure_ascii=False) for line in ({"parameters": parameters}, *kept)]
    write_atomic(file, lzma.compress("".join(f"{line}\n" for line in lines).encode(), preset=9))
    return len(kept)


def unpack(file: Path, folder: Path) -> int:
    """Write the answers of a published recording into ``folder``, which ``model.record`` then goes on with.

    Returns how many. What they were asked is not known any more. UserError when ``file`` is no published recording or
    ``folder`` is there already.
    """
    packed = Packed(file)
    if folder.exists():
        raise UserError(f"{folder} is there already; give the name of a new folder")
    for key, answer in packed.answers.items():
        write_json(folder / ANSWERS / key[:2] / f"{key}.json", {"purpose": "", "request": {}, "answer": answer})
    write_json(folder / PARAMETERS, packed.parameters.model_dump(mode="json"))
    return len(packed.answers)


class Packed:
    """The answers of a published recording."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            first, *rest = lzma.decompress(file.read_bytes()).decode().splitlines()
            self.parameters = Parameters.model_validate(json.loads(first)["parameters"])
            self.answers: dict[str, Any] = {line["key"]: line["answer"] for line in map(json.loads, rest)}
        except OSError as error:
            raise UserError(f"{file}: {error.strerror or error}") from None
        except (lzma.LZMAError, ValueError, KeyError, TypeError, ValidationError):
            raise UserError(f"{file} is no published recording; make one with scripts/pack_recording.py") from None

    def get(self, key: str, request: Request[R]) -> Answer[R] | None:
        """Return the answer to a request; None when it was never asked."""
        answer = self.answers.get(key)
        if answer is None:
            return None
        kind: type[BaseModel] = Answer[request.reply]  # type: ignore[name-defined]
        try:
            return kind.model_validate(answer)  # type: ignore[return-value]
        except ValidationError:
            raise UserError(
                f"{self.file} holds no answer to {request.purpose} under {key[:12]}; fetch it anew"
            ) from None

    def cost(self) -> Usage:
        """Return what all its answers cost when they were recorded."""
        return sum((Usage.model_validate(answer["usage"]) for answer in self.answers.values()), Usage())
