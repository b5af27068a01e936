"""How the task of one episode is understood: chosen once, where the episode begins.

Most tasks of the paper are *lifted*: they name kinds of things ("a clean mug"), and the agent has to find things of
these kinds. :class:`Lifted` is the paper's way to act on them. Tasks that name the things themselves are *grounded*;
another method may take them over (``memory.grounded``) by implementing the same protocol.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from macla.methods.macla.acting.bind import Binder, holds
from macla.methods.macla.acting.roles import Binding, Roles
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Condition, Context
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session


class Result(NamedTuple):
    """What an execution came to."""

    achieved: bool
    """Φ holds."""
    success: bool
    """y of Algorithm 1: Φ holds and nothing was rejected."""


class Recorder(Protocol):
    """Notes what was executed."""

    def record(self, skill: str, success: bool, context: Context, part_of: str = "") -> None:
        """Note that a skill was executed, by the skill ``part_of`` if one ran it."""
        ...


class Grounding(Protocol):
    """How one episode is understood."""

    def goal(self) -> str:
        """Return the goal pattern of the task."""
        ...

    def facts(self) -> frozenset[str]:
        """Return what is known of the situation as a whole."""
        ...

    def contexts(self) -> tuple[str, ...]:
        """Return the texts φ(o) is computed from, worded like the descriptors they are compared with."""
        ...

    def state(self, context: str) -> Hashable:
        """Return what must change before a skill that came to nothing is tried again."""
        ...

    def bind(self, procedure: Procedure) -> Binding:
        """Return entities for as many slots as what was seen allows."""
        ...

    def fill(self, procedure: Procedure) -> Binding:
        """Return the entities with which a procedure is executed now; to choose them may cost model calls."""
        ...

    def applicable(self, procedure: Procedure) -> bool:
        """Whether Ψ holds and the task has what the procedure needs."""
        ...

    def nearest(self, procedures: Iterable[Procedure]) -> frozenset[str]:
        """Return which procedures fall short of being applicable by the least; none where that cannot be said.

        Where nothing applies, these are candidates.
        """
        ...

    def execute(self, procedure: Procedure, recorder: Recorder, part_of: str = "") -> Result | None:
        """Execute a procedure, a part of the meta-procedure ``part_of`` or none, in a way of its own.

        None: step by step, as π says.
        """
        ...


@dataclass(eq=False)
class Lifted:
    """The paper's way: the kinds that a task names are roles, and entities are found to play them."""

    session: Session
    roles: Roles
    memory: Memory

    def goal(self) -> str:
        """Return the goal pattern that the model read."""
        return self.roles.task.goal

    def facts(self) -> frozenset[str]:
        """Return what the last observation said of no entity in particular."""
        return self.session.belief.about(None)

    def contexts(self) -> tuple[str, ...]:
        """Return the goal with what is known of the roles, e.g. ``put a <0> in <1>. <0> untouched, <1> untouched``."""
        facts = (fact.words() for fact in self.roles.situation(self.session.belief, self.facts()))
        return (f"{self.roles.task.goal} " + ", ".join(facts),)

    def state(self, context: str) -> Hashable:
        """Return the situation in words."""
        return context

    def bind(self, procedure: Procedure) -> Binding:
        """Return entities by the templates of ``docs/spec/paper.md`` §5."""
        return Binder(procedure, self.roles, self.session.belief, memory=self.memory, general=self.facts()).bind()

    def fill(self, procedure: Procedure) -> Binding:
        """Return the same: what cannot be bound is asked for step by step."""
        return self.bind(procedure)

    def applicable(self, procedure: Procedure) -> bool:
        """Whether the task names a kind for every task slot, and Ψ holds.

        What segments showed speaks of the entities that play the task's roles so far; what contrast added speaks of
        those that would fill the slots now.
        """
        if procedure.part or any(slot.of_task and self.roles.kind(slot) is None for slot in procedure.slots):
            return False
        if not self.all_hold(procedure.needed, self.roles.bound):
            return False
        return not procedure.learned or self.all_hold(procedure.learned, self.bind(procedure))

    def nearest(self, procedures: Iterable[Procedure]) -> frozenset[str]:
        """Return none: the paper knows no nearest procedure."""
        return frozenset()

    def execute(self, procedure: Procedure, recorder: Recorder, part_of: str = "") -> Result | None:
        """Return None: π is carried out step by step."""
        return None

    def all_hold(self, conditions: tuple[Condition, ...], binding: Binding) -> bool:
        """Whether all conditions hold now, of the entities in ``binding``."""
        facts = self.facts()
        return all(holds(condition, self.session.belief, binding, facts) for condition in conditions)
