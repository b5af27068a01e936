"""How commands are put together: which kinds of part there are, and which part goes with which wording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log

from macla.wording import Cues

BIAS = ""
"""The cue that every wording has."""


@dataclass
class Composition:
    """A discrete-choice model for every kind of part: the odds of a part are exp(Σ weight · cue) (Default of ours)."""

    heads: tuple[str, ...] = ()
    """The kinds of part, in order."""
    nameable: frozenset[str] = frozenset()
    """The kinds of entity that tasks name: of these, a command takes what its task names."""
    weights: dict[str, dict[str, Mapping[str, float]]] = field(default_factory=dict)
    """Kind of part → part (empty: none) → cue → weight."""

    def odds(self, head: str, cues: Cues) -> dict[str, float]:
        """Return {part: log probability} for the next part of a kind."""
        scores = {
            verb: weights.get(BIAS, 0.0) + sum(weights.get(cue, 0.0) for cue in cues)
            for verb, weights in self.weights.get(head, {}).items()
        }
        highest = max(scores.values(), default=0.0)
        total = sum(exp(score - highest) for score in scores.values())
        return {verb: score - highest - log(total) for verb, score in scores.items()}
