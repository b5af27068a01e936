"""An instruction is read otherwise once nothing is left to do under a reading, and the episode goes on."""

import numpy as np
import pytest
from helpers.one_mug import OneMug
from helpers.scripted import Scripted

from macla.methods.base import Interface, Tools
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.reread import read_otherwise
from macla.methods.macla.memory.events import Known, Read
from macla.methods.macla.memory.places import Named, TasksNamed
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import ReadingTasks, Settings
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.models.requests import WorkedReading

TASK = "rinse a beaker, then put it in a rack"
PUT, CLEAN = "put a <0> in <1>", "put a clean <0> in <1>"
VECTORS = {
    "beaker": (1.0, 0.0, 0.0), "cup": (1.0, 0.0, 0.0), "mug": (0.8, 0.6, 0.0), "knife": (0.0, 1.0, 0.0),
    "rack": (0.0, 0.0, 1.0), "shelf": (0.0, 0.0, 1.0),
}  # fmt: skip


class Closeness:
    """An encoder in which a cup is closest to a beaker, a mug is next, and all sentences are the same."""

    name = "closeness"
    dimension = 3

    def encode(self, texts):
        return np.array([VECTORS.get(text, (0.6, 0.8, 0.0)) for text in texts], dtype=np.float32)


@pytest.fixture
def memory():
    made = Memory(Settings(reading=ReadingTasks(again=2)))
    made.apply(Known(kinds=("cup", "knife", "mug", "shelf")))
    readings = [WorkedReading(task=f"{goal} of training", goal=goal, kinds=("mug", "shelf")) for goal in (PUT, CLEAN)]
    made.apply(Read(readings=tuple(readings)))
    places = {0: ("cup", "knife", "mug"), 1: ("shelf",)}
    made.apply(
        TasksNamed(
            named=tuple(
                Named(goal=goal, place=place, kind=kind, times=40, shown=0)
                for goal in (PUT, CLEAN)
                for place, kinds in places.items()
                for kind in kinds
            )
        )
    )
    made.goals.update([PUT, CLEAN])
    return made


def others(memory, first, task=TASK, sees=""):
    """Return the readings after the first, as one after another comes to nothing."""
    tools = Tools(Closeness(), None, Reader(OneMug()), Interface("", ""))
    session = Session(Scripted(task, sees, {}), tools.reader, 5, 0)
    session.start()
    tried = [first]
    while (other := read_otherwise(session, memory, tools, tried)) is not None:
        tried.append(other)
    return [(one.goal, *one.slots) for one in tried[1:]]


READ = ParsedTask(goal=CLEAN, slots=("cup", "shelf"), names=("beaker", "rack"))


def test_what_is_closest_to_the_first_reading_comes_next(memory):
    memory.settings = Settings(reading=ReadingTasks(again=2, near=2))
    assert others(memory, READ) == [(PUT, "cup", "shelf"), (CLEAN, "mug", "shelf")]


def test_kinds_that_were_seen_come_before_those_that_were_not(memory):
    assert others(memory, READ, sees="mug 1 is here.")[0][1] == "mug"


def test_so_many_are_tried_and_none_twice(memory):
    for again in (0, 1, 4):
        memory.settings = Settings(reading=ReadingTasks(again=again))
        found = others(memory, READ)
        assert len({*found, (CLEAN, "cup", "shelf")}) == again + 1


def test_all_readings_are_tried_where_that_is_allowed(memory):
    memory.settings = Settings(reading=ReadingTasks(again=99))
    assert len(others(memory, READ)) == 3 * 2 - 1  # three kinds, two jobs, less the first


def test_what_an_instruction_spells_is_not_read_otherwise(memory):
    spelled = ParsedTask(goal=CLEAN, slots=("mug", "shelf"), names=("mug", "shelf"))
    assert others(memory, spelled, task="put a clean mug in shelf") == []
    assert others(memory, spelled, task="rinse a mug for the shelf") == [(PUT, "mug", "shelf")]


def test_names_that_the_instruction_does_not_say_give_no_other_reading(memory):
    assert others(memory, READ.model_copy(update={"names": ("zebra", "rack")})) == []
    assert others(memory, READ.model_copy(update={"names": ()})) == []
