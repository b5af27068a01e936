"""What demonstrators knew though they did not look in that episode: others show it, and learning looks it up there.

A demonstrator who knows a world names things outright that an agent must look at first. What a command shows
is taken from the demonstration that has most in common with the one it is shown to.
"""

from collections import defaultdict
from collections.abc import Sequence

from macla.benchmarks.lexicon import Command
from macla.methods.belief import Belief
from macla.methods.macla.learning.trace import Trace
from macla.methods.reading import Reader


class Lookups:
    """What commands on at most one thing showed in all episodes."""

    def __init__(self, reader: Reader, traces: Sequence[Trace]) -> None:
        self.reader = reader
        self._shown: dict[Command, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """Command → action and feedback → what the episodes that had it knew."""
        self._showing: dict[str, set[Command]] = defaultdict(set)
        """Entity → the commands that showed it."""
        for trace in traces:
            for step in trace.steps:
                if (
                    step.accepted
                    and step.command is not None
                    and not step.notes.parts
                    and len(step.command.arguments) < 2
                ):
                    self._note(step.command, step.observation, trace)
        self._verbs = sorted({command.verb for command in self._shown if command.arguments})
        """Of the commands on one thing."""

    def _note(self, command: Command, observation: str, trace: Trace) -> None:
        found = {name for name, _ in self.reader.answer(command, observation).types}
        if found - set(command.arguments):
            self._shown[command][observation] |= set(trace.kinds)
            for name in found:
                self._showing[name].add(command)

    def show(self, belief: Belief, wanted: Sequence[str]) -> None:
        """Let ``belief`` see what shows the ``wanted`` entities, and then all that can be seen of what it sees.

        Example: to show a column, the command on its table is taken from another demonstration, with its feedback.
        """
        queue = list(wanted)
        done: set[Command] = set(belief.things.used)
        while queue:
            name = queue.pop(0)
            commands = [Command(verb, (name,)) for verb in self._verbs]
            if name not in belief.types:
                commands += sorted(self._showing.get(name, ()))
            for command in commands:
                if command in self._shown and command not in done:
                    done.add(command)
                    before = set(belief.types)
                    self._look(belief, command)
                    queue += [seen for seen in belief.types if seen not in before]

    def _look(self, belief: Belief, command: Command) -> None:
        known = set(belief.types)
        shown = self._shown[command]
        observation = max(sorted(shown), key=lambda feedback: len(shown[feedback] & known))
        belief.update(self.reader.lexicon.render(command), observation)
