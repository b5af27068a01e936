"""Slots: the places in a procedure that entities fill."""

import re
from functools import lru_cache
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_TEXT = re.compile(r"<(?:(?P<task>\d+)|(?P<letters>[a-z]{1,2})|(?P<kind>.+?)(?: (?P<number>\d+))?)>", re.DOTALL)
_OTHERWISE_READ = re.compile(r"[a-z]{1,2}|\d+|.* \d+", re.DOTALL)
"""Kinds that, alone between the brackets, would be read as another sort of slot."""


class Slot(str):
    """A slot, which is its own text: in files, in descriptors, and for sorting.

    ========== ==========================================================================
    ``<0>``    ``Slot(number=0, of_task=True)``: a kind of thing that the task names
    ``<a>``    ``Slot(number=0)``: any other thing, in the order in which they are used
    ``<mug>``  ``Slot("mug", 1)``: a thing of a kind, where tasks name the things themselves
    ``<mug 2>``  ``Slot("mug", 2)``: another one of that kind
    ========== ==========================================================================
    """

    kind: str
    number: int
    of_task: bool

    def __new__(cls, kind: str = "", number: int = 0, of_task: bool = False) -> "Slot":
        """Return the slot of a kind, of a task's ``number``-th kind, or else the ``number``-th other one."""
        slot = super().__new__(cls, _text(kind, number, of_task))
        slot.kind, slot.number, slot.of_task = kind, number, of_task
        return slot

    def __getnewargs__(self) -> tuple[str, int, bool]:  # type: ignore[override]
        return self.kind, self.number, self.of_task

    @staticmethod
    def parse(text: str) -> "Slot":
        """Return the slot that a text stands for; ValueError when it is none."""
        return _parsed(text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        read = core_schema.no_info_after_validator_function(_parsed, core_schema.str_schema())
        return core_schema.union_schema([core_schema.is_instance_schema(cls), read], mode="left_to_right")


def _text(kind: str, number: int, of_task: bool) -> str:
    if of_task:
        return f"<{number}>"
    if not kind:
        return f"<{_letters(number)}>"
    return f"<{kind}>" if number == 1 and not _OTHERWISE_READ.fullmatch(kind) else f"<{kind} {number}>"


def _letters(number: int) -> str:
    """Return a, b … z, aa, ab … for 0, 1 …; ValueError beyond zz."""
    if number < 26:
        return chr(ord("a") + number)
    first, second = divmod(number - 26, 26)
    if first > 25:
        raise ValueError(f"no procedure has {number} slots")
    return chr(ord("a") + first) + chr(ord("a") + second)


@lru_cache(maxsize=65536)
def _parsed(text: str) -> Slot:
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no slot")
    if match["task"]:
        return Slot(number=int(match["task"]), of_task=True)
    if letters := match["letters"]:
        value = [ord(letter) - ord("a") for letter in letters]
        return Slot(number=value[0] if len(value) == 1 else 26 + 26 * value[0] + value[1])
    return Slot(match["kind"], int(match["number"] or 1))
