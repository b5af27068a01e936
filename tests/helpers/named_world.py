"""A lexicon for tests of tasks that name things outright: ``red:colour`` is an entity, ``rack:stand(…)`` a whole."""

import re

from macla.benchmarks.lexicon import Command, Mention

_ENTITY = re.compile(r"([\w.$-]+):(\w+)(\(?)")


class NamedLexicon:
    """Entities are spelled ``name:kind``; what stands in brackets right behind one is a part of it."""

    def mentions(self, text):
        found = []
        for match in _ENTITY.finditer(text):
            end = text.index(")", match.end()) + 1 if match[3] else match.end()
            found.append(Mention(match[1], match[2], match.start(), end))
        return found

    def parse(self, action):
        verb, _, argument = action.partition(" ")
        return Command(f"{verb} {{}}", (argument,)) if argument else Command(verb, ())

    def render(self, command):
        return command.verb.replace("{}", "".join(command.arguments))

    def rejected(self, feedback):
        return feedback == "No."
