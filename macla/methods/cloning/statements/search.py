"""Put a statement together from parts: the likeliest parts for the wording, filled with the likeliest entities.

A beam search over partial statements. A score is the log probability under what demonstrations taught, and the
posterior of every part counts with it, so that parts which keep failing lose to their rivals.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from macla.benchmarks.lexicon import Command
from macla.encoder import Encoder
from macla.methods.belief import Belief
from macla.methods.cloning.argument_model import Weights, score
from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.state import Cloned
from macla.methods.cloning.statements.part_model import BIAS, normalised
from macla.methods.cloning.statements.partial import Hole, PartialStatement, Taken, candidates, part_place
from macla.methods.cloning.statements.wording import Wording
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.store import Memory


class Scored(NamedTuple):
    """A partial statement, its log probability, and the procedures its parts come from."""

    score: float
    partial: PartialStatement
    procedures: tuple[Procedure, ...] = ()

    @property
    def parts(self) -> tuple[Command, ...]:
        """The parts of the statement."""
        return self.partial.parts


class StatementSearch:
    """Finds the likeliest statements that the parts in a memory make."""

    def __init__(
        self, memory: Memory, belief: Belief, *, encoder: Encoder, settings: CloningConstants, prior: Prior
    ) -> None:
        self.belief = belief
        self.settings = settings.statements
        self.prior = prior
        self.cloned = memory.extension(Cloned)
        self.wording = Wording(belief, settings)
        cues = self.wording.cues(encoder) | {BIAS: 1.0}
        self._holes: dict[tuple[str, int], tuple[Hole, Weights, dict[str, float]]] = {}
        found = [procedure for procedure in memory.procedures.values() if procedure.part]
        parts = sorted(found, key=lambda part: (part.support, part.id))
        self._procedures = {part.milestone.verb: part for part in parts}
        self._fixed = {
            kind: {
                verb: value
                for verb, value in self.cloned.parts.scores(kind, cues).items()
                if not verb or verb in self._procedures
            }
            for kind in self.cloned.parts.heads
        }

    def statements(self) -> list[Scored]:
        """Return complete statements, likeliest first; of equal ones the likeliest."""
        beam = [Scored(0.0, PartialStatement())]
        for kind in self.cloned.parts.heads:
            beam = _best([more for scored in beam for more in self._extended(scored, kind)], self.settings.width)
        different = {scored.parts: scored for scored in reversed(beam) if scored.parts}
        return sorted(different.values(), key=lambda scored: -scored.score)

    def _extended(self, scored: Scored, kind: str) -> Iterator[Scored]:
        """Yield the statement with every likely part of a kind, or without one."""
        said = self.cloned.parts.scores(kind, dict.fromkeys(scored.partial.said(self.wording), 1.0))
        odds = normalised({verb: value + said[verb] for verb, value in self._fixed[kind].items()})
        likely = max(odds.values(), default=0.0) - self.settings.unlikely
        for verb, value in odds.items():
            if value < likely:
                continue
            if not verb:
                yield scored._replace(score=scored.score + value)
                continue
            part = self._procedures[verb]
            start = Scored(
                scored.score + value + self._record(part), scored.partial.begin(), (*scored.procedures, part)
            )
            yield from (more._replace(partial=more.partial.end(verb)) for more in self._filled(start, part))

    def _filled(self, start: Scored, part: Procedure) -> list[Scored]:
        """Return the likeliest ways to fill a part."""
        beam = [start]
        for position in range(len(part.milestone.slots)):
            more = [more for scored in beam for more in self._choices(scored, part, position)]
            beam = _best(more, self.settings.narrow)
        return beam

    def _choices(self, scored: Scored, part: Procedure, position: int) -> Iterator[Scored]:
        """Yield the statement with every likely entity at a position."""
        where = part_place(part.milestone.verb, position)
        hole, weights, fixed = self._hole(part, position)
        taken = Taken(self.wording, scored.partial)
        values = {name: value + score(hole.changing(name, taken), weights) for name, value in fixed.items()}
        if not values:
            return
        highest = max(values.values())
        total = math.log(sum(math.exp(value - highest) for value in values.values()))
        for name, value in values.items():
            if value >= highest - self.settings.unlikely:
                regret = value - highest - self.settings.spread * total
                yield scored._replace(score=scored.score + regret, partial=scored.partial.fill(where, name))

    def _record(self, part: Procedure) -> float:
        """Return by how much executing a part moved its log posterior mean from where demonstrations had left it."""
        success, failure = part.evidence.counts()
        own, lost = part.evidence.earned()
        return math.log(self._mean(success, failure) / self._mean(success - own, failure - lost))

    def _mean(self, success: float, failure: float) -> float:
        return (success + self.prior.alpha0) / (success + failure + self.prior.alpha0 + self.prior.beta0)

    def _hole(self, part: Procedure, position: int) -> tuple[Hole, Weights, dict[str, float]]:
        """Return the candidates for a position, the weights, and what every candidate scores whatever is filled."""
        key = (part.milestone.verb, position)
        if key not in self._holes:
            kinds = set(part.slots[part.milestone.slots[position]].kinds)
            hole = Hole(self.wording, candidates(self.belief, kinds, self.cloned.parts.nameable))
            weights = self.cloned.arguments.of_part(*key).weights
            fixed = {name: score(hole.fixed(name), weights) for name in hole.candidates}
            self._holes[key] = (hole, weights, fixed)
        return self._holes[key]


def _best(beam: list[Scored], width: int) -> list[Scored]:
    return sorted(beam, key=lambda scored: -scored.score)[:width]
