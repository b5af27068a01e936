"""Candidates for one argument of a command, seen side by side: what tells the one a demonstrator chose from the others.

Every feature speaks of the episode alone (the task's words, what was seen and done), so that weights learned on one
task serve another. Kinds of entity occur in names of features as the data spells them, e.g. ``least price``,
``named by the task``, ``city as the task wants``, ``belongs to argument 0``.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from macla.methods.belief import Belief
from macla.methods.cloning.settings import ArgumentSettings
from macla.methods.words import read_number, words

Features = dict[str, float]
"""Feature → value, zeros left out."""
Bound = Mapping[int, str]
"""Argument position → entity, for the positions filled before."""


@lru_cache(maxsize=4096)
def place(verb: str, position: int) -> str:
    """Return the word right before an argument's place: places behind one word are alike across verbs."""
    before = verb.split("{}")[position].split()
    return before[-1] if before else ""


class CandidateSet:
    """The candidates for the argument at ``position`` of a command ``verb`` in the present situation."""

    def __init__(
        self,
        belief: Belief,
        settings: ArgumentSettings,
        verb: str,
        position: int,
        *,
        candidates: Sequence[str],
        bound: Bound,
    ) -> None:
        self.belief = belief
        self.counts = settings.counts
        self.candidates = candidates
        self.bound = bound
        things = belief.things
        self._task = words(belief.task)
        self._used = {name for command in things.used for name in command.arguments}
        here = [c.arguments[position] for c in things.used if c.verb == verb]
        alike = [a for c in things.used for p, a in enumerate(c.arguments) if place(c.verb, p) == place(verb, position)]
        self._here, self._newest_here = set(here), here[-1] if here else None
        self._alike, self._newest_alike = set(alike), alike[-1] if alike else None
        self._newest = {place(c.verb, p): name for c in things.used for p, name in enumerate(c.arguments)}
        self._last = set(belief.last_command.arguments) if belief.last_command else set()
        self._last_word = belief.last_command.verb.split()[0] if belief.last_command else ""
        self._sight = set(things.sight)
        known = set(candidates)
        self._first = next((name for name in things.sight if name in known), None)
        self._place = {name: rank / len(things.sight) for rank, name in enumerate(things.sight)}
        self._next_named = next((n for n in belief.named if n in known and n not in self._here), None)
        in_turn = [name for name in dict.fromkeys(a for c in things.used for a in c.arguments) if name in known]
        self._following = _after(in_turn, self._newest_alike)
        named = [name for name in belief.named if name in known]
        self._ahead = {name: ahead for ahead, name in enumerate(_after(named, self._newest_alike), 1)}
        self._wanted: dict[str, set[str]] = {}
        for name, kind in belief.named.items():
            self._wanted.setdefault(kind, set()).add(name.lower())
        had = {(kind, value.lower()) for name in self._used for kind, value in things.attributes.get(name, ())}
        self._had = {(k, v.lower()) for n in known & self._used for k, v in things.attributes.get(n, ())}
        self._had_kinds = {kind for kind, _ in self._had}
        self._open = {(kind, value) for kind, values in self._wanted.items() for value in values} - had
        self._name_share = {name: _share(words(name), self._task) for name in candidates}
        self._text_share = {name: _share(self._task, words(things.text.get(name, name))) for name in candidates}
        self._best_name = max(self._name_share.values(), default=0.0)
        self._best_text = max(self._text_share.values(), default=0.0)
        self._numbers = {name: dict(_numbers(things.attributes.get(name, ()))) for name in candidates}
        self._least, self._most = _extremes(self._numbers.values())
        self._bounds = {kind: read_number(next(iter(names))) for kind, names in self._wanted.items() if len(names) == 1}

    def features(self, name: str) -> Features:
        """Return the features of one candidate."""
        belief, things = self.belief, self.belief.things
        flags = {
            "named by the task": name in belief.named,
            "next that the task names": name == self._next_named,
            "in sight": name in self._sight,
            "first in sight": name == self._first,
            "used": name in self._used,
            "used here": name in self._here,
            "used last here": name == self._newest_here,
            "used in such a place": name in self._alike,
            "used last in such a place": name == self._newest_alike,
            "in the last command": name in self._last,
            "first used after the last in such a place": name in self._following[:1],
            f"in the last command, {self._last_word}": name in self._last,
            "in the task's words": self._name_share[name] == 1.0,
            "most in the task's words": 0 < self._name_share[name] == self._best_name,
            "text has most of the task's words": 0 < self._text_share[name] == self._best_text,
            "its whole is settled": things.whole.get(name) in things.settled,
            f"is {belief.types.get(name, 'new')}": True,
        }
        row = {feature: 1.0 for feature, holds in flags.items() if holds}
        row["later in sight"] = self._place.get(name, 0.0)
        row["share in the task's words"] = self._name_share[name]
        row["text's share of the task's words"] = self._text_share[name]
        self._attributes(row, things.attributes.get(name, ()))
        self._relations(row, name)
        self._order(row, name)
        for kind, number in self._numbers[name].items():
            self._number(row, kind, number)
        return row

    def _order(self, row: Features, name: str) -> None:
        """Where it stands in the order in which the task names, and commands used, such things."""
        for word, newest in self._newest.items():
            if name == newest:
                row[f"newest after {word}"] = 1.0
        if 1 <= self._ahead.get(name, 0) < self.counts:
            row[f"named {self._ahead[name]} after the last in such a place"] = 1.0

    def _number(self, row: Features, kind: str, number: float) -> None:
        """How large one of its numbers is: by itself, among the candidates, beside the numbers that the task names."""
        row[f"size of {kind}"] = math.copysign(math.log1p(abs(number)), number)
        if number in range(self.counts):
            row[f"{kind} {number:g}"] = 1.0
        if number == self._least.get(kind):
            row[f"least {kind}"] = 1.0
        if number == self._most.get(kind):
            row[f"most {kind}"] = 1.0
        for wanted, limit in self._bounds.items():
            if limit is not None:
                row[f"{kind} {'above' if number > limit else 'at most'} the task's {wanted}"] = 1.0
                if kind == wanted and 0 < number < limit:
                    row[f"{kind} makes up the task's"] = math.log(math.ceil(limit / number))

    def _attributes(self, row: Features, attributes: Sequence[tuple[str, str]]) -> None:
        """What its own attributes say beside what the task wants of them, and what those used before have."""
        for kind in {kind for kind, _ in attributes}:
            values = {value.lower() for of_kind, value in attributes if of_kind == kind}
            if kind in self._had_kinds and not all(read_number(value) is not None for value in values):
                row[f"{kind} {'as' if any((kind, value) in self._had for value in values) else 'unlike'} before"] = 1.0
            if kind in self._wanted:
                agree = values & self._wanted[kind]
                row[f"{kind} {'as' if agree else 'not as'} the task wants"] = 1.0
                if missing := sum((kind, value) in self._open for value in agree):
                    row[f"{kind} still wanted"] = float(missing)

    def _relations(self, row: Features, name: str) -> None:
        """How it stands to the arguments filled before, and to the last command."""
        things = self.belief.things
        values = {value for _, value in things.attributes.get(name, ())}
        revealers = things.revealers.get(name, set())
        for position, other in self.bound.items():
            related = {
                "is": name == other,
                "has": other in values,
                "belongs to": other in revealers,
                "is of": any(name == value for _, value in things.attributes.get(other, ())),
            }
            for relation, holds in related.items():
                if holds:
                    row[f"{relation} argument {position}"] = row[f"{relation} an argument"] = 1.0
        if values & self._last or revealers & self._last:
            row["of the last command's"] = 1.0


def _after(names: Sequence[str], last: str | None) -> Sequence[str]:
    """Return the names after ``last``; all where it is not among them."""
    return names[names.index(last) + 1 :] if last in names else names


def _share(some: frozenset[str], of: frozenset[str]) -> float:
    return len(some & of) / len(some) if some else 0.0


def _numbers(attributes: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
    return [(kind, number) for kind, value in attributes if (number := read_number(value)) is not None]


def _extremes(numbers: Iterable[Mapping[str, float]]) -> tuple[dict[str, float], dict[str, float]]:
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for own in numbers:
        for kind, number in own.items():
            least[kind] = min(number, least.get(kind, number))
            most[kind] = max(number, most.get(kind, number))
    return least, most
