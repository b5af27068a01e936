"""The prompts: one Jinja2 file per purpose, with a YAML head that says what the reply chooses among (``parts/``: what
several of them import).

---
version: 1
choices: {keep: steps}      # the reply's ``keep`` holds numbers of the request's ``steps``
---
text of the one user message (chat templates without a system role work)
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from omegaconf import OmegaConf
from pydantic import BaseModel, ConfigDict

from macla.models.requests import Request
from macla.models.truncate import LADDER, Cut, fit

FOLDER = Path(__file__).parent / "prompts"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER),  # of parts that several prompts import
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)
# Jinja's own ``tojson`` is made for web pages: it writes an apostrophe as \u0027, which a model then copies.
# Without blanks, as replies are written: a model whose example has blanks that it may not write goes astray.
_ENVIRONMENT.filters["json"] = lambda value: json.dumps(
    value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
)


class Head(BaseModel):
    """The head of a prompt file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    choices: dict[str, str] = {}
    """Field of the reply → field of the request whose items (or their numbers) it chooses among."""
    first: int = 0
    """The number of the first item as the text shows it: small models that see 0, 1, 2 … choose 1, the second."""
    forms: dict[str, str] = {}
    """Field of the reply → field of the request whose lines say how it may be written (``{…}``: any words)."""
    lengths: dict[str, str] = {}
    """Field of the reply → field of the request that has as many items."""
    marks: dict[str, str] = {}
    """Field of the reply → field of the request of whose every item the model says true or false, under the item's
    text: a small model that is to list numbers counts, one that repeats an item first looks at it."""


@dataclass(frozen=True)
class Prompt:
    """One purpose's prompt."""

    head: Head
    template: Template

    def render(self, request: Request[Any], budget: int) -> str | None:
        """Return the text for ``request`` within ``budget`` tokens; None when that cannot be."""
        return fit(lambda cut: self._at(cut, request), budget)

    def shortest(self, request: Request[Any]) -> str:
        """Return the text for ``request`` that is cut most."""
        return self._at(LADDER[-1], request)

    def _at(self, cut: Cut, request: Request[Any]) -> str:
        return self.template.render({name: getattr(request, name) for name in type(request).model_fields}, cut=cut)


@cache
def prompt(purpose: str) -> Prompt:
    """Return the prompt of a purpose."""
    _, head, body = (FOLDER / f"{purpose}.j2").read_text(encoding="utf-8").split("---\n", 2)
    values = OmegaConf.to_container(OmegaConf.create(head))
    return Prompt(Head.model_validate(values), _ENVIRONMENT.from_string(body))


@cache
def prompts_hash() -> str:
    """Return 12 hex digits that change with any prompt; part of a model's identity."""
    files = sorted(FOLDER.rglob("*.j2"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
