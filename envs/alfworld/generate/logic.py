"""Domain and text grammar of a game file in either action grammar (``docs/spec/alfworld.md §8``)."""

import re
from functools import cache

from envs.alfworld.generate import package
from macla.errors import UserError

GRAMMARS = ("0.4.2", "2.1.1")

_OLD_GRAMMAR = (
    ("You arrive at {r.name}.", "You arrive at {lend.name}."),
    ("You move the {o.name} to the {r.name}.", "You put the {o.name} in/on the {r.name}."),
    ("move {o} to {r}", "put {o} in/on {r}"),
)
"""The text grammar of games up to 2.1.2, as differences from the package's grammar; besides, ``help`` is absent."""


@cache
def domain(grammar: str) -> str:
    """Return the PDDL domain; the old one knows no ``help``. UserError for an unknown grammar."""
    text = package.domain_text()
    return text if _check(grammar) == "0.4.2" else _without(text, r"\(:action help\n.*?\n\)\n\n?")


def text_grammar(grammar: str, sentence: str) -> str:
    """Return the text grammar with the task sentence filled in. UserError for an unknown grammar."""
    return _text_grammar(_check(grammar)).replace("UNKNOWN GOAL", sentence)


@cache
def _text_grammar(grammar: str) -> str:
    text = package.grammar_text()
    if grammar == "0.4.2":
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


def _check(grammar: str) -> str:
    if grammar not in GRAMMARS:
        raise UserError(f"unknown grammar {grammar!r}; type one of: {', '.join(GRAMMARS)}")
    return grammar
