"""Commands on any number of things, spelled as in ``named_world.py``: procedures made by hand, and beliefs."""

from helpers.named_world import NamedLexicon
from macla.benchmarks.lexicon import Command
from macla.encoder import Cached, Hashing
from macla.methods.belief import Belief
from macla.methods.cloning.settings import CloningConstants
from macla.methods.macla.memory.events import Defined, Extracted
from macla.methods.macla.memory.segment import Segment, SegmentSlot, SegmentStep, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory
from macla.methods.reading import Reader

SETTINGS = CloningConstants()
ENCODER = Cached(Hashing())
BALL, BOX = Slot("ball", 1), Slot("box", 1)


class PairLexicon(NamedLexicon):
    """``open crate`` and ``put ball crate`` are commands; an action in capitals is not of the grammar."""

    def parse(self, action):
        if not action or action.isupper():
            return None
        verb, *arguments = action.split()
        return Command(" ".join([verb, *["{}"] * len(arguments)]), tuple(arguments))

    def render(self, command):
        return command.verb.format(*command.arguments)


READER = Reader(PairLexicon())


def believed(task, first, *steps, dice=None):
    """Return what is believed after the first observation and (action, feedback) by (action, feedback)."""
    belief = Belief(READER, task, dice=dice)
    belief.start(first)
    for action, feedback in steps:
        belief.update(action, feedback)
    return belief


def segment(verb, *slots, steps=(), holder_of=None, goal="names 1 ball", **more):
    """Return a segment; ``holder_of``: slot → the slots whose entities its entity had revealed."""
    keys = [StepKey(verb, slots), *(StepKey(*step) for step in steps)]
    used = sorted({slot for key in keys for slot in key.slots})
    held = holder_of or {}
    return Segment(
        goal=goal,
        milestone=keys[0],
        steps=tuple(SegmentStep(key=key, known=()) for key in keys[1:]),
        slots=tuple(SegmentSlot(name=slot, holder_of=held.get(slot, ())) for slot in used),
        **more,
    )


def remember(memory, name, made, kinds=None):
    """Make a segment a procedure of its own, and return it."""
    memory.apply(Defined(segment=made))
    of_slots = {slot.name: slot.name.kind for slot in made.slots} | (kinds or {})
    memory.apply(Extracted(procedure=name, segment=len(memory.segments) - 1, source=0, kinds=of_slots))
    return memory.procedures[name]


def procedure(verb, *slots, **more):
    """Return the procedure of one segment."""
    return remember(Memory(), "p", segment(verb, *slots, **more))
