"""A language model reads instructions with worked examples, and an implausible reading is asked again."""

import numpy as np
import pytest
from helpers.scripted import Scripted

from macla.benchmarks.lexicon import Command, Mention
from macla.methods.base import Interface, Tools
from macla.methods.macla.acting.read_task import near_kinds, read_task
from macla.methods.macla.memory.events import Known, Read
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import ReadingTasks, Settings
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.models.malformed import Malformed
from macla.models.requests import ParseTask, TaskReading, WorkedReading

MEANINGS = {"mug": 0, "beaker": 0, "shelf": 1, "rack": 1, "knife": 2}
CLEAN = WorkedReading(task="put a clean mug in shelf", goal="put a clean <0> in <1>", kinds=("mug", "shelf"))


class Meanings:
    """An encoder in which words of one meaning are the same, and all others have one of their own."""

    name = "meanings"
    dimension = 64

    def encode(self, texts):
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row, MEANINGS.get(text, 3 + sum(text.encode()) % 61)] = 1
        return rows


class Plain:
    def mentions(self, text):
        return [] if text.startswith("rinse") else [Mention("mug 1", "mug", 0, 5)] if text.startswith("mug 1") else []

    def parse(self, action):
        return Command(action, ()) if action else None

    def render(self, command):
        return command.verb

    def rejected(self, feedback):
        return False


class Says:
    """A language model that gives these answers in turn, and keeps what it was asked."""

    is_language_model = True

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def ask(self, requests):
        self.asked += requests
        return [self.answers.pop(0) for _ in requests]


@pytest.fixture
def memory():
    made = Memory(Settings())
    made.apply(Known(kinds=("knife", "mug", "shelf")))
    made.apply(Read(readings=(CLEAN,)))
    made.goals[CLEAN.goal] += 1
    return made


def read(memory, model, task="rinse a beaker, then put it in a rack"):
    tools = Tools(Meanings(), model, Reader(Plain()), Interface("", ""))
    session = Session(Scripted(task, "mug 1 is here.", {}), tools.reader, 5, 0)
    session.start()
    return read_task(session, memory, tools), session


def test_the_request_begins_with_what_all_share_and_offers_kinds_near_to_new_words(memory):
    model = Says(TaskReading(job=CLEAN.goal, kinds=("mug", "shelf")))
    task, session = read(memory, model)
    assert (task.goal, task.slots) == ("put a clean <0> in <1>", ("mug", "shelf"))
    (asked,) = model.asked
    assert asked.vocabulary == ("knife", "mug", "shelf")
    assert asked.examples == (CLEAN,)
    assert {"mug", "shelf"} <= {*asked.near}
    assert session.steps == []


@pytest.mark.parametrize(
    ("first", "doubt"),
    [
        (
            TaskReading(job=CLEAN.goal, kinds=("knife", "shelf")),
            "it named knife, of which the instruction does not speak",
        ),
        (TaskReading(job=CLEAN.goal, kinds=("mug",)), "it named 1 kinds, but that job is done with 2"),
        (TaskReading(job=CLEAN.goal, kinds=("mug", "mug")), "it named the same kind twice"),
    ],
)
def test_an_implausible_answer_is_asked_again_once_with_the_reason(memory, first, doubt):
    model = Says(first, TaskReading(job=CLEAN.goal, kinds=("mug", "shelf")))
    task, session = read(memory, model)
    assert task.slots == ("mug", "shelf")
    assert [request.doubt for request in model.asked] == ["", doubt]
    assert [request.draw for request in model.asked] == [0, 1]
    assert session.steps == []


def test_the_model_has_the_last_word(memory):
    stubborn = TaskReading(job=CLEAN.goal, kinds=("knife", "shelf"))
    model = Says(stubborn, stubborn)
    assert read(memory, model)[0].slots == ("knife", "shelf")
    memory.settings = Settings(reading=ReadingTasks(doubts=0))
    model = Says(stubborn)
    assert read(memory, model)[0].slots == ("knife", "shelf")


def test_a_reply_of_no_use_costs_a_step(memory):
    useless = Malformed(purpose="parse_task", reason="none", text="")
    task, session = read(memory, Says(useless, TaskReading(job=CLEAN.goal, kinds=("mug", "shelf"))))
    assert task is not None
    assert len(session.steps) == 1
    task, session = read(memory, Says(*[useless] * 5))
    assert task is None
    assert session.over


def test_a_kind_inside_another_word_is_not_spelled(memory):
    request = ParseTask(task="rinse a mugwort", vocabulary=("knife", "mug", "shelf"))
    memory.settings = Settings(reading=ReadingTasks(near=0))
    assert near_kinds(request, memory, Meanings()) == ()
    assert near_kinds(request.model_copy(update={"task": "rinse the Mugs"}), memory, Meanings()) == ("mug",)


def test_without_the_ontology_no_kinds_are_offered(memory):
    memory.settings = Settings(ontology=False)
    model = Says(TaskReading(job=CLEAN.goal, kinds=("mug", "shelf")))
    read(memory, model)
    assert model.asked[0].near == ()
    assert near_kinds(model.asked[0], memory, Meanings()) == ()
