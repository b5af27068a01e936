"""How the workshop's text is read and written: "<kind> <number>" entities and the command grammar."""

import re

from macla.benchmarks.lexicon import Command, Mention

HELP = """\
go to {place}
take {piece} from {holder}
wipe {piece}
fill {piece} at {well}
put {piece} on {table}
fire {piece} in {kiln}
glaze {piece} at {vat}
glue {piece} at {bench}
rivet {piece} at {bench}
look"""
"""The action grammar, one command a line, as zero-shot prompts show it."""

REJECTION = "You cannot do that."

VERBS = tuple(re.sub(r"\{\w+\}", "{}", line) for line in HELP.splitlines())
_ENTITY = re.compile(r"\b([a-z]+) (\d+)\b")
_PATTERNS = {verb: re.compile(re.escape(verb).replace(r"\{\}", r"([a-z]+ \d+)")) for verb in VERBS}


class ToyLexicon:
    """The adapter's help to the method: entities, commands, rejection."""

    def mentions(self, text: str) -> list[Mention]:
        """Return every "<kind> <number>" in ``text``, in order."""
        return [Mention(found.group(), found[1], found.start(), found.end()) for found in _ENTITY.finditer(text)]

    def parse(self, action: str) -> Command | None:
        """Return the command, or None when ``action`` is not of the grammar."""
        for verb, pattern in _PATTERNS.items():
            match = pattern.fullmatch(action.strip())
            if match:
                return Command(verb, match.groups())
        return None

    def render(self, command: Command) -> str:
        """Return the action string of a command."""
        return command.verb.format(*command.arguments)

    def rejected(self, feedback: str) -> bool:
        """Whether the last command was not understood or not possible."""
        return feedback == REJECTION
