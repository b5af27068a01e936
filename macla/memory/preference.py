"""Which candidate fills an argument: weights learned from what demonstrators chose and what they left."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from macla.belief import Belief
from macla.choice import Bound, Features, Slate, place
from macla.draft import blank

Weights = Mapping[str, float]
"""Feature → log odds."""


@dataclass
class Preferences:
    """A discrete-choice model a place: the odds of a candidate are exp(Σ weight · feature) (Default of ours)."""

    by_place: dict[tuple[str, str], Weights] = field(default_factory=dict)
    """(word before the argument, kind of entity) → weights over all commands."""
    by_argument: dict[tuple[str, int, str], Weights] = field(default_factory=dict)
    """(verb, position, kind) → weights of that command's own, where it was seen often enough to have them."""

    def weights(self, verb: str, position: int, kind: str) -> Weights:
        """Return the weights for an argument: the command's own, or those of the place; empty when unknown."""
        own = self.by_argument.get((verb, position, kind))
        return own if own is not None else self.by_place.get((place(verb, position), kind), {})

    def weights_of(self, verb: str, position: int) -> Weights:
        """Return the weights for an argument of a part, whatever its kind."""
        own = self.by_argument.get((verb, position, ""))
        return own if own is not None else self.by_place.get((blank(verb, position), ""), {})

    def ranked(self, belief: Belief, verb: str, position: int, kind: str, bound: Bound) -> list[tuple[float, str]]:
        """Return (score, entity) of every entity of a kind, best first; equals in order of appearance."""
        candidates = belief.of_type(kind)
        slate, weights = Slate(belief, verb, position, candidates, bound), self.weights(verb, position, kind)
        scored = [(score(slate.row(name), weights), name) for name in candidates]
        return sorted(scored, key=lambda item: -item[0])


def score(features: Features, weights: Weights) -> float:
    """Return Σ weight · feature."""
    return sum(weights.get(feature, 0.0) * value for feature, value in features.items())
