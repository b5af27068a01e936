"""Commands put together from parts: learned from demonstrations of a small made-up query language."""

import re

import pytest

from macla.benchmarks.lexicon import Command, Mention
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.encoder import Hashing
from macla.methods.belief import Belief, Reader
from macla.methods.cloning.statements.search import Composer
from macla.methods.cloning.statements.wording import Wording
from macla.methods.macla.learning.build import BuildSettings, build
from macla.methods.macla.memory.segment import COMPOSED
from macla.models.embedded import Embedded


class Rooms:
    """``list`` names rooms, ``look R`` its things; ``take A of R [by B] [only V]`` is put together."""

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


WORLDS = {
    "kitchen": ["cup", "plate"],
    "cellar": ["wine", "beer"],
    "garden": ["rose", "tulip"],
    "attic": ["box", "lamp"],
}

KINDS = ("plain", "sorted", "chosen")


def _episode(room, things, kind):
    first, second = things
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
    return Trajectory(
        task_id=f"{room} {kind}",
        task=task,
        task_type="",
        first_observation=task,
        steps=tuple(Step(action=a, observation=o, reward=0.0) for a, o in steps),
        outcome=Outcome.SUCCESS,
        score=1.0,
        source="test",
    )


@pytest.fixture(scope="module")
def memory():
    shown = [
        _episode(r, t, k)
        for r in ("kitchen", "cellar", "garden")
        for t in [WORLDS[r]]
        for k in ("plain", "sorted", "chosen")
    ]
    return build(shown, Rooms(), Embedded(), Hashing(), BuildSettings())[0]


def _drafts(memory, kind, room="attic"):
    episode = _episode(room, WORLDS[room], kind)
    belief = Belief(Reader(Rooms()), episode.task)
    belief.start(episode.first_observation)
    for step in episode.steps[:2]:
        belief.update(step.action, step.observation)
    drafts = Composer(memory, belief, Hashing()).drafts()
    return [Rooms().render(Rooms().whole(draft.parts)) for draft in drafts]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plain", "take attic.box of attic"),
        ("sorted", "take attic.box of attic by attic.lamp"),
        ("chosen", "take attic.box of attic only Bo"),
    ],
)
def test_parts_and_entities_follow_the_wording_in_a_world_never_shown(memory, kind, expected):
    assert _drafts(memory, kind)[0] == expected


def test_drafts_are_different_commands(memory):
    drafts = _drafts(memory, "sorted")
    assert len(drafts) == len(set(drafts)) > 1


def test_parts_are_procedures_and_so_is_putting_them_together(memory):
    parts = {p.milestone.verb for p in memory.procedures.values() if p.part}
    assert parts == {"take {}", "of {}", "by {}", "only {}"}
    assert any(p.milestone == COMPOSED and not p.part for p in memory.procedures.values())


def test_only_the_last_command_teaches(memory):
    (take,) = [p for p in memory.procedures.values() if p.milestone.verb == "take {}"]
    assert take.support == 9  # one an episode, though three episodes tried another before


def test_what_a_demonstrator_knew_without_looking_is_looked_up_in_other_episodes():
    shown = [_episode("kitchen", WORLDS["kitchen"], kind) for kind in KINDS]
    blind = shown[0].model_copy(update={"steps": shown[0].steps[3:], "task_id": "blind"})
    memory = build([*shown, blind], Rooms(), Embedded(), Hashing(), BuildSettings())[0]
    (take,) = [p for p in memory.procedures.values() if p.milestone.verb == "take {}"]
    assert take.support == 4


def test_an_instruction_is_understood_by_the_kinds_of_what_was_seen():
    belief = Belief(Reader(Rooms()), 'Fetch every cup of the kitchen called "Bo".')
    belief.start(belief.task)
    belief.update("list", "There is room kitchen.")
    belief.update("look kitchen", "It has cup. It has plate.")
    wording = Wording(belief)
    assert wording.understood == ["fetch", "every", "<thing>", "of", "the", "<room>", "called", "<value>"]
    assert wording.spot("kitchen.cup").places == (2,)
    assert wording.spot("kitchen.plate").places == ()
