"""How statements are put together: which kinds of part there are, and which part goes with which wording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log

from macla.methods.cloning.statements.wording import Cues

BIAS = ""
"""The cue that every wording has."""


@dataclass
class PartModel:
    """A discrete-choice model for every kind of part: the odds of a part are exp(Σ weight · cue)."""

    heads: tuple[str, ...] = ()
    """The kinds of part, in order."""
    nameable: frozenset[str] = frozenset()
    """The kinds of entity that tasks name: of these, a command takes what its task names."""
    weights: dict[str, dict[str, Mapping[str, float]]] = field(default_factory=dict)
    """Kind of part → part (empty: none) → cue → weight."""

    def scores(self, head: str, cues: Cues) -> dict[str, float]:
        """Return {part: log odds, up to a constant} for the next part of a kind."""
        return {
            verb: sum(weights.get(cue, 0.0) * value for cue, value in cues.items())
            for verb, weights in self.weights.get(head, {}).items()
        }


def normalised(scores: Mapping[str, float]) -> dict[str, float]:
    """Return log probabilities from log odds."""
    highest = max(scores.values(), default=0.0)
    total = log(sum(exp(score - highest) for score in scores.values())) if scores else 0.0
    return {verb: score - highest - total for verb, score in scores.items()}
