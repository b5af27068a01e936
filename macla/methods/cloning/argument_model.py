"""Which candidate fills an argument: conditions that demonstrators kept, and weights of what they chose and left."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from macla.methods.belief import Belief
from macla.methods.cloning.candidate_features import Bound, CandidateSet, Features, place
from macla.methods.cloning.settings import ArgumentSettings
from macla.methods.cloning.statements.partial import part_place

Weights = Mapping[str, float]
"""Feature → log odds."""


class ArgumentWeights(NamedTuple):
    """What is known of the choices for an argument."""

    weights: Weights
    always: tuple[str, ...] = ()
    """Features that every chosen candidate had, though many a rival lacked them …"""
    never: tuple[str, ...] = ()
    """… and that none had, though many a rival did: conditions on what may fill the argument."""

    def broken(self, features: Features) -> int:
        """Return how many of the conditions a candidate breaks."""
        return sum(feature not in features for feature in self.always) + sum(
            feature in features for feature in self.never
        )


INDIFFERENT = ArgumentWeights({})


class RankedCandidate(NamedTuple):
    """A candidate for an argument."""

    broken: int
    """Learned conditions that it breaks."""
    score: float
    """Log odds."""
    name: str


@dataclass
class ArgumentModel:
    """A conditional logit a place: the odds of a candidate are exp(Σ weight · feature)."""

    by_place: dict[tuple[str, str], ArgumentWeights] = field(default_factory=dict)
    """(word before the argument, kind of entity) → over all commands."""
    by_argument: dict[tuple[str, int, str], ArgumentWeights] = field(default_factory=dict)
    """(verb, position, kind) → of that command's own, where it was seen often enough to have one."""
    contrasted: dict[str, Weights] = field(default_factory=dict)
    """Kind → what outcomes of practice add to the weights of any choice among such entities."""

    def of(self, verb: str, position: int, kind: str) -> ArgumentWeights:
        """Return what is known of an argument: the command's own, or that of the place; indifference when unknown."""
        own = self.by_argument.get((verb, position, kind))
        return own if own is not None else self.by_place.get((place(verb, position), kind), INDIFFERENT)

    def of_part(self, verb: str, position: int) -> ArgumentWeights:
        """Return what is known of an argument of a part of statements, whatever its kind."""
        own = self.by_argument.get((verb, position, ""))
        return own if own is not None else self.by_place.get((part_place(verb, position), ""), INDIFFERENT)

    def ranked(
        self, belief: Belief, settings: ArgumentSettings, verb: str, position: int, kind: str, bound: Bound
    ) -> list[RankedCandidate]:
        """Return every entity of a kind, best first: fewest broken conditions, then score; equals as they appeared.

        With dice the order is drawn by the odds that the scores stand for. Who has no alternative does not choose, so
        an only candidate breaks no condition.
        """

        def rank() -> list[RankedCandidate]:
            candidates = belief.of_type(kind)
            choice, known = (
                CandidateSet(belief, settings, verb, position, candidates=candidates, bound=bound),
                self.of(verb, position, kind),
            )
            free = len(candidates) > 1
            contrasted = self.contrasted.get(kind, {})
            rows = {name: choice.features(name) for name in candidates}
            ranked = [
                RankedCandidate(
                    known.broken(row) if free else 0,
                    score(row, known.weights) + score(row, contrasted) + _luck(belief.dice),
                    name,
                )
                for name, row in rows.items()
            ]
            return sorted(ranked, key=lambda candidate: (candidate.broken, -candidate.score))

        # several procedures, and a procedure again and again, ask the same
        asked = (self.ranked, verb, position, kind, tuple(sorted(bound.items())))
        return list(belief.derived.get(asked, rank))


def _luck(dice: Random | None) -> float:
    """Return 0, or with dice a Gumbel variate: the highest sum is then a draw by the odds (Gumbel-max)."""
    return -math.log(-math.log(1.0 - dice.random())) if dice is not None else 0.0


def score(features: Features, weights: Weights) -> float:
    """Return Σ weight · feature."""
    return sum(weights.get(feature, 0.0) * value for feature, value in features.items())
