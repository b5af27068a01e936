"""Fill slots by learned preference, where the task names things outright: one slot after the other, the best first."""

from macla.act.roles import Binding
from macla.belief import Belief
from macla.memory.preference import Preferences
from macla.memory.procedure import Procedure
from macla.memory.segment import StepKey


def preferred(procedure: Procedure, belief: Belief, preferences: Preferences) -> Binding:
    """Return entities for the slots of all steps, in order; slots without a candidate are left out."""
    binding: Binding = {}
    for step in procedure.plan:
        _fill(step.key, procedure, belief, preferences, binding)
    return binding


def _fill(key: StepKey, procedure: Procedure, belief: Belief, preferences: Preferences, binding: Binding) -> None:
    """Fill the slots of one command: those that reveal others first, as they were learned from."""
    order = sorted(range(len(key.slots)), key=lambda position: not _reveals(procedure, key.slots[position]))
    bound: dict[int, str] = {}
    for position in order:
        slot = key.slots[position]
        if slot not in binding:
            kind = max(procedure.slots[slot].kinds.items(), key=lambda item: (item[1], item[0]))[0]
            taken = set(binding.values())
            ranked = preferences.ranked(belief, key.verb, position, kind, bound)
            chosen = next((name for _, name in ranked if name not in taken), None)
            if chosen is None:
                continue
            binding[slot] = chosen
        bound[position] = binding[slot]


def _reveals(procedure: Procedure, slot: str) -> bool:
    """Whether the entity in a slot usually had revealed that of another."""
    tally = procedure.slots[slot]
    return 2 * sum(tally.holder_of.values()) >= sum(tally.kinds.values())
