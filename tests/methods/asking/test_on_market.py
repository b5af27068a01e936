"""A language model acts where tasks name things: with what it read and chose, on what memory says is due."""

import re
from dataclasses import replace
from random import Random

import pytest
from helpers.market import COLOURS, GOODS, Market, MarketLexicon, expert
from helpers.shopping import HORIZON, lent

from macla.errors import UserError
from macla.methods.macla.acting.notes import note
from macla.methods.macla.method import Macla
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.models.answer import Answer, Usage
from macla.models.requests import Act, Action, Ground, Grounding, ReadRequest, Thing, Things
from macla.models.usage import Ledger
from macla.runs.play import run

SETTINGS = Settings(ontology=False, theta_conf=-1.0)


class Blind(MarketLexicon):
    """The lexicon without a reader of instructions."""

    def mentions(self, text):
        return [] if text.startswith("Buy a ") else super().mentions(text)


class Linguist:
    """A source that takes itself for a language model and answers by a function a kind of request."""

    name = "linguist"
    is_language_model = True

    def __init__(self, read, choose):
        self.read, self.choose, self.asked = read, choose, []

    def answers(self, requests):
        self.asked += requests
        return [Answer(reply=self._reply(request), usage=Usage(requests=1)) for request in requests]

    def _reply(self, request):
        if isinstance(request, ReadRequest):
            return Things(things=self.read(request))
        if isinstance(request, Ground):
            return Grounding(choice=self.choose(request))
        assert isinstance(request, Act)
        return Action(action="")

    def identity(self):
        return {"model": self.name}


def understands(request):
    colour, goods, limit = re.fullmatch(r"Buy a (\w+) (\w+) for at most (\d+) coins\.", request.task).groups()
    named = (("colour", colour), ("goods", goods), ("limit", limit))
    return tuple(Thing(kind=kind, name=name) for kind, name in named)


def sensible(request):
    """Ask where it was just knocked, else where it was not asked before; take a ware of the right goods."""
    goods = next(name for name in GOODS if name in request.task)
    last = request.done[-1] if request.done else ""
    for number, shown in enumerate(request.candidates):
        knocked, new = last == f"knock {shown}", f"ask {shown}" not in request.done
        if f" {goods}," in shown or (shown.startswith("stall") and (knocked if last.startswith("knock") else new)):
            return number
    return 0


@pytest.fixture(scope="module")
def memory(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    Macla(SETTINGS).build([expert(Market(seed)) for seed in range(120)], lent()).save(folder)
    return folder


@pytest.fixture
def play(memory):
    """Return a function (source) → the sessions of 40 new tasks."""

    def make(source):
        tools = replace(lent(), model=Ledger(source), reader=Reader(Blind()))
        learned, sessions = Macla(SETTINGS).load(memory, tools), []
        for seed in range(1000, 1040):
            session = Session(Market(seed), tools.reader, HORIZON, 0)
            run(learned.actor(), session)
            sessions.append(session)
        return sessions

    return make


def test_a_model_that_reads_and_chooses_well_does_the_tasks(play):
    source = Linguist(understands, sensible)
    sessions = play(source)
    assert sum(session.success for session in sessions) >= 38
    reading = source.asked[0]
    assert reading.kinds == ("colour", "goods", "limit")
    assert {thing.kind for thing in reading.examples[0].things} == set(reading.kinds)
    assert all(request.examples == reading.examples for request in source.asked if isinstance(request, ReadRequest))
    choices = [request for request in source.asked if isinstance(request, Ground)]
    assert choices
    assert all(len(request.candidates) > 1 for request in choices)  # what memory leaves alone is not asked for


def test_junk_in_place_of_every_answer_ruins_it(play):
    dice = Random(0)

    def babbles(request):
        return (Thing(kind="colour", name=dice.choice(COLOURS)), Thing(kind="limit", name=str(dice.randint(1, 30))))

    source = Linguist(babbles, lambda request: dice.randrange(len(request.candidates)))
    assert sum(session.success for session in play(source)) <= 8


def test_who_acts_must_be_there_and_must_have_something_to_do(memory):
    talks = replace(lent(), model=Ledger(Linguist(understands, sensible)))
    with pytest.raises(UserError, match=r"type memory\.grounded=model"):
        Macla(SETTINGS.model_copy(update={"grounded": "cloning"})).load(memory, talks).actor()
    with pytest.raises(UserError, match="needs a language model"):
        Macla(SETTINGS.model_copy(update={"grounded": "model"})).load(memory, lent()).actor()


def test_as_notes_the_same_procedures_stand_in_the_prompt_of_a_model_that_acts_alone(memory):
    source = Linguist(understands, sensible)
    tools = replace(lent(), model=Ledger(source), reader=Reader(Blind()))
    learned = Macla(SETTINGS.model_copy(update={"act": "notes", "notes": 2})).load(memory, tools)
    session = Session(Market(1000), tools.reader, 3, 0)
    run(learned.actor(), session)
    assert [type(request) for request in source.asked] == [Act] * 3
    first = source.asked[0].notes
    assert len(first) == 2
    assert all(request.notes == first for request in source.asked)
    assert any(
        re.search(r"worked \d+ of \d+ times\)\n.*1\. take <ware>", note, re.DOTALL) for note in learned_notes(learned)
    )
    with_the_stand_in = Session(Market(1000), tools.reader, 3, 0)
    run(Macla(SETTINGS.model_copy(update={"act": "notes"})).load(memory, lent()).actor(), with_the_stand_in)
    assert {decision.kind for decision in with_the_stand_in.decisions} == {"model"}  # which reads no notes


def learned_notes(learned):
    """Return all procedures of a memory as notes."""
    selector = learned.actor().selector
    return [note(candidate, selector) for candidate in selector.rank(("Buy a red cup",), lambda skill: True)]


def test_memory_is_the_same_whoever_will_act():
    built = {
        name: Settings(grounded=name).construction(practice=False) for name in ("auto", "cloning", "model", "none")
    }
    assert built["auto"] == built["cloning"] == built["model"] != built["none"]
