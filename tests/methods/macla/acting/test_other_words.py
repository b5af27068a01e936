"""A language model reads instructions in other words: names are copied, kinds and jobs chosen among what is likely."""

import numpy as np
import pytest
from helpers.one_mug import OneMug
from helpers.scripted import Scripted

from macla.methods.base import Interface, Tools
from macla.methods.macla.acting.other_words import filled, spelled_kind
from macla.methods.macla.acting.read_task import read_task
from macla.methods.macla.memory.events import Known, Read
from macla.methods.macla.memory.places import Named, Places, TasksNamed
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import ReadingTasks, Settings
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.models.malformed import Malformed
from macla.models.requests import ChooseJob, ChooseKind, Grounding, Names, WorkedReading

MEANINGS = {"mug": 0, "a mug": 0, "beaker": 0, "shelf": 1, "rack": 1, "knife": 2}
CLEAN = WorkedReading(task="put a clean mug in shelf", goal="put a clean <0> in <1>", kinds=("mug", "shelf"))
PLAIN = WorkedReading(task="put a knife on shelf", goal="put a <0> on <1>", kinds=("knife", "shelf"))
SHOWN = {"lamp": 0, "shelf": 3, "box": 3}
"""Kind → how often of three times the first observation showed one."""


class Meanings:
    """An encoder in which words of one meaning are the same, and all others have one of their own."""

    name = "meanings"
    dimension = 64

    def encode(self, texts):
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row, MEANINGS.get(text, 3 + sum(text.encode()) % 61)] = 1
        return rows


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
    named = [
        Named(goal=goal, place=place, kind=kind, times=times, shown=place)
        for goal, kinds, times in ((CLEAN.goal, ("mug", "shelf"), 40), (PLAIN.goal, ("knife", "shelf"), 40))
        for place, kind in enumerate(kinds)
    ]
    made.apply(Read(readings=(CLEAN, PLAIN)))
    made.apply(TasksNamed(named=tuple(named)))
    made.goals.update([CLEAN.goal, PLAIN.goal])
    return made


def read(memory, model, task="rinse a beaker, then put it in a rack"):
    tools = Tools(Meanings(), model, Reader(OneMug()), Interface("", ""))
    session = Session(Scripted(task, "mug 1 is here.", {}), tools.reader, 5, 0)
    session.start()
    return read_task(session, memory, tools), session


def test_names_are_copied_and_what_memory_makes_plain_is_not_asked(memory):
    model = Says(Names(things=("beaker", "rack")))
    task, session = read(memory, model)
    assert (task.goal, task.slots) == ("put a clean <0> in <1>", ("mug", "shelf"))
    (asked,) = model.asked
    assert asked.examples == ((CLEAN.task, CLEAN.kinds), (PLAIN.task, PLAIN.kinds))
    assert session.steps == []


def test_of_close_kinds_and_of_jobs_the_model_chooses(memory):
    memory.settings = Settings(reading=ReadingTasks(margin=2, odds=100))
    model = Says(Names(things=("beaker", "rack")), Grounding(choice=0), Grounding(choice=1))
    task, _ = read(memory, model)
    assert task.slots == ("mug", "shelf")
    kind, job = model.asked[1:]
    assert isinstance(kind, ChooseKind)
    assert (kind.name, kind.candidates) == ("beaker", ("mug", "knife"))  # a shelf never stood in this place
    assert isinstance(job, ChooseJob)
    assert {*job.candidates} == {"put a clean beaker in rack", "put a beaker on rack"}
    assert filled(task.goal, ("beaker", "rack")) == job.candidates[1]


def test_an_instruction_in_the_words_of_training_needs_one_question(memory):
    for task, names in (("put a mug on shelf", ("mug", "shelf")), ("put a mug on shelf", ("a mug", "shelf"))):
        model = Says(Names(things=names))
        memory.settings = Settings(reading=ReadingTasks(margin=0))
        read_as, _ = read(memory, model, task)
        assert (read_as.goal, read_as.slots) == ("put a <0> on <1>", ("mug", "shelf"))
        assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("first", "doubt"),
    [
        (("knife", "rack"), "it named 'knife', which the task does not say"),
        (("beaker",), "it named 1 things, and no job is done with as many"),
        (("rack", "rack"), "it named the same thing twice"),
    ],
)
def test_an_implausible_answer_is_asked_again_once_with_the_reason(memory, first, doubt):
    model = Says(Names(things=first), Names(things=("beaker", "rack")))
    task, session = read(memory, model)
    assert task.slots == ("mug", "shelf")
    assert [request.doubt for request in model.asked] == ["", doubt]
    assert [request.draw for request in model.asked] == [0, 1]
    assert session.steps == []


def test_the_model_has_the_last_word(memory):
    stubborn = Names(things=("knife", "rack"))
    assert read(memory, Says(stubborn, stubborn))[0].slots == ("knife", "shelf")
    memory.settings = Settings(reading=ReadingTasks(doubts=0))
    assert read(memory, Says(stubborn))[0].slots == ("knife", "shelf")


@pytest.mark.parametrize("purpose", ["name_things", "choose_kind", "choose_job"])
def test_a_reply_of_no_use_costs_a_step(memory, purpose):
    memory.settings = Settings(reading=ReadingTasks(margin=2, odds=100))
    useless = Malformed(purpose=purpose, reason="none", text="")
    answers = [Names(things=("beaker", "rack")), Grounding(choice=0), Grounding(choice=0)]
    place = ["name_things", "choose_kind", "choose_job"].index(purpose)
    task, session = read(memory, Says(*answers[:place], useless, *answers[place:]))
    assert task is not None
    assert len(session.steps) == 1
    task, session = read(memory, Says(*answers[:place], *[useless] * 5))
    assert task is None
    assert session.over


def test_without_the_ontology_all_kinds_of_a_place_are_offered(memory):
    memory.settings = Settings(ontology=False)
    model = Says(Names(things=("beaker", "rack")), Grounding(choice=0))
    task, _ = read(memory, model)
    assert model.asked[1].candidates == ("knife", "mug")
    assert task.slots == ("knife", "shelf")


def test_kinds_that_always_stood_in_sight_and_do_not_now_are_left_out():
    places = Places()
    places.fold([Named(goal="g", place=1, kind=kind, times=3, shown=shown) for kind, shown in SHOWN.items()])
    assert places.fitting(1, frozenset({"shelf"})) == ("lamp", "shelf")
    assert places.fitting(0, frozenset()) == ()


def test_a_kind_counts_for_the_jobs_that_name_it():
    places = Places()
    counts = {("look", "lamp"): 20, ("put", "shelf"): 10, ("put", "box"): 10}
    places.fold([Named(goal=goal, place=1, kind=kind, times=n, shown=0) for (goal, kind), n in counts.items()])
    assert places.likelihood("look", 1, "lamp") == 20 / 21
    assert places.likelihood("look", 1, "shelf") == 1 / 21 / 2  # one kind among 20: either other is rare
    assert places.likelihood("put", 1, "lamp") == 2 / 22


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("clean Mugs", "mug"),
        ("coffee table", "coffeetable"),
        ("butter knife", "butterknife"),
        ("mug of tea", None),
        ("", None),
    ],
)
def test_a_kind_is_spelled_by_the_end_of_a_name(name, kind):
    assert spelled_kind(name, {"mug", "table", "coffeetable", "knife", "butterknife"}) == kind
