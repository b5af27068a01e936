"""Read an instruction with the model's eyes."""

from macla.methods.base import Tools
from macla.methods.insist import insist
from macla.methods.instruction import ParsedTask, parsed, task_request
from macla.methods.macla.acting.other_words import understood
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session


def read_task(session: Session, memory: Memory, tools: Tools) -> ParsedTask | None:
    """Return the instruction as the model reads it; None when the episode ends over replies it cannot use.

    The stand-in finds kinds by their words alone. A language model understands other words too; every reply of no use
    costs a step, and the model is asked again.
    """
    if tools.model.is_language_model:
        return understood(session, memory, tools)
    request = task_request(tools.reader, session.task, memory.kinds, here=session.belief.types.values())
    reply = insist(session, tools.model, request)
    return None if reply is None else parsed(request, reply)
