"""Read an instruction with the model's eyes: worked examples from memory, and an answer checked against the world.

The stand-in finds kinds by their words alone, so nothing of this changes its readings.
"""

import re
from itertools import pairwise

import numpy as np

from macla.encoder import Encoder
from macla.methods.base import Tools
from macla.methods.insist import insist
from macla.methods.instruction import ParsedTask, parsed, slots_in, task_request
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session
from macla.models.requests import ParseTask, TaskReading

_WORD = re.compile(r"[a-z]{2,}")


def read_task(session: Session, memory: Memory, tools: Tools) -> ParsedTask | None:
    """Return the instruction as the model reads it; None when the episode ends over replies it cannot use.

    Every such reply costs a step, and the model is asked again. An implausible one costs nothing; asked again with the
    reason (``reading.doubts`` times), the model has the last word.
    """
    here, begun, doubts = session.belief.types.values(), len(session.steps), 0
    asked = task_request(tools.reader, session.task, memory.kinds, here=here, examples=memory.readings)
    if tools.model.is_language_model:
        asked = asked.model_copy(update={"near": near_kinds(asked, memory, tools.encoder)})
    request = asked
    while (reply := insist(session, tools.model, request)) is not None:
        doubt = implausible(asked, reply, memory, tools.encoder) if tools.model.is_language_model else ""
        if not doubt or doubts >= memory.settings.reading.doubts:
            return parsed(asked, reply)
        doubts += 1
        lost = len(session.steps) - begun
        request = asked.model_copy(update={"draw": lost + doubts, "doubt": doubt})
    return None


def near_kinds(request: ParseTask, memory: Memory, encoder: Encoder) -> tuple[str, ...]:
    """Return the kinds that an instruction spells and those closest to its words that memory never met (Eq 7), sorted.

    Such words count alone and with their neighbours ("hand towels"). Empty where all words are known, and without the
    ontology (``memory.ontology=false``).
    """
    settings = memory.settings
    known = {word for goal in memory.goals for word in _WORD.findall(goal.lower())} | {*request.vocabulary}
    words = _WORD.findall(request.task.lower())
    new = {word for word in words if not {word, word[:-1]} & known}
    if not settings.ontology or not new or not request.vocabulary:
        return ()
    texts = [*sorted(new), *(f"{one} {other}" for one, other in pairwise(words) if {one, other} & new)]
    cosines = encoder.encode(texts) @ encoder.encode(request.vocabulary).T
    closest = np.argsort(-cosines, axis=1, kind="stable")[:, : settings.reading.near]
    spelled = {
        kind for kind in request.vocabulary if re.search(rf"\b{re.escape(kind)}s?\b", request.task, re.IGNORECASE)
    }
    return tuple(sorted(spelled | {request.vocabulary[place] for row in closest for place in row}))


def implausible(request: ParseTask, reading: TaskReading, memory: Memory, encoder: Encoder) -> str:
    """Return what speaks against a reading, in words for the model; empty when nothing does.

    A kind must be spelled in the instruction or be close to one of its words, kinds must differ, and the job must be
    done with as many.
    """
    task = request.task.lower()
    strange = [kind for kind in dict.fromkeys(reading.kinds) if kind.lower() not in task]
    if strange:
        words = list(dict.fromkeys(_WORD.findall(task)))
        pairs = [f"{first} {second}" for first, second in pairwise(words)]
        closest = (encoder.encode(strange) @ encoder.encode([*words, *pairs]).T).max(axis=1)
        least = memory.settings.reading.plausible
        far = [kind for kind, cosine in zip(strange, closest, strict=True) if cosine < least]
        if far:
            return f"it named {' and '.join(far)}, of which the instruction does not speak"
    if len({*reading.kinds}) < len(reading.kinds):
        return "it named the same kind twice"
    goal = parsed(request, reading).goal
    if slots_in(goal) != len(reading.kinds):
        return f"it named {len(reading.kinds)} kinds, but that job is done with {slots_in(goal)}"
    return ""
