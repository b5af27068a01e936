"""A procedure ⟨G, Ψ, π, Φ⟩ with its evidence, kept as tallies so that merging loses nothing.

See ``docs/spec/paper.md §2``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from macla.methods.macla.equations.refinement import PlannedStep, Refinement
from macla.methods.macla.memory.segment import Condition, Context, Fact, Segment, StepKey
from macla.methods.macla.memory.skill import Skill, described
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.settings import Departures

MANY_SOURCES = 20
"""Source trajectories that are listed for a procedure; the event log holds all."""


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
    holder_of: Counter[Slot] = field(default_factory=Counter)
    """Slot → how often this slot's entity was the one that had revealed that slot's entity."""
    same: int = 0
    """How often the slot, bound before in the episode, kept its entity …"""
    fresh: int = 0
    """… and how often it took a new one."""


@dataclass(kw_only=True)
class Procedure(Skill):
    """One procedure of the memory: π, Ψ, Φ are derived from the tallies of the segments merged into it."""

    departures: Departures = field(default_factory=Departures)
    milestone: StepKey
    """The last, goal-reaching command of every merged segment (``same_milestone=false``: of the first)."""
    performed: int = 0
    """How many of the merged segments ended with that command: what π and its slots are derived from."""
    needs: tuple[Fact, ...] = ()
    """What had last been done to the task's entities; equal in every merged segment, or the first one's likewise."""
    path: tuple[Condition, ...] = ()
    """Ψ as a precondition tree found it; equal in every merged segment (``memory.grounded``)."""
    part: bool = False
    """Whether it is a part that statements are put together from: it is never executed alone (``memory.grounded``)."""
    many_goals: int | None = None
    """Goals that have a descriptor, the commonest; None: all."""
    at_milestone: Counter[Fact] = field(default_factory=Counter)
    after: Counter[Fact] = field(default_factory=Counter)
    steps: dict[StepKey, StepTally] = field(default_factory=dict)
    slots: dict[Slot, SlotTally] = field(default_factory=dict)
    refinement: Refinement = field(default_factory=Refinement)
    sources: list[int] = field(default_factory=list)
    """The first source trajectories, as indices into the memory's list of sources."""

    def absorb(self, segment: Segment, kinds: Mapping[Slot, str], source: int) -> None:
        """Fold one segment in, with the kinds of entity that filled its slots (``docs/spec/paper.md §3.3``).

        Conditions are united and evidence is added. A segment that ended with another command (which
        ``same_milestone=false`` lets in) leaves π as it is: its steps and its slots serve something else.
        """
        self.goals[segment.goal] += 1
        self.support += 1
        self.before.update(segment.before)
        self.after.update(segment.after)
        if segment.milestone == self.milestone:
            self._absorb_steps(segment, kinds)
        self.evidence.add(shown=True, success=True)
        if len(self.sources) < MANY_SOURCES:
            self.sources.append(source)
        self.derived.clear()

    def _absorb_steps(self, segment: Segment, kinds: Mapping[Slot, str]) -> None:
        """Fold in how a segment reached the milestone."""
        self.performed += 1
        self.at_milestone.update(segment.at_milestone)
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

    def refine(self, change: Refinement) -> None:
        """Take what contrasting successes with failures found into Ψ, π and Φ (Eq 6).

        Outcomes in contexts that violate the new Ψ leave the posterior, S and F: the procedure would not be executed
        there any more, so they say nothing about it (``departures.posterior_within``: the paper keeps them, and a
        procedure that failed before it was refined stays below θ_conf after it). Demonstrations, and executions whose
        context was forgotten, leave in the share of the remembered ones.
        """
        self.refinement = self.refinement.with_(change)
        if self.departures.posterior_within:
            self.evidence.set_aside(self._leave(self.succeeded_in), self._leave(self.failed_in))
        self.derived.clear()

    def within(self, contexts: list[Context]) -> list[Context]:
        """Return the contexts in which what contrast added to Ψ holds."""
        return [context for context in contexts if all(condition.held_in(context) for condition in self.learned)]

    def _leave(self, contexts: list[Context]) -> float:
        """Forget the contexts that violate what contrast added to Ψ; return their share."""
        within = self.within(contexts)
        share = (len(contexts) - len(within)) / max(1, len(contexts))
        contexts[:] = within
        return share

    @property
    def needed(self) -> tuple[Condition, ...]:
        """The part of Ψ that demonstrations showed."""
        return self.derived.get("needed", lambda: (*self.held(self.before), *self.path))

    @property
    def learned(self) -> tuple[Condition, ...]:
        """The part of Ψ that contrast added: Ψ ∪ ΔΨ⁺ ∪ {¬ψ : ψ ∈ ΔΨ⁻} (Eq 6)."""
        required = tuple(Condition(*fact) for fact in self.refinement.require)
        return required + tuple(Condition(*fact, negated=True) for fact in self.refinement.forbid)

    @property
    def preconditions(self) -> tuple[Condition, ...]:
        """Ψ."""
        return self.needed + self.learned

    @property
    def postconditions(self) -> tuple[Condition, ...]:
        """Φ: what held after in nearly all of the merged segments, and what contrast added."""
        learned = [Condition(*fact) for fact in self.refinement.achieved]
        return self.derived.get("postconditions", lambda: tuple(dict.fromkeys((*self.held(self.after), *learned))))

    @property
    def plan(self) -> tuple[PlannedStep, ...]:
        """π: the steps that belong, in their usual order, with their guards; the milestone last."""
        return self.derived.get("plan", self._planned)

    def _planned(self) -> tuple[PlannedStep, ...]:
        planned = []
        for key in self._ordered():
            guard = self.guard(key) if self.departures.guards else None
            if guard is not None or self.steps[key].executed >= self.settings.kept_in * self.performed:
                planned.append(PlannedStep(key, guard))
        return (*self.refinement.arrange(planned), PlannedStep(self.milestone, None))

    def shown_before(self, fact: Fact) -> float | None:
        """Return the share of demonstrations in which ``fact`` held before a step touched its slot; None: unknown."""
        if not fact.slot:
            return self.before[fact] / self.support if self.support else None
        for key in self._ordered():
            if fact.slot in key.slots:
                return self.steps[key].known[fact] / self.steps[key].executed
        return self.at_milestone[fact] / self.performed if fact.slot in self.milestone.slots else None

    def _ordered(self) -> list[StepKey]:
        """Return the supporting steps in their usual order."""
        return sorted(self.steps, key=lambda key: (-self.steps[key].distance / self.steps[key].executed, key))

    def guard(self, key: StepKey) -> Condition | None:
        """Return the condition that tells segments that executed a step from those that did not, if one is pure.

        Conditions about the step's own slots come first, then plain ones before negated ones.
        """
        tally, settings = self.steps[key], self.settings
        skipped = self.performed - tally.executed
        if min(tally.executed, skipped) < max(settings.guard_evidence, settings.rarely * self.performed):
            return None
        found = []
        for fact in sorted(set(tally.known) | set(self.at_milestone)):
            inside = tally.known[fact] / tally.executed
            outside = (self.at_milestone[fact] - tally.later[fact]) / skipped
            for negated, purity in ((False, min(inside, 1 - outside)), (True, min(1 - inside, outside))):
                if purity >= settings.guard_purity:
                    rank = (fact.slot not in key.slots, negated, -purity)
                    found.append((rank, Condition(fact.slot, fact.text, negated)))
        return min(found)[1] if found else None

    def descriptors(self, reached: tuple[Condition, ...] = ()) -> dict[str, str]:
        """Return, per goal, the text that is embedded: as of any skill, or G alone where Ψ is exact and only filters.

        Of Ψ only what demonstrations showed is embedded.
        """
        if self.path or self.part:
            return {goal: goal for goal, _ in self.goals.most_common(self.many_goals)}
        return {goal: described(goal, self.needed, reached) for goal in sorted(self.goals)}
