"""The official games' two action grammars, read from a game's own text grammar (``docs/spec/alfworld.md §8``)."""

import json
import re
from dataclasses import dataclass

from macla.errors import UserError

NOTHING_HAPPENS = "Nothing happens."
BANNER = "-= Welcome to TextWorld, ALFRED! =-\n\n"
TASK_PREFIX = "Your task is to: "

_PUT = re.compile(r'action PutObject \{\s*template :: "([^"]*)"')
_PLACES = {
    "move {o} to {r}": ("move {} to {}", "You move the {} to the {}."),
    "put {o} in/on {r}": ("put {} in/on {}", "You put the {} in/on the {}."),
}
_TASK = re.compile(rf'"rhs": ("{TASK_PREFIX}(?:[^"\\]|\\.)*")')
# Official games hold the text of ``help`` as it is, the package's own grammar holds it as JSON.
_HELP = re.compile(r'action help \{.*?"(?:\n|\\n)?(Available commands:[^"]*)"', re.DOTALL)


@dataclass(frozen=True)
class Grammar:
    """How one game words what differs between alfworld >= 0.4 and the official 2.1.1 games."""

    place: str
    """The command that puts a held object down, e.g. ``move {} to {}``."""
    placed: str
    """Its feedback."""
    names_location: bool
    """Whether ``go to`` reports the location (``loc 12``, old games) instead of the receptacle."""
    help: str | None
    """Feedback of ``help``; None where the game has no such command."""


def read_grammar(text: str) -> Grammar:
    """Return the action grammar of a game's text grammar; UserError when it is neither of the two official ones."""
    put, help_text = _PUT.search(text), _HELP.search(text)
    if put is None or put[1] not in _PLACES or (help_text is None and "action help" in text):
        raise UserError("the game's grammar is unknown to the compiled engine; type env.engine=textworld")
    place, placed = _PLACES[put[1]]
    return Grammar(
        place=place,
        placed=placed,
        names_location="You arrive at {lend.name}." in text,
        help=help_text[1].replace("\\n", "\n") if help_text else None,
    )


def read_task(text: str) -> str:
    """Return the whole task line of a game's text grammar, e.g. ``Your task is to: put a clean pan in fridge.``"""
    task = _TASK.search(text)
    if task is None:
        raise UserError("the game's grammar has no task sentence; lay the game out again with macla data alfworld")
    return str(json.loads(task[1]))


def task_of(opening: str) -> str:
    """Return the instruction in an opening text: the sentence after ``Your task is to: ``."""
    return opening.rpartition(TASK_PREFIX)[2].strip()


def listing(names: list[str]) -> str:
    """Return names as the games list them: ``nothing``, ``x``, ``x, and y`` or ``x, y, and z``."""
    if len(names) < 2:
        return names[0] if names else "nothing"
    return f"{', '.join(names[:-1])}, and {names[-1]}"
