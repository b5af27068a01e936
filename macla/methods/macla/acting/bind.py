"""Fill a procedure's slots from what has been seen: templates first, the model when they fail.

See ``docs/spec/paper.md §5``.
"""

from collections.abc import Iterable

from macla.benchmarks.lexicon import Command
from macla.methods.belief import UNTOUCHED, Belief
from macla.methods.macla.acting.roles import Binding, Roles
from macla.methods.macla.equations.refinement import PlannedStep
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Condition
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory


def holds(condition: Condition, belief: Belief, binding: Binding, general: frozenset[str]) -> bool:
    """Whether a condition is true now; an unbound slot is an untouched entity nothing is said of.

    ``general`` is what is known of the situation as a whole.
    """
    if not condition.slot:
        known = general
    elif condition.slot in binding:
        known = belief.about(binding[condition.slot])
    else:
        known = frozenset({UNTOUCHED})
    return (condition.fact in known) is not condition.negated


class Binder:
    """Proposes entities for the slots of one procedure."""

    def __init__(
        self, procedure: Procedure, roles: Roles, belief: Belief, memory: Memory, general: frozenset[str]
    ) -> None:
        self.procedure = procedure
        self.roles = roles
        self.belief = belief
        self.memory = memory
        self.general = general
        self.plan = procedure.plan
        self.slots = list(dict.fromkeys(slot for step in reversed(self.plan) for slot in step.key.slots))

    def bind(self) -> Binding:
        """Return entities for as many slots as what was seen allows: the task's, then holders, then by kind."""
        binding: Binding = {}
        for slot in self.slots:
            kind = self.roles.kind(slot)
            entity = self._of_task(slot, kind) if kind is not None else None
            if entity is not None:
                binding[slot] = entity
        for slot in self.slots:
            if slot not in binding and self.roles.kind(slot) is None:
                entity = self._holder(slot, binding) or self._by_kind(slot, binding)
                if entity is not None:
                    binding[slot] = entity
        return binding

    def sought(self, binding: Binding) -> tuple[Slot, Slot] | None:
        """Return (missing task slot, slot of the entity that would reveal it), when probing can find it."""
        for slot in self.slots:
            if slot in binding or self.roles.kind(slot) is None:
                continue
            for other in self.slots:
                if self.relation(other) == slot:
                    return slot, other
        return None

    def relation(self, slot: Slot) -> Slot | None:
        """Return the slot whose entity this slot's entity usually had revealed, if there is one."""
        tally = self.procedure.slots.get(slot)
        if tally is None or not tally.holder_of:
            return None
        held, times = max(tally.holder_of.items(), key=lambda item: (item[1], item[0]))
        return held if 2 * times >= sum(tally.kinds.values()) else None

    def candidates(self, target: str) -> list[str]:
        """Return entities worth probing for a ``target`` kind, best chance per step first; none that is exhausted."""
        verbs = tuple(step.key.verb for step in self._probes())
        known = self.memory.exploration.ever_revealed(target)
        targets = (target,) if known else self.memory.ontology.alike(target) or (target,)
        scored = []
        for order, (name, kind) in enumerate(self.belief.types.items()):
            times = [self.memory.exploration.probes.get((verb, kind), 0) for verb in verbs]
            if not times or not times[0] or not self._fresh(name):
                continue
            cost = sum(min(1.0, n / times[0]) for n in times)
            chance = sum(self.memory.exploration.probability(verbs, kind, target) for target in targets) / len(targets)
            scored.append((-chance / cost, order, name))
        return [name for _, _, name in sorted(scored)]

    def _probes(self) -> list[PlannedStep]:
        """Return the steps that reveal: those before the milestone on a single slot that usually held another's."""
        return [s for s in self.plan[:-1] if len(s.key.slots) == 1 and self.relation(s.key.slots[0]) is not None]

    def _fresh(self, name: str) -> bool:
        """Whether some probe of ``name`` is still due."""
        for step in self._probes():
            due = step.guard is None or holds(step.guard, self.belief, {step.key.slots[0]: name}, self.general)
            tried = step.key.verb in self.belief.explored.get(name, set())
            if due and not tried and Command(step.key.verb, (name,)) not in self.belief.refused:
                return True
        return False

    def _of_task(self, slot: Slot, kind: str) -> str | None:
        """Return the entity for a task slot: the one already in that role, or a new one, as learned."""
        tally = self.procedure.slots.get(slot)
        bound = self.roles.bound.get(slot)
        if bound is not None and (tally is None or tally.same >= tally.fresh):
            return bound
        spent = self.roles.spent.get(slot, set())
        return self._best(name for name in self.belief.of_type(kind) if name not in spent)

    def _holder(self, slot: Slot, binding: Binding) -> str | None:
        held = self.relation(slot)
        return self.belief.holder.get(binding[held]) if held in binding else None

    def _by_kind(self, slot: Slot, binding: Binding) -> str | None:
        """Return an entity of the kind that filled the slot most often, among those not used otherwise."""
        tally = self.procedure.slots.get(slot)
        if tally is None or self.relation(slot) is not None:
            return None
        used = set(binding.values())
        for kind, _ in sorted(tally.kinds.items(), key=lambda item: (-item[1], item[0])):
            entity = self._best(name for name in self.belief.of_type(kind) if name not in used)
            if entity is not None:
                return entity
        return None

    def _best(self, names: Iterable[str]) -> str | None:
        """Return the entity at hand, else one already explored, else the first seen; none whose use was refused."""
        last = self.belief.last_command.arguments if self.belief.last_command else ()
        refused = {
            name
            for command in self.belief.refused
            if command.verb == self.procedure.milestone.verb
            for name in command.arguments
        }
        ranked = [
            (name in refused, name not in last, not self.belief.explored.get(name), order, name)
            for order, name in enumerate(names)
        ]
        return min(ranked)[-1] if ranked else None
