"""Where kinds of things turn up: how often a command on one kind of entity revealed another kind.

The evidence comes from every observation of the training trajectories, successes and failures alike. It ranks the
candidates for a slot whose entity has not been seen yet.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

SMOOTHING = 2.0
"""Pseudo-visits at the overall rate: an empirical-Bayes prior for rarely visited kinds (Default)."""


@dataclass
class Exploration:
    """Counts of probes and of what they revealed; probes are (verb, kind of entity probed)."""

    probes: Counter[tuple[str, str]] = field(default_factory=Counter)
    revealed: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def observe(self, verb: str, kind: str, found: frozenset[str]) -> None:
        """Count one first-time probe of an entity of ``kind`` and the kinds it revealed."""
        self.probes[verb, kind] += 1
        self.revealed[verb, kind].update(found)

    def add(self, other: "Exploration") -> None:
        """Fold another count in."""
        self.probes.update(other.probes)
        for probe, found in other.revealed.items():
            self.revealed[probe].update(found)

    def probability(self, verbs: tuple[str, ...], kind: str, target: str) -> float:
        """Return the chance that probing an entity of ``kind`` with ``verbs`` reveals one of type ``target``."""
        miss = 1.0
        for verb in verbs:
            overall = self.overall(verb, target)
            probes = self.probes.get((verb, kind), 0)
            found = self.revealed[verb, kind][target] if (verb, kind) in self.revealed else 0
            miss *= 1 - (found + SMOOTHING * overall) / (probes + SMOOTHING)
        return 1 - miss

    def ever_revealed(self, target: str) -> bool:
        """Whether any probe ever revealed an entity of type ``target``."""
        return any(self.overall(verb, target) for verb in {verb for verb, _ in self.probes})

    def overall(self, verb: str, target: str) -> float:
        """Return the share of all probes with ``verb`` that revealed ``target``."""
        key = (verb, target)
        if key not in self._overall:
            total = sum(n for (its, _), n in self.probes.items() if its == verb)
            hits = sum(found[target] for (its, _), found in self.revealed.items() if its == verb)
            self._overall[key] = hits / total if total else 0.0
        return self._overall[key]

    def __post_init__(self) -> None:
        self._overall: dict[tuple[str, str], float] = {}

    def changed(self) -> None:
        """Forget derived rates; call after folding counts in."""
        self._overall.clear()
