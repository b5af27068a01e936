"""How ALFWorld's text is read and written: "<kind> <number>" entities and the command grammar.

See ``docs/spec/alfworld.md §3``.
"""

import re
from typing import Literal

from macla.benchmarks.lexicon import Command, Mention

Grammar = Literal["0.4.2", "2.1.1"]
"""``move O to R`` (alfworld ≥ 0.4) or ``put O in/on R`` (data ≤ 2.1.2); see ``docs/spec/alfworld.md §8``."""

_ENTITY = re.compile(r"\b([a-z]+) (\d+)\b")
_NOT_ENTITIES = {"loc"}
"""Locations have names but no command takes them (old grammar: "You arrive at loc 12.")."""

_VERBS = (
    "go to {}",
    "open {}",
    "close {}",
    "take {} from {}",
    "move {} to {}",
    "heat {} with {}",
    "cool {} with {}",
    "clean {} with {}",
    "use {}",
    "slice {} with {}",
    "examine {}",
    "inventory",
    "look",
    "help",
)
_PATTERNS = {verb: re.compile(re.escape(verb).replace(r"\{\}", r"([a-z]+ \d+)")) for verb in _VERBS}
_OLD_PLACE = re.compile(r"put ([a-z]+ \d+) in/on ([a-z]+ \d+)")

REJECTION = "Nothing happens."

EXAMPLE = """\
You are in the middle of a room. Looking quickly around you, you see a cabinet 1, a countertop 1, and a drawer 1.
Your task is to: put a mug in cabinet.
Thought: I first look for a mug on the countertop.
Action: go to countertop 1
You arrive at countertop 1. On the countertop 1, you see a mug 2, and a plate 1.
Thought: There is a mug. I take it.
Action: take mug 2 from countertop 1
You pick up the mug 2 from the countertop 1."""
"""The start of an episode, as a prompt shows it."""


class AlfworldLexicon:
    """Reads both grammars; both spellings of placing are one verb, written in the grammar of the games."""

    def __init__(self, grammar: Grammar = "0.4.2") -> None:
        self.grammar = grammar

    def mentions(self, text: str) -> list[Mention]:
        """Return every "<kind> <number>" in ``text`` but locations, in order."""
        return [
            Mention(match.group(), match[1], match.start(), match.end())
            for match in _ENTITY.finditer(text)
            if match[1] not in _NOT_ENTITIES
        ]

    def parse(self, action: str) -> Command | None:
        """Return the command, or None when ``action`` is not of the grammar."""
        text = action.strip()
        old = _OLD_PLACE.fullmatch(text)
        if old:
            return Command("move {} to {}", old.groups())
        for verb, pattern in _PATTERNS.items():
            match = pattern.fullmatch(text)
            if match:
                return Command(verb, match.groups())
        return None

    def render(self, command: Command) -> str:
        """Return the command as the games of this grammar expect it."""
        if command.verb == "move {} to {}" and self.grammar == "2.1.1":
            return "put {} in/on {}".format(*command.arguments)
        return command.verb.format(*command.arguments)

    def rejected(self, feedback: str) -> bool:
        """Whether the engine did not understand or allow the last command."""
        return feedback.strip() == REJECTION


def command_help(grammar: Grammar) -> str:
    """Return the action grammar, one command a line."""
    place = "move {object} to {receptacle}" if grammar == "0.4.2" else "put {object} in/on {receptacle}"
    return "\n".join(
        (
            "go to {receptacle}",
            "open {receptacle}",
            "close {receptacle}",
            "take {object} from {receptacle}",
            place,
            "heat {object} with {receptacle}",
            "cool {object} with {receptacle}",
            "clean {object} with {receptacle}",
            "use {object}",
            "slice {object} with {object}",
            "examine {object}",
            "inventory",
            "look",
        )
    )
