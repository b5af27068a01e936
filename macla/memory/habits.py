"""Habits of demonstrators, where tasks name things outright: what none of them ever repeats, and what none puts off."""

from collections.abc import Collection
from dataclasses import dataclass, field

from macla.belief import Belief
from macla.lexicon import Command


@dataclass
class Habits:
    """What all exemplary demonstrations have in common (Default of ours)."""

    once: frozenset[str] = frozenset()
    """Verbs that nobody gave twice with the same arguments in one episode, accepted or not."""
    latest: dict[str, int] = field(default_factory=dict)
    """Verb that every demonstration contains → steps that at most went before its first use."""

    def tried(self, belief: Belief, verb: str) -> Collection[Command]:
        """Return the commands of a verb that are not to be given again in this episode."""
        if verb not in self.once:
            return ()
        return {command for command in (*belief.things.used, *belief.things.denied) if command.verb == verb}

    def due(self, belief: Belief, steps: int) -> frozenset[str]:
        """Return the verbs not used yet that no demonstration put off beyond ``steps`` steps: now or never."""
        if not belief.outright:
            return frozenset()
        late = {verb for verb, latest in self.latest.items() if steps >= latest}
        return frozenset(late - {command.verb for command in belief.things.used})
