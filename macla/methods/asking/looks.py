"""What memory's own looks leave open, and the actions that show it."""

from macla.benchmarks.lexicon import Looking, Looks
from macla.methods.session import Session


def left_open(session: Session) -> dict[str, Looks]:
    """Return what shows more of each thing that was looked at; nothing where the interface has no such actions."""
    lexicon, found = session.reader.lexicon, dict[str, Looks]()
    if isinstance(lexicon, Looking):
        for step in session.steps:
            command = session.reader.parse(step.action)
            if command is not None and len(command.arguments) == 1:
                (name,) = command.arguments
                found[name] = lexicon.looks(name, session.belief.types.get(name, ""), step.observation)
    return found
