"""Meta-procedures from sequences that recur in successful episodes (``docs/spec/paper.md §7``)."""

from collections import deque
from math import ceil

from macla.methods.macla.equations.meta_value import MetaEstimate, meta_value, worth_creating
from macla.methods.macla.learning.recurrence import Key, MetaRun, Recent, Recurrence, Run, Sequences, collapse
from macla.methods.macla.learning.refine_metas import add_branches, drop_redundant, reorder
from macla.methods.macla.memory.events import Composed, Pruned
from macla.methods.macla.memory.meta import Control, MetaProcedure
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.models.malformed import Malformed
from macla.models.requests import DistilPolicy, FrozenModel, Policy

DECIMALS = 6
"""Of the value in a ``pruned`` event."""


class MetaComposer:
    """Watches episodes go by, composes what recurs in θ_meta of the recent window or more, and refines what it made."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.needed = max(settings.composition.shortest, ceil(settings.theta_meta * settings.composition.window))
        self._recent = Recent(settings.composition)
        self._seen: dict[Key, Recurrence] = {}
        self._runs: dict[str, deque[MetaRun]] = {}
        """Meta-procedure → its latest successful runs."""

    def observe(self, episode: Sequences) -> None:
        """Take in one episode; only successful ones can bring a sequence forward."""
        composition = self.settings.composition
        self._recent.add(episode)
        for run in episode.metas:
            if run.success:
                self._runs.setdefault(run.meta, deque(maxlen=composition.traces)).append(run)
        if not episode.success:
            return
        names, runs, first = collapse(episode.procedures)
        for start in range(len(names) - composition.shortest + 1):
            key = (names[start:], episode.goal)
            seen = self._seen.setdefault(key, Recurrence())
            seen.times += 1
            seen.shown += episode.shown
            seen.before.update(episode.before[first[start]])
            seen.runs.append(Run(runs[start:], names[start - 1] if start else ""))
            times = self._recent.times(*key)
            seen.frequency = max(seen.frequency, times / composition.window)
            seen.recurred |= times >= self.needed

    def miss(self, episode: Sequences, missed: str) -> None:
        """Take in that a demonstration, ``episode`` so far, then failed at the procedure ``missed``."""
        names, _, _ = collapse((*episode.procedures, missed))
        for start in range(len(names) - self.settings.composition.shortest + 1):
            self._seen.setdefault((names[start:], episode.goal), Recurrence()).failed += 1

    def compose(self, memory: Memory, model: FrozenModel) -> list[str]:
        """Refine the meta-procedures of ``memory``, and add what recurred since the last call; return the new ids.

        What was refined is not distilled anew by its old shape: dropping and reordering come first. Branches come
        last, for what has become a meta-procedure of its own is no branch.
        """
        drop_redundant(memory, self._runs, self.needed)
        reorder(memory, self._recent, self.needed)
        created = self._create(memory, model)
        add_branches(memory, self._seen)
        return created

    def _create(self, memory: Memory, model: FrozenModel) -> list[str]:
        due = [(key, seen) for key, seen in sorted(self._seen.items()) if seen.recurred and seen.times]
        due = [(key, seen) for key, seen in due if all(child in memory.procedures for child in key[0])]
        policies = model.ask([self._distil_request(memory, children, goal) for (children, goal), _ in due])
        created: list[str] = []
        composed = len({event.meta for event in memory.events if isinstance(event, Composed)}) if due else 0
        for ((children, goal), seen), policy in zip(due, policies, strict=True):
            if isinstance(policy, Malformed):
                continue  # it stays due: asked for again at the next call
            known = memory.meta_of(children)
            if known is None:
                if not self._make_room(memory, children, seen):
                    continue
                created.append(f"m{composed + len(created) + 1:04d}")
            memory.apply(
                Composed(
                    meta=created[-1] if known is None else known.id,
                    children=children,
                    controls=_controls(policy, len(children)),
                    goal=goal,
                    times=seen.times,
                    shown=seen.shown,
                    failed=seen.failed,
                    before=tuple(sorted(seen.before.items())),
                    frequency=seen.frequency,
                )
            )
            seen.told()
        return created

    def _make_room(self, memory: Memory, children: tuple[str, ...], seen: Recurrence) -> bool:
        """Whether a new meta-procedure is worth creating (Eq 17); at capacity the least valuable one goes for it.

        Where Eq 16-17 are switched off everything is, and pruning (Eq 8) keeps the capacity.
        """
        if not self.settings.departures.meta_value:
            return True
        values = {meta.id: self._value_of(memory, meta) for meta in memory.metas.values()}
        candidate = self._value(memory, children, seen.frequency, (seen.times, seen.failed))
        capacity = self.settings.n_metas
        if not worth_creating(candidate, list(values.values()), capacity):
            return False
        if len(values) >= capacity:
            least = min(values, key=lambda name: (values[name], name))
            memory.apply(Pruned(procedure=least, utility=round(values[least], DECIMALS)))
        return True

    def _value_of(self, memory: Memory, meta: MetaProcedure) -> float:
        return self._value(memory, meta.children, meta.frequency, meta.evidence.counts())

    def _value(
        self, memory: Memory, children: tuple[str, ...], frequency: float, outcomes: tuple[float, float]
    ) -> float:
        """Return V of a sequence (Eq 16): by how often it recurred, and by its own (successes, failures)."""
        prior = prior_of(memory, self.settings)

        def posterior_mean(successes: float, failures: float) -> float:
            return (successes + prior.alpha0) / (successes + failures + prior.alpha0 + prior.beta0)

        parts = tuple(posterior_mean(*memory.procedures[child].evidence.counts()) for child in children)
        estimate = MetaEstimate(frequency, parts, posterior_mean(*outcomes))
        return meta_value(estimate, self.settings.composition.storage_cost, self.settings.r_max)

    def _distil_request(self, memory: Memory, children: tuple[str, ...], goal: str) -> DistilPolicy:
        """Return the request for Θ; episodes that did the same without one child are traces in which it ran 0 times.

        Every episode that did all of it ends with its own rest: whether the first child was there says what ran before.
        """
        latest = self.settings.composition.traces
        traces = [run.times for run in self._seen[children, goal].runs[-latest:]]
        for position, child in enumerate(children):
            shorter = self._seen.get((children[:position] + children[position + 1 :], goal))
            others = [run for run in shorter.runs if position or run.after != child] if shorter else []
            traces += [(*run.times[:position], 0, *run.times[position:]) for run in others[-latest:]]
        described = tuple(memory.procedures[child].milestone.text() for child in children)
        return DistilPolicy(goal=goal, children=described, traces=tuple(traces))


def _controls(policy: Policy, children: int) -> tuple[Control, ...]:
    """Return Θ; where a language model miscounted the children, plain *continue*, which is always sound."""
    controls = tuple(Control(skip=choice.skip, attempts=choice.attempts) for choice in policy.controls)
    return controls if len(controls) == children else (Control(),) * children
