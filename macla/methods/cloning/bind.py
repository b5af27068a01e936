"""Fill slots by the argument model: one slot after the other, the best candidate first."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from macla.methods.belief import Belief
from macla.methods.cloning.argument_model import RankedCandidate
from macla.methods.cloning.settings import ArgumentSettings
from macla.methods.cloning.state import Cloned
from macla.methods.macla.acting.roles import Binding
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.slot import Slot


class Filled(NamedTuple):
    """How the slots of a procedure would be filled."""

    binding: Binding
    broken: int
    """Learned conditions on the arguments that the binding breaks."""


class Open(NamedTuple):
    """A slot that is to be filled."""

    verb: str
    slot: Slot
    bound: Mapping[int, str]
    """Argument position → entity, for the positions of the command that were filled before."""


Choose = Callable[[Open, list[RankedCandidate]], RankedCandidate | None]
"""Who chooses among the candidates for a slot, the best first; None: nobody."""


def likeliest(_: Open, candidates: list[RankedCandidate]) -> RankedCandidate | None:
    """Return the best candidate."""
    return candidates[0]


def fill(
    procedure: Procedure, belief: Belief, cloned: Cloned, settings: ArgumentSettings, choose: Choose = likeliest
) -> Filled:
    """Return entities for the slots of all steps, in order; slots without a candidate are left out."""
    binding: Binding = {}
    broken = sum(_fill(step.key, procedure, belief, cloned, settings, binding, choose) for step in procedure.plan)
    return Filled(binding, broken)


def _fill(
    key: StepKey,
    procedure: Procedure,
    belief: Belief,
    cloned: Cloned,
    settings: ArgumentSettings,
    binding: Binding,
    choose: Choose,
) -> int:
    """Fill the slots of one command, those that reveal others first, as they were learned from.

    Returns how many learned conditions the chosen entities break.
    """
    broken = 0
    order = sorted(range(len(key.slots)), key=lambda position: not _reveals(procedure, key.slots[position]))
    bound: dict[int, str] = {}
    for number, position in enumerate(order, 1):
        slot = key.slots[position]
        if slot not in binding:
            kind = max(procedure.slots[slot].kinds.items(), key=lambda item: (item[1], item[0]))[0]
            taken = set(binding.values())
            if number == len(order):
                taken |= _futile(key, position, bound, belief, cloned)
            ranked = cloned.arguments.ranked(belief, settings, key.verb, position, kind, bound)
            candidates = [candidate for candidate in ranked if candidate.name not in taken]
            chosen = choose(Open(key.verb, slot, dict(bound)), candidates) if candidates else None
            if chosen is None:
                continue
            binding[slot] = chosen.name
            broken += chosen.broken
        bound[position] = binding[slot]
    return broken


def _futile(key: StepKey, position: int, bound: dict[int, str], belief: Belief, cloned: Cloned) -> set[str]:
    """Return the entities that would complete a command which was refused, or changed nothing, just now.

    Where nobody gives such a command twice, or one again that was refused, also those of all such commands before.
    """
    tried = [command for command in belief.refused | belief.idle if command.verb == key.verb]
    tried += cloned.invariants.spent(belief, key.verb)
    return {
        command.arguments[position]
        for command in tried
        if all(command.arguments[place] == name for place, name in bound.items())
    }


def _reveals(procedure: Procedure, slot: Slot) -> bool:
    """Whether the entity in a slot usually had revealed that of another."""
    tally = procedure.slots[slot]
    return 2 * sum(tally.holder_of.values()) >= sum(tally.kinds.values())
