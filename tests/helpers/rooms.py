"""A small made-up query language: ``list`` names rooms, ``look R`` its things, ``take A of R [by B] [only V]`` fetches.

The last is put together from parts. What is planted: ``by`` goes with "sorted along", ``only`` with "called".
"""

import re

from macla.benchmarks.lexicon import Command, Mention
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.encoder import Cached, Hashing
from macla.methods.base import Interface, Tools
from macla.methods.belief import Belief
from macla.methods.cloning.handover import CloningHandOver
from macla.methods.cloning.settings import CloningConstants
from macla.methods.instruction import ParsedTask
from macla.methods.macla.handover import find
from macla.methods.macla.learning.build import build
from macla.methods.macla.learning.trace import read
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader
from macla.models.embedded import Embedded

WORLDS = {
    "kitchen": ["cup", "plate"],
    "cellar": ["wine", "beer"],
    "garden": ["rose", "tulip"],
    "attic": ["box", "lamp"],
}
"""Room → its two things."""
KINDS = ("plain", "sorted", "chosen")


class Rooms:
    """Things are named in full, ``kitchen.cup``, where a look shows them in short."""

    def mentions(self, text):
        found = [Mention(m[1], "room", m.start(1), m.end(1)) for m in re.finditer(r"room (\w+)", text)]
        found += [Mention(m[1], "thing", m.start(1), m.end(1)) for m in re.finditer(r"has (\w+)", text)]
        return found + [Mention(m[1], "value", m.start(1), m.end(1)) for m in re.finditer(r"\"(\w+)\"", text)]

    def answer(self, command, text):
        if command.verb != "look {}":
            return self.mentions(text)
        return [m._replace(name=f"{command.arguments[0]}.{m.name}") for m in self.mentions(text)]

    def parse(self, action):
        if action in ("list", "done"):
            return Command(action, ())
        if action.startswith("look "):
            return Command("look {}", (action[5:],))
        found = re.fullmatch(r"take (\S+) of (\S+)(?: by (\S+))?(?: only (\S+))?", action)
        if found is None:
            return None
        tail = "".join(f" {word} {{}}" for word, it in zip(("by", "only"), found.groups()[2:], strict=True) if it)
        return Command("take {} of {}" + tail, tuple(it for it in found.groups() if it))

    def render(self, command):
        return command.verb.format(*command.arguments)

    def rejected(self, feedback):
        return feedback == "no"

    def parts(self, command):
        pieces = re.findall(r"(?:take|of|by|only) \{\}", command.verb)
        if not pieces:
            return [command]
        return [Command(piece, (name,)) for piece, name in zip(pieces, command.arguments, strict=True)]

    def whole(self, parts):
        return Command(" ".join(p.verb for p in parts), tuple(name for p in parts for name in p.arguments))


READER = Reader(Rooms())
SETTINGS = CloningConstants()
ENCODER = Cached(Hashing())


def demonstration(task, *steps, task_id="t", success=True, score=None):
    """Return an episode: the instruction, then (action, feedback) by (action, feedback)."""
    return Trajectory(
        task_id=task_id,
        task=task,
        first_observation=task,
        steps=tuple(Step(action=action, observation=feedback) for action, feedback in steps),
        outcome=Outcome.SUCCESS if success else Outcome.FAILURE,
        score=float(success) if score is None else score,
        source="test",
    )


def fetching(room, kind):
    """Return how someone fetches a thing: looks first, and tries something else before a plain answer."""
    first, second = WORLDS[room]
    task, tail = {
        "plain": (f"Fetch every {first} of the {room}.", ""),
        "sorted": (f"Fetch every {first} of the {room} sorted along its {second}.", f" by {room}.{second}"),
        "chosen": (f'Fetch every {first} of the {room} called "Bo".', " only Bo"),
    }[kind]
    steps = [
        ("list", f"There is room {room}."),
        (f"look {room}", f"It has {first}. It has {second}."),
        (f"take {room}.{second} of {room}", "You get something else."),
        (f"take {room}.{first} of {room}{tail}", "You get it."),
        ("done", "Good."),
    ]
    if kind != "plain":
        del steps[2]
    return demonstration(task, *steps, task_id=f"{room} {kind}")


def traced(trajectory, exemplary=None):
    """Return the trace of an episode that was handed over."""
    shown = trajectory.success if exemplary is None else exemplary
    return read(READER, trajectory, ParsedTask(goal="", slots=()), shown, CloningHandOver(SETTINGS))


def learned(trajectories):
    """Return the memory that demonstrations give."""
    tools = Tools(ENCODER, Embedded(), READER, Interface("", ""))
    return build(trajectories, tools, Settings(), find(Settings())).memory


def believed(task, *steps):
    """Return what is believed after an instruction and (action, feedback) by (action, feedback)."""
    belief = Belief(READER, task)
    belief.start(task)
    for action, feedback in steps:
        belief.update(action, feedback)
    return belief
