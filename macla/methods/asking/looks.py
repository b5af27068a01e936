"""What memory's own looks leave open, and the actions that show it."""

from collections.abc import Mapping

from macla.benchmarks.lexicon import Looking, Looks
from macla.methods.session import Session


def shows(session: Session, known: Mapping[str, str]) -> dict[str, Looks]:
    """Return what shows more of each thing (thing → what was seen of it); nothing where there are no such actions."""
    lexicon, types = session.reader.lexicon, session.belief.types
    if not isinstance(lexicon, Looking):
        return {}
    return {name: lexicon.looks(name, types.get(name, ""), seen) for name, seen in known.items()}


def left_open(session: Session) -> dict[str, Looks]:
    """Return what shows more of each thing that was looked at; see :func:`shows`."""
    seen: dict[str, str] = {}
    for step in session.steps:
        command = session.reader.parse(step.action)
        if command is not None and len(command.arguments) == 1:
            seen[command.arguments[0]] = step.observation
    return shows(session, seen)
