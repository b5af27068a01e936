"""Meta-procedures from sequences that recur in successful episodes (``paper.md §7``)."""

from collections import Counter, deque
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, prod

from macla.methods.macla.equations.meta_value import MetaEstimate, ValueSettings, meta_value, worth_creating
from macla.methods.macla.memory.events import Composed, Pruned
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.memory.store import Memory
from macla.models.malformed import Malformed
from macla.models.requests import DistilPolicy, FrozenModel

WINDOW = 15
"""Recent episodes among which a sequence must recur (``paper.md §10``)."""
SHORTEST = 2
"""Procedures in the shortest meta (Default: Algorithm 1 says 3, the paper's own trace forms one of 2)."""

TRACES = 20
"""Latest traces from which Θ is distilled."""


@dataclass(frozen=True)
class Lived:
    """One episode as composition sees it: the procedures that achieved their postconditions, in order."""

    goal: str
    procedures: tuple[str, ...]
    before: tuple[tuple[Fact, ...], ...]
    """The situation before each of them."""
    success: bool
    shown: bool
    """Whether it is a demonstration."""


@dataclass
class _Recurrence:
    """What is known of one sequence under one goal."""

    times: int = 0
    shown: int = 0
    failed: int = 0
    """Demonstrations that ended with it and failed at its last procedure."""
    before: Counter[Fact] = field(default_factory=Counter)
    runs: list[tuple[int, ...]] = field(default_factory=list)
    recurred: bool = False


class Composer:
    """Watches episodes go by and composes what recurs in at least θ_meta of the last 15."""

    def __init__(self, theta_meta: float, capacity: int) -> None:
        self.capacity = capacity
        self.needed = max(SHORTEST, ceil(theta_meta * WINDOW))
        self._window: deque[Lived] = deque(maxlen=WINDOW)
        self._seen: dict[tuple[tuple[str, ...], str], _Recurrence] = {}

    def observe(self, episode: Lived) -> None:
        """Take in one episode; only successful ones can bring a sequence forward."""
        self._window.append(episode)
        if not episode.success:
            return
        collapsed, runs, first = collapse(episode.procedures)
        for start in range(len(collapsed) - SHORTEST + 1):
            key = (collapsed[start:], episode.goal)
            seen = self._seen.setdefault(key, _Recurrence())
            seen.times += 1
            seen.shown += episode.shown
            seen.before.update(episode.before[first[start]])
            seen.runs.append(runs[start:])
            seen.recurred |= self._times_recent(*key) >= self.needed

    def miss(self, episode: Lived, missed: str) -> None:
        """Take in that a demonstration, ``episode`` so far, then failed at the procedure ``missed``."""
        collapsed, _, _ = collapse((*episode.procedures, missed))
        for start in range(len(collapsed) - SHORTEST + 1):
            self._seen.setdefault((collapsed[start:], episode.goal), _Recurrence()).failed += 1

    def compose(self, memory: Memory, model: FrozenModel) -> list[str]:
        """Turn what recurred since the last call into meta-procedures of ``memory``; return the new ids."""
        due = [(key, seen) for key, seen in sorted(self._seen.items()) if seen.recurred and seen.times]
        due = [(key, seen) for key, seen in due if all(child in memory.procedures for child in key[0])]
        known = {meta.children: meta.id for meta in memory.metas.values()}
        policies = model.ask([self._distil_request(memory, children, goal) for (children, goal), _ in due])
        created = []
        for ((children, goal), seen), policy in zip(due, policies, strict=True):
            if isinstance(policy, Malformed):
                continue  # it stays due: asked for again at the next call
            if children not in known:
                if not self._make_room(memory, children, goal):
                    continue
                known[children] = _fresh_id(memory)
                created.append(known[children])
            controls = tuple(Control(skip=each.skip, attempts=each.attempts) for each in policy.controls)
            if len(controls) != len(children):  # a language model may miscount; plain *continue* is always sound
                controls = (Control(),) * len(children)
            memory.apply(
                Composed(
                    meta=known[children],
                    children=children,
                    controls=controls,
                    goal=goal,
                    times=seen.times,
                    shown=seen.shown,
                    failed=seen.failed,
                    before=tuple(sorted(seen.before.items())),
                )
            )
            seen.times, seen.shown, seen.failed, seen.before = 0, 0, 0, Counter()
        return created

    def _make_room(self, memory: Memory, children: tuple[str, ...], goal: str) -> bool:
        """Whether a new meta-procedure is worth creating (Eq 17); at capacity the least valuable one goes for it."""
        values = {
            meta.id: max(self._value(memory, meta.children, its) for its in meta.goals)
            for meta in memory.metas.values()
        }
        candidate = self._value(memory, children, goal)
        if not worth_creating(candidate, list(values.values()), self.capacity):
            return False
        if len(values) >= self.capacity:
            least = min(values, key=lambda name: (values[name], name))
            memory.apply(Pruned(procedure=least, utility=round(values[least], 6)))
        return True

    def _value(self, memory: Memory, children: tuple[str, ...], goal: str) -> float:
        """Return V of a sequence under a goal (Eq 16); its success is what its parts give until it has its own."""
        counts = [memory.procedures[child].evidence.counts() for child in children]
        parts = tuple((s + 1) / (s + f + 2) for s, f in counts)
        frequency = self._times_recent(children, goal) / WINDOW
        return meta_value(MetaEstimate(frequency, parts, prod(parts)), ValueSettings())

    def _distil_request(self, memory: Memory, children: tuple[str, ...], goal: str) -> DistilPolicy:
        """Return the request for Θ; episodes that did the same without one child are traces in which it ran 0 times."""
        traces = list(self._seen[children, goal].runs[-TRACES:])
        for position in range(len(children)):
            shorter = self._seen.get((children[:position] + children[position + 1 :], goal))
            others = shorter.runs[-TRACES:] if shorter else []
            traces += [(*runs[:position], 0, *runs[position:]) for runs in others]
        described = tuple(memory.procedures[child].milestone.text() for child in children)
        return DistilPolicy(goal=goal, children=described, traces=tuple(traces))

    def _times_recent(self, sequence: tuple[str, ...], goal: str) -> int:
        return sum(
            episode.success and episode.goal == goal and collapse(episode.procedures)[0][-len(sequence) :] == sequence
            for episode in self._window
        )


@lru_cache(maxsize=1024)
def collapse(procedures: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Return (procedures without immediate repetitions, how often each ran in a row, index of each first run)."""
    names: list[str] = []
    runs: list[int] = []
    first: list[int] = []
    for index, name in enumerate(procedures):
        if names and names[-1] == name:
            runs[-1] += 1
        else:
            names.append(name)
            runs.append(1)
            first.append(index)
    return tuple(names), tuple(runs), tuple(first)


def _fresh_id(memory: Memory) -> str:
    taken = {event.meta for event in memory.events if isinstance(event, Composed)}
    return f"m{len(taken) + 1:04d}"
