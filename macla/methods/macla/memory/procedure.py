"""A procedure ⟨G, Ψ, π, Φ⟩ with its evidence (``paper.md §2``), kept as tallies so that merging loses nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from macla.methods.macla.equations.beta import Evidence
from macla.methods.macla.memory.contexts import remember
from macla.methods.macla.memory.refinement import PlannedStep, Refinement
from macla.methods.macla.memory.segment import Condition, Context, Fact, Segment, StepKey

HOLDS_IN = 0.9
"""A condition belongs to Ψ or Φ when it held in this share of the merged segments (Default: the paper unites the
sets, which makes conjunctions that no state satisfies)."""
KEPT_IN = 0.5
"""A step without a guard belongs to π when this share of the merged segments executed it (Default)."""
PURE = 0.95
"""A guard tells executed from skipped occurrences of a step with this purity (Default)."""
GUARD_EVIDENCE = 3
"""Executed and skipped occurrences that a guard needs (Default)."""
RARELY = 0.05
"""A step that a smaller share of the merged segments skipped is always due, one that a smaller share executed was
a detour (Default)."""
MANY_GOALS = 20
"""Goals of tasks that name things outright for which a procedure has a descriptor: each such goal is met about once."""
MANY_SOURCES = 20
"""Source trajectories that are named for a procedure; the event log holds all."""


@dataclass
class StepTally:
    """How often a step was executed, and what was known then and at the segment's milestone."""

    executed: int = 0
    known: Counter[Fact] = field(default_factory=Counter)
    """Facts right before the step, over the segments that executed it."""
    later: Counter[Fact] = field(default_factory=Counter)
    """Facts right before the milestone, over the segments that executed the step."""
    distance: int = 0
    """Sum over segments of the number of steps from this one to the milestone; orders π."""


@dataclass
class SlotTally:
    """What filled a slot: kinds of entity, relations to other slots, and reuse within an episode."""

    kinds: Counter[str] = field(default_factory=Counter)
    holder_of: Counter[str] = field(default_factory=Counter)
    """Slot → how often this slot's entity was the one that had revealed that slot's entity."""
    same: int = 0
    """How often the slot, bound before in the episode, kept its entity …"""
    fresh: int = 0
    """… and how often it took a new one."""


@dataclass
class Procedure:
    """One procedure of the memory. Tallies are folded from segments; π, Ψ, Φ are derived from them."""

    id: str
    milestone: StepKey
    """The last, goal-reaching command of every merged segment."""
    needs: tuple[Fact, ...]
    """What had last been done to the task's entities; equal in every merged segment."""
    decisive: tuple[Condition, ...] = ()
    """The facts that decide for it where tasks name things outright; equal in every merged segment."""
    part: bool = False
    """Whether it is a part that commands are put together from; it is never executed alone."""
    goals: Counter[str] = field(default_factory=Counter)
    """G: the goal patterns it served."""
    support: int = 0
    """How many segments were merged into it."""
    before: Counter[Fact] = field(default_factory=Counter)
    at_milestone: Counter[Fact] = field(default_factory=Counter)
    after: Counter[Fact] = field(default_factory=Counter)
    steps: dict[StepKey, StepTally] = field(default_factory=dict)
    slots: dict[str, SlotTally] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    succeeded_in: list[Context] = field(default_factory=list)
    """S: contexts in which an execution succeeded …"""
    failed_in: list[Context] = field(default_factory=list)
    """… and F: in which one failed; at most K_fail each."""
    refinement: Refinement = field(default_factory=Refinement)
    sources: list[int] = field(default_factory=list)
    """The first source trajectories, as indices into the memory's list of sources."""
    last_used: int = 0

    def absorb(self, segment: Segment, kinds: Mapping[str, str], source: int) -> None:
        """Fold one segment in, with the kinds of entity that filled its slots (``paper.md §3.3``)."""
        self.goals[segment.goal] += 1
        self.support += 1
        self.before.update(segment.before)
        self.at_milestone.update(segment.at_milestone)
        self.after.update(segment.after)
        for index, step in enumerate(segment.steps):
            tally = self.steps.setdefault(step.key, StepTally())
            tally.executed += 1
            tally.known.update(step.known)
            tally.later.update(segment.at_milestone)
            tally.distance += len(segment.steps) - index
        for slot in segment.slots:
            filled = self.slots.setdefault(slot.name, SlotTally())
            filled.kinds[kinds[slot.name]] += 1
            filled.holder_of.update(slot.holder_of)
            filled.same += slot.reuse == "same"
            filled.fresh += slot.reuse == "fresh"
        self.evidence.add(shown=True, success=True)
        if len(self.sources) < MANY_SOURCES:
            self.sources.append(source)
        self._forget()

    def credit(self, success: bool, context: Context, k_fail: int) -> None:
        """Count one execution and remember its context in S or F (Algorithm 1, l.18-21)."""
        self.evidence.add(shown=False, success=success)
        if success:
            remember(self.succeeded_in, context, k_fail)
        else:
            remember(self.failed_in, context, k_fail, self.succeeded_in)
        self.last_used = context.episode

    def refine(self, change: Refinement) -> None:
        """Take what contrasting successes with failures found into Ψ, π and Φ (Eq 6).

        Outcomes in contexts that violate the new Ψ leave the posterior, S and F: the procedure would not be executed
        there any more, so they say nothing about it (Default: the paper keeps them, and a procedure that failed
        before it was refined stays below θ_conf after it). Demonstrations, and executions whose context was
        forgotten, leave in the share of the remembered ones.
        """
        self.refinement = self.refinement.with_(change)
        self.evidence.set_aside(self._leave(self.succeeded_in), self._leave(self.failed_in))
        self._forget()

    def _leave(self, contexts: list[Context]) -> float:
        """Forget the contexts that violate what contrast added to Ψ; return their share."""
        within = [context for context in contexts if all(each.held_in(context) for each in self.learned)]
        share = (len(contexts) - len(within)) / max(1, len(contexts))
        contexts[:] = within
        return share

    @cached_property
    def needed(self) -> tuple[Condition, ...]:
        """The part of Ψ that held before in at least :data:`HOLDS_IN` of the merged segments."""
        return (*_holding(self.before, self.support), *self.decisive)

    @property
    def learned(self) -> tuple[Condition, ...]:
        """The part of Ψ that contrast added: Ψ ∪ ΔΨ⁺ ∪ {¬ψ : ψ ∈ ΔΨ⁻} (Eq 6)."""
        required = tuple(Condition(*fact) for fact in self.refinement.require)
        return required + tuple(Condition(*fact, negated=True) for fact in self.refinement.forbid)

    @property
    def preconditions(self) -> tuple[Condition, ...]:
        """Ψ."""
        return self.needed + self.learned

    @cached_property
    def postconditions(self) -> tuple[Condition, ...]:
        """Φ: what held after in at least :data:`HOLDS_IN` of the merged segments, and what contrast added."""
        learned = [Condition(*fact) for fact in self.refinement.achieved]
        return tuple(dict.fromkeys((*_holding(self.after, self.support), *learned)))

    def shown_before(self, fact: Fact) -> float | None:
        """Return the share of demonstrations in which ``fact`` held before a step touched its slot; None: unknown."""
        if not fact.slot:
            return self.before[fact] / self.support if self.support else None
        for key in self._ordered():
            if fact.slot in key.slots:
                return self.steps[key].known[fact] / self.steps[key].executed
        return self.at_milestone[fact] / self.support if fact.slot in self.milestone.slots else None

    @cached_property
    def plan(self) -> tuple[PlannedStep, ...]:
        """π: the steps that belong, in their usual order, with their guards; the milestone last."""
        planned = []
        for key in self._ordered():
            guard = self.guard(key)
            if guard is not None or self.steps[key].executed >= KEPT_IN * self.support:
                planned.append(PlannedStep(key, guard))
        return (*self.refinement.arrange(planned), PlannedStep(self.milestone, None))

    def _ordered(self) -> list[StepKey]:
        """Return the supporting steps in their usual order."""
        return sorted(self.steps, key=lambda key: (-self.steps[key].distance / self.steps[key].executed, key))

    def guard(self, key: StepKey) -> Condition | None:
        """Return the condition that tells segments that executed a step from those that did not, if one is pure.

        Conditions about the step's own slots come first, then plain ones before negated ones.
        """
        tally = self.steps[key]
        skipped = self.support - tally.executed
        if min(tally.executed, skipped) < max(GUARD_EVIDENCE, RARELY * self.support):
            return None
        found = []
        for fact in sorted(set(tally.known) | set(self.at_milestone)):
            inside = tally.known[fact] / tally.executed
            outside = (self.at_milestone[fact] - tally.later[fact]) / skipped
            for negated, purity in ((False, min(inside, 1 - outside)), (True, min(1 - inside, outside))):
                if purity >= PURE:
                    rank = (fact.slot not in key.slots, negated, -purity)
                    found.append((rank, Condition(fact.slot, fact.text, negated)))
        return min(found)[1] if found else None

    def descriptors(self) -> dict[str, str]:
        """Return, per goal it served, the text that is embedded for retrieval: [G; Ψ].

        The paper embeds [G; Ψ; Φ]. A situation can be compared with G and Ψ, but Φ speaks of one not yet reached:
        with it, the nearest of the applicable procedures was wrong for 12 % of the training segments, without it for
        none (Default of ours; merging still compares [G; Ψ; Φ]).
        """
        if self.decisive or self.part:  # Ψ is exact there and filters; what remains to compare is the goal
            return {goal: goal for goal, _ in self.goals.most_common(MANY_GOALS)}
        required = ", ".join(condition.text() for condition in self.needed)
        return {goal: f"{goal} {required}" for goal in sorted(self.goals)}

    def _forget(self) -> None:
        for name in ("needed", "postconditions", "plan"):
            self.__dict__.pop(name, None)


def _holding(tally: Counter[Fact], support: int) -> tuple[Condition, ...]:
    return tuple(Condition(*fact) for fact, n in sorted(tally.items()) if n >= HOLDS_IN * support)
