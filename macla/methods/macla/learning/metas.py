"""Meta-procedures from sequences that recur in successful episodes (``docs/spec/paper.md §7``)."""

from collections import Counter, deque
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, prod

from macla.methods.macla.equations.meta_value import MetaEstimate, meta_value, worth_creating
from macla.methods.macla.memory.events import Composed, Pruned
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.models.malformed import Malformed
from macla.models.requests import DistilPolicy, FrozenModel, Policy

DECIMALS = 6
"""Of the value in a ``pruned`` event."""


@dataclass(frozen=True, kw_only=True)
class Sequences:
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


class MetaComposer:
    """Watches episodes go by and composes what recurs in at least θ_meta of the recent window."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.needed = max(settings.composition.shortest, ceil(settings.theta_meta * settings.composition.window))
        self._window: deque[Sequences] = deque(maxlen=settings.composition.window)
        self._seen: dict[tuple[tuple[str, ...], str], _Recurrence] = {}

    def observe(self, episode: Sequences) -> None:
        """Take in one episode; only successful ones can bring a sequence forward."""
        self._window.append(episode)
        if not episode.success:
            return
        names, runs, first = collapse(episode.procedures)
        for start in range(len(names) - self.settings.composition.shortest + 1):
            key = (names[start:], episode.goal)
            seen = self._seen.setdefault(key, _Recurrence())
            seen.times += 1
            seen.shown += episode.shown
            seen.before.update(episode.before[first[start]])
            seen.runs.append(runs[start:])
            seen.recurred |= self._times_recent(*key) >= self.needed

    def miss(self, episode: Sequences, missed: str) -> None:
        """Take in that a demonstration, ``episode`` so far, then failed at the procedure ``missed``."""
        names, _, _ = collapse((*episode.procedures, missed))
        for start in range(len(names) - self.settings.composition.shortest + 1):
            self._seen.setdefault((names[start:], episode.goal), _Recurrence()).failed += 1

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
            memory.apply(
                Composed(
                    meta=known[children],
                    children=children,
                    controls=_controls(policy, len(children)),
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
            meta.id: max(self._value(memory, meta.children, served) for served in meta.goals)
            for meta in memory.metas.values()
        }
        candidate, capacity = self._value(memory, children, goal), self.settings.n_metas
        if not worth_creating(candidate, list(values.values()), capacity):
            return False
        if len(values) >= capacity:
            least = min(values, key=lambda name: (values[name], name))
            memory.apply(Pruned(procedure=least, utility=round(values[least], DECIMALS)))
        return True

    def _value(self, memory: Memory, children: tuple[str, ...], goal: str) -> float:
        """Return V of a sequence under a goal (Eq 16); its success is what its parts give until it has its own."""
        prior = prior_of(memory, self.settings)
        counts = [memory.procedures[child].evidence.counts() for child in children]
        parts = tuple((s + prior.alpha0) / (s + f + prior.alpha0 + prior.beta0) for s, f in counts)
        frequency = self._times_recent(children, goal) / self.settings.composition.window
        estimate = MetaEstimate(frequency, parts, prod(parts))
        return meta_value(estimate, self.settings.composition.storage_cost, self.settings.r_max)

    def _distil_request(self, memory: Memory, children: tuple[str, ...], goal: str) -> DistilPolicy:
        """Return the request for Θ; episodes that did the same without one child are traces in which it ran 0 times."""
        latest = self.settings.composition.traces
        traces = list(self._seen[children, goal].runs[-latest:])
        for position in range(len(children)):
            shorter = self._seen.get((children[:position] + children[position + 1 :], goal))
            others = shorter.runs[-latest:] if shorter else []
            traces += [(*runs[:position], 0, *runs[position:]) for runs in others]
        described = tuple(memory.procedures[child].milestone.text() for child in children)
        return DistilPolicy(goal=goal, children=described, traces=tuple(traces))

    def _times_recent(self, sequence: tuple[str, ...], goal: str) -> int:
        return sum(
            episode.success and episode.goal == goal and collapse(episode.procedures)[0][-len(sequence) :] == sequence
            for episode in self._window
        )


def _controls(policy: Policy, children: int) -> tuple[Control, ...]:
    """Return Θ; where a language model miscounted the children, plain *continue*, which is always sound."""
    controls = tuple(Control(skip=choice.skip, attempts=choice.attempts) for choice in policy.controls)
    return controls if len(controls) == children else (Control(),) * children


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
