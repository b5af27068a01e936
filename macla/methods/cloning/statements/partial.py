"""A statement that is being put together from parts: what was filled in so far, and what tells candidates for the next.

Every feature speaks of the episode alone, as in ``candidate_features.py``; the places of arguments go by the parts'
own words.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from macla.benchmarks.lexicon import Command
from macla.methods.belief import Belief
from macla.methods.cloning.candidate_features import Features, place
from macla.methods.cloning.statements.wording import NOWHERE, TextSpan, Wording


def candidates(belief: Belief, kinds: Set[str], nameable: Set[str]) -> list[str]:
    """Return what may fill a place: known entities of ``kinds``, of ``nameable`` kinds only what the task names."""
    return [
        name for name, kind in belief.types.items() if kind in kinds and (name in belief.named or kind not in nameable)
    ]


def head(verb: str) -> str:
    """Return what kind of part it is: its first word."""
    return verb.split(maxsplit=1)[0]


def part_place(verb: str, position: int) -> str:
    """Return the place of an argument of a part: the kind of part and the word right before."""
    return f"{head(verb)} {place(verb, position)}"


@dataclass(frozen=True)
class PartialStatement:
    """The parts so far, and per argument its place and the entity."""

    parts: tuple[Command, ...] = ()
    filled: tuple[tuple[str, str], ...] = ()
    here: int = 0
    """How many of the arguments are of the parts before the present one."""

    def begin(self) -> "PartialStatement":
        """Return the statement with the next part begun."""
        return replace(self, here=len(self.filled))

    def fill(self, where: str, name: str) -> "PartialStatement":
        """Return the statement with one more argument of the present part."""
        return replace(self, filled=(*self.filled, (where, name)))

    def end(self, verb: str) -> "PartialStatement":
        """Return the statement with the present part complete."""
        part = Command(verb, tuple(name for _, name in self.filled[self.here :]))
        return PartialStatement((*self.parts, part), self.filled, len(self.filled))

    def add(self, part: Command) -> "PartialStatement":
        """Return the statement with one more part, filled."""
        partial = self.begin()
        for position, name in enumerate(part.arguments):
            partial = partial.fill(part_place(part.verb, position), name)
        return partial.end(part.verb)

    def said(self, wording: Wording) -> list[str]:
        """Return the facts about the parts so far, and about what they leave open, that the next may depend on."""
        last = f"after {self.parts[-1].verb}" if self.parts else "first"
        facts = [last, *(f"with {part.verb}" for part in self.parts)]
        taken = {place for _, name in self.filled for place in wording.span(name).places}
        left = [word for place, word in enumerate(wording.understood) if place not in taken and word.startswith("<")]
        facts += [f"open {kind}" for kind in sorted(set(left))]
        facts += [f"open {kind} with {self.parts[0].verb}" for kind in sorted(set(left)) if self.parts]
        return facts if left else [*facts, "nothing open"]


class Hole:
    """The candidates for an argument of a part: what the instruction says of them never changes."""

    def __init__(self, wording: Wording, candidates: Sequence[str]) -> None:
        self.wording, self.candidates = wording, candidates
        self.belief: Belief = wording.belief
        self.near = wording.settings.statements.near
        self._best = max((_weight(wording.span(name)) for name in candidates), default=0.0)

    def fixed(self, name: str) -> Features:
        """Return the features of a candidate that hold whatever else is filled."""
        span = self.wording.span(name)
        row = {f"is {self.belief.types.get(name, 'new')}": 1.0}
        self._mentioned(row, span)
        self._held(row, name, span)
        return row

    def changing(self, name: str, taken: "Taken") -> Features:
        """Return the features of a candidate that depend on what was filled so far."""
        row: Features = {}
        if name == taken.next_named:
            row["next that the task names"] = 1.0
        self._related(row, name, taken)
        if taken.before is not None:
            self._next_to(row, name, taken.before)
        return row

    def features(self, name: str, partial: PartialStatement) -> Features:
        """Return all features of one candidate."""
        return self.fixed(name) | self.changing(name, Taken(self.wording, partial))

    def _mentioned(self, row: Features, span: TextSpan) -> None:
        """Whether and how the instruction speaks of it."""
        if not span.places:
            row["not in the task's words"] = 1.0
            return
        row["share in the task's words"] = span.share
        row["all in the task's words"] = float(span.share == 1.0)
        row["words in the task's words"] = float(len(span.places))
        row["most in the task's words"] = float(_weight(span) == self._best)
        said, first, last = self.wording.words, span.places[0], span.places[-1]
        row[f"behind {said[first - 1] if first else '^'}"] = 1.0
        row[f"behind {' '.join(self.wording.understood[max(0, first - 2) : first])}"] = 1.0
        row[f"before {said[last + 1] if last + 1 < len(said) else '$'}"] = 1.0
        row["how late in the task"] = first / len(said)

    def _held(self, row: Features, name: str, span: TextSpan) -> None:
        """Whether the instruction speaks of what revealed it."""
        revealers = self.belief.things.revealers.get(name, set())
        spans = [self.wording.span(holder) for holder in revealers]
        share = max((held.share for held in spans), default=0.0)
        row["share of its holder in the task's words"] = share
        row["its holder all in the task's words"] = float(share == 1.0)
        if share == 1.0 and span.places:
            close = min(abs(span.places[0] - held.places[0]) for held in spans if held.places)
            row["close to its holder in the task"] = float(close <= self.near)

    def _related(self, row: Features, name: str, taken: "Taken") -> None:
        """How it stands to the arguments before."""
        span, own = self.wording.span(name), self.wording.name(name)
        if not taken.among.isdisjoint(self.belief.things.revealers.get(name, ())):
            row["its holder is in the statement"] = 1.0
        if name in taken.holders:
            row["holds of the statement"] = 1.0
            if name in taken.missing:
                row["holds what nothing in the statement does"] = 1.0
        if name in taken.among:
            row["is in the statement"] = 1.0
            row.update({f"is at {where}": 1.0 for where, other in taken.partial.filled if other == name})
        elif not taken.places.isdisjoint(span.places):
            row["words that speak of others"] = 1.0
            if taken.places.issuperset(span.places):
                row["only words that speak of others"] = 1.0
        if own and not own.isdisjoint(taken.words):
            row["named like one in the statement"] = 1.0
            if own in taken.names and name not in taken.among:
                row["same name as one in the statement"] = 1.0

    def _next_to(self, row: Features, name: str, before: str) -> None:
        """How it stands to the argument right before, in the same part."""
        revealers, span = self.belief.things.revealers, self.wording.span(name)
        mine, other = self.wording.name(name), self.wording.name(before)
        if not mine.isdisjoint(other):
            row["like the one before"] = 1.0
            if mine == other:
                row["same name as the one before"] = 1.0
        if not revealers.get(name, set()).isdisjoint(revealers.get(before, ())):
            row["of the same as the one before"] = 1.0
        if self.belief.types.get(name) == self.belief.types.get(before):
            row["same kind as the one before"] = 1.0
        there = self.wording.span(before)
        if span.places and there.places:
            away = span.places[0] - there.places[0]
            row["said after the one before"] = float(away > 0)
            row["said close to the one before"] = float(0 < abs(away) <= self.near)
            row["said right after the one before"] = float(0 < away <= self.near)


class Taken:
    """What a partial statement says of any further argument."""

    def __init__(self, wording: Wording, partial: PartialStatement) -> None:
        self.partial = partial
        revealers, named = wording.belief.things.revealers, wording.belief.named
        filled = [name for _, name in partial.filled]
        self.among = set(filled)
        self.before = filled[-1] if len(filled) > partial.here else None
        """The argument right before, if the present part has one."""
        self.next_named = next((name for name in named if name not in self.among), None)
        self.places = {place for name in self.among for place in wording.span(name).places}
        """The words of the instruction that speak of the arguments so far."""
        self.names = {wording.name(name) for name in self.among if name in wording.belief.types}
        self.words = {word for own in self.names for word in own}
        self.holders = {holder for name in self.among for holder in revealers.get(name, ())}
        self.missing = {
            holder
            for name in self.among
            if self.among.isdisjoint(holders := revealers.get(name, ()))
            for holder in holders
        }
        """What holds an argument that nothing in the statement holds."""


def _weight(span: TextSpan) -> float:
    return len(span.places) * span.share if span is not NOWHERE else 0.0
