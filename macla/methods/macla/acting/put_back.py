"""Put down what another reading of the instruction has no use for, as demonstrations put such a thing down.

Hands that hold a thing of the last reading may take no other, and no procedure for the new one speaks of that thing.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from macla.methods.base import Tools
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.grounding import Lifted
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import selection
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Execution
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Decision, Session

THING, PLACE = Slot(number=0, of_task=True), Slot(number=1, of_task=True)


def put_back(session: Session, memory: Memory, tools: Tools, things: Sequence[str]) -> Decision | None:
    """Put down the first of ``things`` that a procedure can put down, and return what was done.

    None where nothing has to be put down, or no procedure does. Of all things it is known from then on that they are
    where they were left.
    """
    decision = None
    for thing in things:
        decision = decision or _put(session, memory, tools, thing)
        session.belief.was_left(thing)
    return decision


def _put(session: Session, memory: Memory, tools: Tools, thing: str) -> Decision | None:
    """Execute procedures that put such a thing somewhere, until it is there; None where none applies.

    Not everything may be put everywhere: so many are tried (``reading.places``).
    """
    step, context, ran = len(session.steps), "", list[Execution]()
    for procedure, kind in islice(_ways(session, memory, thing), memory.settings.reading.places):
        task = ParsedTask(goal=_goal(procedure), slots=(session.belief.types[thing], kind))
        grounding = Lifted(session, Roles(task, bound={THING: thing}), memory)
        context = context or grounding.contexts()[0]
        executor = Executor(session, grounding.roles, memory, model=tools.model, grounding=grounding)
        executor.run(procedure)
        ran += executor.executions
        if ran[-1].success or session.over:
            break
    if not ran:
        return None
    return Decision(
        step=step,
        kind="skill",
        chosen=ran[-1].procedure,
        steps=len(session.steps) - step,
        success=ran[-1].success,
        context=context,
        details=selection(None, (), ran),
    )


def _ways(session: Session, memory: Memory, thing: str) -> Iterator[tuple[Procedure, str]]:
    """Yield (procedure, kind of place): what ends in a command on a thing and a place, and applies to this thing.

    The procedure with the most support comes first; of kinds of places that are here that of the place where the thing
    was left, then those where demonstrations put things most often.
    """
    belief = session.belief
    here, left = set(belief.types.values()), belief.types.get(belief.left_at(thing) or "")
    for procedure in sorted(memory.procedures.values(), key=lambda one: (-one.support, one.id)):
        roles = Roles(ParsedTask(goal="", slots=(belief.types[thing], "")), bound={THING: thing})
        if procedure.milestone.slots == (THING, PLACE) and Lifted(session, roles, memory).applicable(procedure):
            times = procedure.slots[PLACE].kinds
            yield from ((procedure, kind) for kind in sorted(here & {*times}, key=lambda k: (k != left, -times[k], k)))


def _goal(procedure: Procedure) -> str:
    """Return the goal that it served most often."""
    return min(procedure.goals, key=lambda goal: (-procedure.goals[goal], goal))
