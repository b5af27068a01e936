"""Put a command together from parts: the likeliest parts for the wording, filled with the likeliest entities.

A beam search over drafts. A draft's score is its log probability under what demonstrations taught, and the posterior of
every part counts with it, so that parts which keep failing lose to their rivals.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from macla.benchmarks.lexicon import Command
from macla.encoder import Encoder
from macla.methods.belief import Belief
from macla.methods.cloning.argument_model import Weights, score
from macla.methods.cloning.statements.part_model import BIAS, normalised
from macla.methods.cloning.statements.partial import Blank, Draft, SoFar, blank, candidates
from macla.methods.cloning.statements.wording import Wording
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.store import Memory

SPREAD = 0.3
"""Weight of how uncertain an entity is beside how much better the best rival is (Default, not swept)."""
WIDTH = 16
"""Drafts that are followed at once (Default)."""
NARROW = 6
"""Ways to fill one part of a draft that are followed at once (Default)."""
UNLIKELY = 5.0
"""Log odds behind the best rival at which a part or an entity is not followed (Default)."""


class Scored(NamedTuple):
    """A draft, its log probability, and the procedures its parts come from."""

    score: float
    draft: Draft
    procedures: tuple[Procedure, ...] = ()

    @property
    def parts(self) -> tuple[Command, ...]:
        """The parts of the command."""
        return self.draft.parts


class Composer:
    """Finds the likeliest commands that the parts in a memory make."""

    def __init__(self, memory: Memory, belief: Belief, encoder: Encoder) -> None:
        self.memory = memory
        self.belief = belief
        self.wording = Wording(belief)
        cues = self.wording.cues(encoder) | {BIAS: 1.0}
        self._slates: dict[tuple[str, int], tuple[Blank, Weights, dict[str, float]]] = {}
        parts = sorted(
            (each for each in memory.procedures.values() if each.part), key=lambda each: (each.support, each.id)
        )
        self._procedures = {part.milestone.verb: part for part in parts}
        self._fixed = {
            kind: {
                verb: value
                for verb, value in memory.composition.scores(kind, cues).items()
                if not verb or verb in self._procedures
            }
            for kind in memory.composition.heads
        }

    def drafts(self) -> list[Scored]:
        """Return complete drafts, likeliest first; of equal ones the likeliest."""
        beam = [Scored(0.0, Draft())]
        for kind in self.memory.composition.heads:
            beam = _best([each for scored in beam for each in self._extended(scored, kind)])
        different = {scored.parts: scored for scored in reversed(beam) if scored.parts}
        return sorted(different.values(), key=lambda scored: -scored.score)

    def _extended(self, scored: Scored, kind: str) -> Iterator[Scored]:
        """Yield the draft with every likely part of a kind, or without one."""
        said = self.memory.composition.scores(kind, dict.fromkeys(scored.draft.said(self.wording), 1.0))
        odds = normalised({verb: value + said[verb] for verb, value in self._fixed[kind].items()})
        likely = max(odds.values(), default=0.0) - UNLIKELY
        for verb, value in odds.items():
            if value < likely:
                continue
            if not verb:
                yield scored._replace(score=scored.score + value)
                continue
            part = self._procedures[verb]
            start = Scored(scored.score + value + _record(part), scored.draft.begin(), (*scored.procedures, part))
            yield from (each._replace(draft=each.draft.end(verb)) for each in self._filled(start, part))

    def _filled(self, start: Scored, part: Procedure) -> list[Scored]:
        """Return the likeliest ways to fill a part."""
        beam = [start]
        for position in range(len(part.milestone.slots)):
            beam = _best([each for scored in beam for each in self._choices(scored, part, position)], NARROW)
        return beam

    def _choices(self, scored: Scored, part: Procedure, position: int) -> Iterator[Scored]:
        """Yield the draft with every likely entity at a position."""
        where = blank(part.milestone.verb, position)
        slate, weights, fixed = self._slate(part, position)
        so_far = SoFar(self.wording, scored.draft)
        values = {name: value + score(slate.changing(name, so_far), weights) for name, value in fixed.items()}
        if not values:
            return
        highest = max(values.values())
        total = math.log(sum(math.exp(value - highest) for value in values.values()))
        for name, value in values.items():
            if value >= highest - UNLIKELY:
                regret = value - highest - SPREAD * total
                yield scored._replace(score=scored.score + regret, draft=scored.draft.fill(where, name))

    def _slate(self, part: Procedure, position: int) -> tuple[Blank, Weights, dict[str, float]]:
        """Return the candidates for a position, the weights, and what every candidate scores whatever the draft."""
        key = (part.milestone.verb, position)
        if key not in self._slates:
            kinds = set(part.slots[part.milestone.slots[position]].kinds)
            slate = Blank(self.wording, candidates(self.belief, kinds, self.memory.composition.nameable))
            weights = self.memory.preferences.of_part(*key).weights
            fixed = {name: score(slate.fixed(name), weights) for name in slate.candidates}
            self._slates[key] = (slate, weights, fixed)
        return self._slates[key]


def _record(part: Procedure) -> float:
    """Return by how much executing a part lowered or raised its log posterior mean beyond what demonstrations show."""
    success, failure = part.evidence.counts()
    own, lost = part.evidence.earned()
    now = (success + 1) / (success + failure + 2)
    shown = (success - own + 1) / (success - own + failure - lost + 2)
    return math.log(now / shown)


def _best(beam: list[Scored], width: int = WIDTH) -> list[Scored]:
    return sorted(beam, key=lambda scored: -scored.score)[:width]
