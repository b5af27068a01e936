"""A command that is being put together from parts: what was filled in so far, and what tells candidates for the next.

Every feature speaks of the episode alone, as in ``choice.py``; the places of arguments go by the parts' own words.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from macla.benchmarks.lexicon import Command
from macla.methods.belief import Belief
from macla.methods.cloning.candidate_features import Features, place
from macla.methods.cloning.statements.wording import NOWHERE, Spot, Wording

NEAR = 3
"""Words between two mentions that stand close to each other, at most (Default)."""


def candidates(belief: Belief, kinds: Set[str], nameable: Set[str]) -> list[str]:
    """Return what may fill a place: known entities of ``kinds``, of ``nameable`` kinds only what the task names."""
    return [
        name for name, kind in belief.types.items() if kind in kinds and (name in belief.named or kind not in nameable)
    ]


def head(verb: str) -> str:
    """Return what kind of part it is: its first word."""
    return verb.split(maxsplit=1)[0]


def blank(verb: str, position: int) -> str:
    """Return the place of an argument of a part: the kind of part and the word right before."""
    return f"{head(verb)} {place(verb, position)}"


@dataclass(frozen=True)
class Draft:
    """The parts so far, and per argument its place and the entity."""

    parts: tuple[Command, ...] = ()
    filled: tuple[tuple[str, str], ...] = ()
    here: int = 0
    """How many of the arguments are of the parts before the present one."""

    def begin(self) -> "Draft":
        """Return the draft with the next part begun."""
        return replace(self, here=len(self.filled))

    def fill(self, where: str, name: str) -> "Draft":
        """Return the draft with one more argument of the present part."""
        return replace(self, filled=(*self.filled, (where, name)))

    def end(self, verb: str) -> "Draft":
        """Return the draft with the present part complete."""
        part = Command(verb, tuple(name for _, name in self.filled[self.here :]))
        return Draft((*self.parts, part), self.filled, len(self.filled))

    def add(self, part: Command) -> "Draft":
        """Return the draft with one more part, filled."""
        draft = self.begin()
        for position, name in enumerate(part.arguments):
            draft = draft.fill(blank(part.verb, position), name)
        return draft.end(part.verb)

    def said(self, wording: Wording) -> list[str]:
        """Return the facts about the parts so far, and about what they leave open, that the next may depend on."""
        last = f"after {self.parts[-1].verb}" if self.parts else "first"
        facts = [last, *(f"with {part.verb}" for part in self.parts)]
        taken = {place for _, name in self.filled for place in wording.spot(name).places}
        left = [word for place, word in enumerate(wording.understood) if place not in taken and word.startswith("<")]
        facts += [f"open {kind}" for kind in sorted(set(left))]
        facts += [f"open {kind} with {self.parts[0].verb}" for kind in sorted(set(left)) if self.parts]
        return facts if left else [*facts, "nothing open"]


class Blank:
    """The candidates for an argument of a part: what the instruction says of them is the same for every draft."""

    def __init__(self, wording: Wording, candidates: Sequence[str]) -> None:
        self.wording, self.candidates = wording, candidates
        self.belief: Belief = wording.belief
        self._best = max((_weight(wording.spot(name)) for name in candidates), default=0.0)

    def fixed(self, name: str) -> Features:
        """Return the features of a candidate that hold whatever the draft."""
        spot = self.wording.spot(name)
        row = {f"is {self.belief.types.get(name, 'new')}": 1.0}
        self._mentioned(row, spot)
        self._held(row, name, spot)
        return row

    def changing(self, name: str, so_far: "SoFar") -> Features:
        """Return the features of a candidate that depend on the draft."""
        row: Features = {}
        if name == so_far.next_named:
            row["next that the task names"] = 1.0
        self._related(row, name, so_far)
        if so_far.before is not None:
            self._next_to(row, name, so_far.before)
        return row

    def row(self, name: str, draft: Draft) -> Features:
        """Return all features of one candidate."""
        return self.fixed(name) | self.changing(name, SoFar(self.wording, draft))

    def _mentioned(self, row: Features, spot: Spot) -> None:
        """Whether and how the instruction speaks of it."""
        if not spot.places:
            row["not in the task's words"] = 1.0
            return
        row["share in the task's words"] = spot.share
        row["all in the task's words"] = float(spot.share == 1.0)
        row["words in the task's words"] = float(len(spot.places))
        row["most in the task's words"] = float(_weight(spot) == self._best)
        said, first, last = self.wording.words, spot.places[0], spot.places[-1]
        row[f"behind {said[first - 1] if first else '^'}"] = 1.0
        row[f"behind {' '.join(self.wording.understood[max(0, first - 2) : first])}"] = 1.0
        row[f"before {said[last + 1] if last + 1 < len(said) else '$'}"] = 1.0
        row["how late in the task"] = first / len(said)

    def _held(self, row: Features, name: str, spot: Spot) -> None:
        """Whether the instruction speaks of what revealed it."""
        revealers = self.belief.things.revealers.get(name, set())
        spots = [self.wording.spot(each) for each in revealers]
        share = max((each.share for each in spots), default=0.0)
        row["share of its holder in the task's words"] = share
        row["its holder all in the task's words"] = float(share == 1.0)
        if share == 1.0 and spot.places:
            close = min(abs(spot.places[0] - each.places[0]) for each in spots if each.places)
            row["close to its holder in the task"] = float(close <= NEAR)

    def _related(self, row: Features, name: str, so_far: "SoFar") -> None:
        """How it stands to the arguments before."""
        spot, its = self.wording.spot(name), self.wording.name(name)
        if not so_far.among.isdisjoint(self.belief.things.revealers.get(name, ())):
            row["its holder is in the draft"] = 1.0
        if name in so_far.holders:
            row["holds of the draft"] = 1.0
            if name in so_far.missing:
                row["holds what nothing in the draft does"] = 1.0
        if name in so_far.among:
            row["is in the draft"] = 1.0
            row.update({f"is at {where}": 1.0 for where, other in so_far.draft.filled if other == name})
        elif not so_far.taken.isdisjoint(spot.places):
            row["words that speak of others"] = 1.0
            if so_far.taken.issuperset(spot.places):
                row["only words that speak of others"] = 1.0
        if its and not its.isdisjoint(so_far.words):
            row["named like one in the draft"] = 1.0
            if its in so_far.names and name not in so_far.among:
                row["same name as one in the draft"] = 1.0

    def _next_to(self, row: Features, name: str, before: str) -> None:
        """How it stands to the argument right before, in the same part."""
        revealers, spot = self.belief.things.revealers, self.wording.spot(name)
        mine, its = self.wording.name(name), self.wording.name(before)
        if not mine.isdisjoint(its):
            row["like the one before"] = 1.0
            if mine == its:
                row["same name as the one before"] = 1.0
        if not revealers.get(name, set()).isdisjoint(revealers.get(before, ())):
            row["of the same as the one before"] = 1.0
        if self.belief.types.get(name) == self.belief.types.get(before):
            row["same kind as the one before"] = 1.0
        there = self.wording.spot(before)
        if spot.places and there.places:
            away = spot.places[0] - there.places[0]
            row["said after the one before"] = float(away > 0)
            row["said close to the one before"] = float(0 < abs(away) <= NEAR)
            row["said right after the one before"] = float(0 < away <= NEAR)


class SoFar:
    """What a draft says of any further argument."""

    def __init__(self, wording: Wording, draft: Draft) -> None:
        self.draft = draft
        revealers, named = wording.belief.things.revealers, wording.belief.named
        filled = [name for _, name in draft.filled]
        self.among = set(filled)
        self.before = filled[-1] if len(filled) > draft.here else None
        """The argument right before, if the present part has one."""
        self.next_named = next((name for name in named if name not in self.among), None)
        self.taken = {place for name in self.among for place in wording.spot(name).places}
        """The words of the instruction that speak of the arguments so far."""
        self.names = {wording.name(name) for name in self.among if name in wording.belief.types}
        self.words = {word for its in self.names for word in its}
        self.holders = {each for name in self.among for each in revealers.get(name, ())}
        self.missing = {
            each for name in self.among if self.among.isdisjoint(its := revealers.get(name, ())) for each in its
        }
        """What holds an argument that nothing in the draft holds."""


def _weight(spot: Spot) -> float:
    return len(spot.places) * spot.share if spot is not NOWHERE else 0.0
