"""Execute one procedure: bind, probe for what is missing, carry out π under its guards, verify Φ."""

from collections.abc import Iterable
from typing import NamedTuple

from macla.benchmarks.lexicon import Command
from macla.encoder import Encoder
from macla.methods.cloning.bind import Filled
from macla.methods.cloning.statements.search import Composer
from macla.methods.macla.acting.bind import Binder, holds
from macla.methods.macla.acting.roles import Binding, Roles
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.refinement import PlannedStep
from macla.methods.macla.memory.segment import COMPOSED, Condition, Context, Execution, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session
from macla.models.malformed import Malformed
from macla.models.requests import FrozenModel, Ground

SPARE = 1
"""Steps that are left for what follows a command that was put together (Default: the end of the episode) …"""
RESERVE = 3
"""… and for that and two attempts at the command (Default)."""


class Result(NamedTuple):
    """What an execution came to."""

    achieved: bool
    """Φ holds."""
    success: bool
    """y of Algorithm 1: Φ holds and nothing was rejected."""


class Misses(NamedTuple):
    """What keeps a procedure from being ready; the situation comes first, for it says what is to be done."""

    situation: int
    """Conditions of Ψ that do not hold, and how often its command was refused just now."""
    arguments: int
    """Conditions on its arguments that the best candidates break."""


class Executor:
    """Carries out procedures in one session and records every execution."""

    def __init__(self, session: Session, roles: Roles, memory: Memory, model: FrozenModel, encoder: Encoder) -> None:
        self.session = session
        self.roles = roles
        self.memory = memory
        self.model = model
        self.encoder = encoder
        self._taken: list[StepKey] = []

    def binder(self, procedure: Procedure) -> Binder:
        """Return a binder for ``procedure`` in the present situation."""
        return Binder(procedure, self.roles, self.session.belief, self.memory)

    def ready(self, procedure: Procedure) -> bool:
        """Whether the task names a kind for every task slot, and Ψ holds.

        What segments showed speaks of the entities that play the task's roles so far; what contrast added speaks of
        those that would fill the slots now.
        """
        if procedure.part:
            return False
        if due := self.memory.habits.due(self.session.belief, len(self.session.steps)):
            return procedure.milestone in due and self._filled(procedure) is not None
        if any(slot[1:-1].isdigit() and self.roles.kind(slot) is None for slot in procedure.slots):
            return False
        if not self.holds(procedure.needed):
            return False
        if procedure.decisive:
            filled = self._filled(procedure)
            if filled is None or filled.broken:
                return False
        return not procedure.learned or self.holds(procedure.learned, self.binder(procedure).bind())

    def _filled(self, procedure: Procedure) -> Filled | None:
        """Return how learned preferences fill all slots of a procedure; None where one has no candidate."""
        filled = self.binder(procedure).preferred()
        return filled if len(filled.binding) == len(procedure.slots) else None

    def misses(self, procedure: Procedure) -> Misses | None:
        """Return what keeps a procedure from being ready; None where Ψ is not decisive or a slot cannot be filled."""
        filled = self._filled(procedure) if procedure.decisive else None
        if filled is None:
            return None
        refused = sum(command.verb == procedure.milestone.verb for command in self.session.belief.refused)
        failing = [not self.holds([condition]) for condition in procedure.needed]
        failing += [not self.holds([condition], filled.binding) for condition in procedure.learned]
        return Misses(refused + sum(failing), filled.broken)

    def holds(self, conditions: Iterable[Condition], binding: Binding | None = None) -> bool:
        """Whether all conditions hold now, of the entities in ``binding`` (default: those in the task's roles)."""
        named = self.roles.bound if binding is None else binding
        return all(holds(condition, self.session.belief, named) for condition in conditions)

    def run(self, procedure: Procedure, part_of: str = "") -> Result:
        """Execute ``procedure`` and record it, with the meta-procedure it is a part of (Algorithm 1, l.12-21)."""
        if procedure.milestone == COMPOSED:
            return self._put_together(procedure)
        binder = self.binder(procedure)
        binding = binder.bind()
        text = self.roles.contexts(self.session.belief)[0]
        facts = binder.known(binding)
        rejected, self._taken = self.session.rejected, []
        completed = self._carry_out(binder, binding)
        achieved = completed and self.holds(procedure.postconditions, {**self.roles.bound, **binding})
        result = Result(achieved, achieved and self.session.rejected == rejected)
        lived = Context(text=text, facts=facts, steps=tuple(self._taken), after=binder.known(binding))
        self.session.executions.append(
            Execution(procedure=procedure.id, success=result.success, context=lived, part_of=part_of)
        )
        return result

    def _put_together(self, procedure: Procedure) -> Result:
        """Look at what was not looked at yet, then try the likeliest commands until one is accepted and says something.

        The parts of the command that came last are recorded as executed, whatever came of it.
        """
        session, context = self.session, self.roles.contexts(self.session.belief)[0]
        self._look_around()
        rejected, tried, success = session.rejected, 0, False
        drafts = Composer(self.memory, session.belief, self.encoder).drafts() if not session.over else []
        for draft in drafts:
            command = session.reader.whole(draft.parts)
            if command in session.belief.refused:
                continue
            accepted = session.perform(command)
            tried += 1
            success = accepted and bool(session.belief.things.sight)
            lived = Context(text=context, facts=(), steps=(COMPOSED,), after=())
            for part in draft.procedures:
                session.executions.append(
                    Execution(procedure=part.id, success=success, context=lived, part_of=procedure.id)
                )
            if success or session.over or session.horizon - len(session.steps) <= SPARE:
                break
        achieved = tried > 0 and success
        lived = Context(text=context, facts=(), steps=(COMPOSED,) * bool(tried), after=())
        session.executions.append(Execution(procedure=procedure.id, success=achieved, context=lived))
        return Result(achieved, achieved and session.rejected == rejected)

    def _look_around(self) -> None:
        """Execute what reveals things on whatever it was not executed on, while there are steps to spare.

        What a command is put together from can only be compared once it was seen (Default of ours).
        """
        belief, session = self.session.belief, self.session
        for procedure in sorted(self.memory.procedures.values(), key=lambda each: (-each.support, each.id)):
            if procedure.part or len(procedure.milestone.slots) != 1 or len(procedure.plan) != 1:
                continue
            verb, kinds = procedure.milestone.verb, procedure.slots[procedure.milestone.slots[0]].kinds
            for kind in sorted(kinds):
                ranked = self.memory.preferences.ranked(belief, verb, 0, kind, {})
                for name in [each.name for each in ranked if verb not in belief.explored.get(each.name, ())]:
                    if session.horizon - len(session.steps) <= RESERVE:
                        return
                    session.perform(Command(verb, (name,)))

    def _carry_out(self, binder: Binder, binding: Binding) -> bool:
        """Do what is due of π, filling ``binding`` on the way; False when it could not be completed."""
        if binder.sought(binding) is not None:
            found = self._search(binder)
            if found is None:
                return False
            binding.update(found)
        for step in binder.plan:
            if self.session.over:
                break
            milestone = step.key == binder.procedure.milestone
            if not milestone and self._in_effect(step, binding):
                self._taken.append(step.key)
            elif (milestone or self._due(step, binding)) and not self._take(binder, step, binding):
                return False
        self.roles.settle(binding)
        return True

    def _search(self, binder: Binder) -> Binding | None:
        """Probe candidates, most promising first, until the missing entity is seen; return the full binding."""
        while not self.session.over:
            binding = binder.bind()
            sought = binder.sought(binding)
            if sought is None:
                return binding
            target, probed = sought
            names = binder.candidates(self.roles.kind(target) or "")
            if not names:
                return None
            for step in binder.plan[:-1]:
                trial = {**binding, probed: names[0]}
                if step.key.slots == (probed,) and self._due(step, trial) and not self.session.over:
                    self._take(binder, step, trial)
                    if target in binder.bind():
                        break
        return None

    def _due(self, step: PlannedStep, binding: Binding) -> bool:
        """Whether a supporting step is still to be done: its guard holds, and its command is not in effect already."""
        guarded = step.guard is not None and not holds(step.guard, self.session.belief, binding)
        return not guarded and not self._in_effect(step, binding)

    def _in_effect(self, step: PlannedStep, binding: Binding) -> bool:
        """Whether the last command of the step's verb was this very one."""
        entities = tuple(binding.get(slot, "") for slot in step.key.slots)
        last = self.session.belief.last_of_verb.get(step.key.verb)
        return last is not None and last.arguments == entities

    def _take(self, binder: Binder, step: PlannedStep, binding: Binding) -> bool:
        """Perform one step; False when the milestone was rejected or a slot cannot be filled."""
        for slot in step.key.slots:
            if slot not in binding:
                entity = self._ground(step, slot, binding)
                if entity is None:
                    return False
                binding[slot] = entity
        command = binder.command(step.key, binding)
        if command is None:
            return False
        accepted = self.session.perform(command)
        if accepted:
            self._taken.append(step.key)
        return accepted or step.key != binder.procedure.milestone

    def _ground(self, step: PlannedStep, slot: str, binding: Binding) -> str | None:
        """Ask the model which of the entities seen fills a slot that no template could bind.

        A reply that cannot be used costs a step, and the model is asked again as long as there are steps.
        """
        used, lost = set(binding.values()), 0
        while not self.session.over:
            candidates = tuple(name for name in self.session.belief.types if name not in used)
            if not candidates:
                break
            request = Ground(
                task=self.session.task,
                step=step.key.text(),
                slot=slot,
                candidates=candidates,
                observation=self.session.belief.last_observation,
                draw=lost,
            )
            reply = self.model.ask([request])[0]
            if not isinstance(reply, Malformed):
                return candidates[reply.choice]
            self.session.lose_step()
            lost += 1
        return None
