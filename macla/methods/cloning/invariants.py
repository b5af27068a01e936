"""Invariants of demonstrations: what no demonstrator ever repeats, and what none puts off."""

from dataclasses import dataclass, field

from macla.benchmarks.lexicon import Command
from macla.methods.belief import Belief
from macla.methods.macla.memory.segment import StepKey


@dataclass
class Invariants:
    """What all exemplary demonstrations have in common."""

    once: frozenset[str] = frozenset()
    """Verbs that nobody gave twice with the same arguments in one episode."""
    final: bool = False
    """Whether nobody ever gave a command again that had been refused."""
    latest: dict[StepKey, int] = field(default_factory=dict)
    """Command that every demonstration contains → steps that at most went before its first use."""

    def spent(self, belief: Belief, verb: str) -> set[Command]:
        """Return the commands of a verb that are not to be given again in this episode."""
        things = belief.things
        given = [*(things.used if verb in self.once else ()), *(things.denied if self.final else ())]
        return {command for command in given if command.verb == verb}

    def due(self, belief: Belief, steps: int) -> frozenset[StepKey]:
        """Return the commands that no demonstration put off beyond ``steps`` steps, of verbs not used yet."""
        used = belief.last_of_verb
        return frozenset(key for key, latest in self.latest.items() if steps >= latest and key.verb not in used)
