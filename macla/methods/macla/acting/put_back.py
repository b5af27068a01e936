"""Put down what another reading of the instruction has no use for, as demonstrations put such a thing down.

Hands that hold a thing of the last reading may take no other, and no procedure for the new one speaks of that thing.
"""

from collections.abc import Sequence

from macla.methods.base import Tools
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.grounding import Lifted
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import selection
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Decision, Session

THING, PLACE = Slot(number=0, of_task=True), Slot(number=1, of_task=True)


def put_back(session: Session, memory: Memory, tools: Tools, things: Sequence[str]) -> Decision | None:
    """Put the first of ``things`` that a procedure can put down where it was, and return what was done.

    None where nothing has to be put down, or no procedure does. Of all things it is known from then on that they are
    where they were left.
    """
    decision = None
    for thing in things:
        place = session.belief.left_at(thing)
        if decision is None and place is not None:
            decision = _put(session, memory, tools, thing, place)
        session.belief.was_left(thing)
    return decision


def _put(session: Session, memory: Memory, tools: Tools, thing: str, place: str) -> Decision | None:
    """Execute the procedure with the most support that applies and ends in a command on a thing and such a place."""
    kinds = (session.belief.types[thing], session.belief.types[place])
    for procedure in sorted(memory.procedures.values(), key=lambda one: (-one.support, one.id)):
        if procedure.milestone.slots != (THING, PLACE) or kinds[1] not in procedure.slots[PLACE].kinds:
            continue
        roles = Roles(ParsedTask(goal=_goal(procedure), slots=kinds), bound={THING: thing, PLACE: place})
        grounding = Lifted(session, roles, memory)
        if not grounding.applicable(procedure):
            continue
        step, context = len(session.steps), grounding.contexts()[0]
        executor = Executor(session, roles, memory, model=tools.model, grounding=grounding)
        result = executor.run(procedure)
        return Decision(
            step=step,
            kind="skill",
            chosen=procedure.id,
            steps=len(session.steps) - step,
            success=result.success,
            context=context,
            details=selection(None, (), executor.executions),
        )
    return None


def _goal(procedure: Procedure) -> str:
    """Return the goal that it served most often."""
    return min(procedure.goals, key=lambda goal: (-procedure.goals[goal], goal))
