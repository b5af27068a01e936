"""Execute one procedure: bind, probe for what is missing, carry out π under its guards, verify Φ."""

from collections.abc import Iterable

from macla.benchmarks.lexicon import Command
from macla.methods.insist import insist
from macla.methods.macla.acting.bind import Binder, holds
from macla.methods.macla.acting.grounding import Grounding, Result
from macla.methods.macla.acting.roles import Binding, Roles
from macla.methods.macla.equations.refinement import PlannedStep
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import SITUATION, Condition, Context, Execution, Fact, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session
from macla.models.requests import FrozenModel, Ground


class Executor:
    """Carries out procedures in one session and records every execution."""

    def __init__(
        self, session: Session, roles: Roles, memory: Memory, *, model: FrozenModel, grounding: Grounding
    ) -> None:
        self.session = session
        self.roles = roles
        self.memory = memory
        self.model = model
        self.grounding = grounding
        self.executions: list[Execution] = []
        """Everything that was executed since the last decision."""
        self._taken: list[StepKey] = []

    def holds(self, conditions: Iterable[Condition], binding: Binding | None = None) -> bool:
        """Whether all conditions hold now, of the entities in ``binding`` (default: those in the task's roles)."""
        named, facts = self.roles.bound if binding is None else binding, self.grounding.facts()
        return all(holds(condition, self.session.belief, named, facts) for condition in conditions)

    def run(self, procedure: Procedure, part_of: str = "") -> Result:
        """Execute ``procedure`` and record it, with the meta-procedure it is a part of (Algorithm 1, l.12-21)."""
        other_way = self.grounding.execute(procedure, self, part_of)
        if other_way is not None:
            return other_way
        binding = self.grounding.fill(procedure)
        text = self.grounding.contexts()[0]
        facts = self._known(binding)
        rejected, self._taken = self.session.rejected, []
        completed = self._carry_out(procedure, binding)
        achieved = completed and self.holds(procedure.postconditions, {**self.roles.bound, **binding})
        result = self.result(achieved, rejected)
        context = Context(text=text, facts=facts, steps=tuple(self._taken), after=self._known(binding))
        self.record(procedure.id, result.success, context, part_of)
        return result

    def result(self, achieved: bool, rejected: int) -> Result:
        """Return what an execution came to, before which ``rejected`` commands had been refused (y of Algorithm 1).

        Of one in which the episode ended, the episode's success is asked instead of Φ (``departures.by_outcome``).
        """
        ended = self.session.over and self.memory.settings.departures.by_outcome
        reached = self.session.success if ended else achieved
        return Result(achieved, reached and self.session.rejected == rejected)

    def record(self, skill: str, success: bool, context: Context, part_of: str = "") -> None:
        """Note that a skill was executed, by the skill ``part_of`` if one ran it."""
        self.executions.append(Execution(procedure=skill, success=success, context=context, part_of=part_of))

    def _known(self, binding: Binding) -> tuple[Fact, ...]:
        """Return every fact about the filled slots and the situation: what S, F and refined Ψ speak of."""
        belief = self.session.belief
        known = [Fact(slot, fact) for slot, name in binding.items() for fact in belief.about(name)]
        return tuple(sorted((*known, *(Fact(SITUATION, fact) for fact in self.grounding.facts()))))

    def _binder(self, procedure: Procedure) -> Binder:
        return Binder(procedure, self.roles, self.session.belief, memory=self.memory, general=self.grounding.facts())

    def _carry_out(self, procedure: Procedure, binding: Binding) -> bool:
        """Do what is due of π, filling ``binding`` on the way; False when it could not be completed."""
        probing = self.memory.settings.departures.probing
        if probing and self._binder(procedure).sought(binding) is not None:
            found = self._search(procedure)
            if found is None:
                return False
            binding.update(found)
        for step in procedure.plan:
            if self.session.over:
                break
            milestone = step.key == procedure.milestone
            if not milestone and self._in_effect(step, binding):
                self._taken.append(step.key)
            elif (milestone or self._due(step, binding)) and not self._take(procedure, step, binding):
                return False
        self.roles.settle(binding)
        return True

    def _search(self, procedure: Procedure) -> Binding | None:
        """Probe candidates, most promising first, until the missing entity is seen; return the full binding."""
        while not self.session.over:
            binder = self._binder(procedure)
            binding = binder.bind()
            sought = binder.sought(binding)
            if sought is None:
                return binding
            target, probed = sought
            names = binder.candidates(self.roles.kind(target) or "")
            if not names:
                return None
            for step in procedure.plan[:-1]:
                trial = {**binding, probed: names[0]}
                if step.key.slots == (probed,) and self._due(step, trial) and not self.session.over:
                    self._take(procedure, step, trial)
                    if target in self.grounding.bind(procedure):
                        break
        return None

    def _due(self, step: PlannedStep, binding: Binding) -> bool:
        """Whether a supporting step is still to be done: its guard holds, and its command is not in effect already."""
        return (step.guard is None or self.holds([step.guard], binding)) and not self._in_effect(step, binding)

    def _in_effect(self, step: PlannedStep, binding: Binding) -> bool:
        """Whether the last command of the step's verb was this very one."""
        entities = tuple(binding.get(slot, "") for slot in step.key.slots)
        last = self.session.belief.last_of_verb.get(step.key.verb)
        return last is not None and last.arguments == entities

    def _take(self, procedure: Procedure, step: PlannedStep, binding: Binding) -> bool:
        """Perform one step; False when the milestone was rejected or a slot cannot be filled."""
        for slot in step.key.slots:
            if slot not in binding:
                entity = self._ground(step, slot, binding)
                if entity is None:
                    return False
                binding[slot] = entity
        command = Command(step.key.verb, tuple(binding[slot] for slot in step.key.slots))
        accepted = self.session.perform(command)
        if accepted:
            self._taken.append(step.key)
        return accepted or step.key != procedure.milestone

    def _ground(self, step: PlannedStep, slot: Slot, binding: Binding) -> str | None:
        """Ask the model which of the entities seen fills a slot that no template could bind."""
        used = set(binding.values())
        candidates = tuple(name for name in self.session.belief.types if name not in used)
        if not candidates:
            return None
        request = Ground(
            task=self.session.task,
            step=step.key.text(),
            slot=slot,
            candidates=candidates,
            observation=self.session.belief.last_observation,
        )
        reply = insist(self.session, self.model, request)
        return None if reply is None else candidates[reply.choice]
