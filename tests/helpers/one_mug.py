"""A lexicon for tests: commands are whole actions, and of things there is one mug, where a text begins with it."""

from macla.benchmarks.lexicon import Command, Mention


class OneMug:
    """See the module."""

    def mentions(self, text):
        return [Mention("mug 1", "mug", 0, 5)] if text.startswith("mug 1") else []

    def parse(self, action):
        return Command(action, ()) if action else None

    def render(self, command):
        return command.verb

    def rejected(self, feedback):
        return False
