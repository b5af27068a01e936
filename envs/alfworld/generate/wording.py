"""Domain and text grammar of a game file in either wording (``docs/spec/alfworld.md §8``)."""

import re
from functools import cache

from envs.alfworld.generate import package
from macla.errors import UserError

WORDINGS = ("0.4.2", "2.1.1")

_OLD_GRAMMAR = (
    ("You arrive at {r.name}.", "You arrive at {lend.name}."),
    ("You move the {o.name} to the {r.name}.", "You put the {o.name} in/on the {r.name}."),
    ("move {o} to {r}", "put {o} in/on {r}"),
)
"""The wording of games up to 2.1.2, as differences from the package's grammar; besides, ``help`` is absent."""


@cache
def domain(wording: str) -> str:
    """Return the PDDL domain; the old one knows no ``help``. UserError for an unknown wording."""
    text = package.domain_text()
    return text if _check(wording) == "0.4.2" else _without(text, r"\(:action help\n.*?\n\)\n\n?")


def grammar(wording: str, sentence: str) -> str:
    """Return the text grammar with the task sentence filled in. UserError for an unknown wording."""
    return _grammar(_check(wording)).replace("UNKNOWN GOAL", sentence)


@cache
def _grammar(wording: str) -> str:
    text = package.grammar_text()
    if wording == "0.4.2":
        return text
    for new, old in _OLD_GRAMMAR:
        if new not in text:
            raise UserError(f"alfworld {package.package_version()} words its games in a way unknown here: no {new!r}")
        text = text.replace(new, old)
    return _without(text, r"\naction help \{.*?\n\}\n")


def _without(text: str, pattern: str) -> str:
    shorter, count = re.subn(pattern, "", text, flags=re.DOTALL)
    if count != 1:
        raise UserError(
            f"alfworld {package.package_version()} has no single help action; type: pip install alfworld==0.4.2"
        )
    return shorter


def _check(wording: str) -> str:
    if wording not in WORDINGS:
        raise UserError(f"unknown grammar {wording!r}; type one of: {', '.join(WORDINGS)}")
    return wording
