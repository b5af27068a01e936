"""Where kinds of things turn up: how often a command on one kind of entity revealed another kind.

The evidence comes from every observation of the training trajectories, successes and failures alike. It ranks the
candidates for a slot whose entity has not been seen yet.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from macla.methods.derived import Derived
from macla.methods.macla.settings import Abstraction


@dataclass
class Exploration:
    """Counts of probes and of what they revealed; probes are (verb, kind of entity probed)."""

    probes: Counter[tuple[str, str]] = field(default_factory=Counter)
    revealed: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    smoothing: float = field(default_factory=lambda: Abstraction().smoothing)
    """Pseudo-visits at the overall rate: an empirical-Bayes prior for rarely visited kinds."""
    derived: Derived = field(default_factory=Derived, repr=False, compare=False)

    def observe(self, verb: str, kind: str, found: frozenset[str]) -> None:
        """Count one first-time probe of an entity of ``kind`` and the kinds it revealed."""
        self.fold(verb, kind, 1, Counter(found))

    def fold(self, verb: str, kind: str, times: int, found: Mapping[str, int]) -> None:
        """Count ``times`` probes of entities of ``kind`` with ``verb``, and how often they revealed which kinds."""
        self.probes[verb, kind] += times
        self.revealed[verb, kind].update(found)
        self.derived.clear()

    def probability(self, verbs: tuple[str, ...], kind: str, target: str) -> float:
        """Return the chance that probing an entity of ``kind`` with ``verbs`` reveals one of type ``target``."""
        miss = 1.0
        for verb in verbs:
            overall = self.overall(verb, target)
            probes = self.probes.get((verb, kind), 0)
            found = self.revealed[verb, kind][target] if (verb, kind) in self.revealed else 0
            miss *= 1 - (found + self.smoothing * overall) / (probes + self.smoothing)
        return 1 - miss

    def ever_revealed(self, target: str) -> bool:
        """Whether any probe ever revealed an entity of type ``target``."""
        return any(self.overall(verb, target) for verb in {verb for verb, _ in self.probes})

    def overall(self, verb: str, target: str) -> float:
        """Return the share of all probes with ``verb`` that revealed ``target``."""
        return self.derived.get((verb, target), lambda: self._overall(verb, target))

    def _overall(self, verb: str, target: str) -> float:
        total = sum(n for (probe, _), n in self.probes.items() if probe == verb)
        hits = sum(found[target] for (probe, _), found in self.revealed.items() if probe == verb)
        return hits / total if total else 0.0
