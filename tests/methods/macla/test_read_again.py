"""A task that was misread is read otherwise in the toy world (``reading.again``)."""

from copy import deepcopy

import pytest
from helpers.acting import Asked, played_by

from envs.toy.env import ToyEnv
from envs.toy.world import Chances, Room
from macla.methods.instruction import ParsedTask
from macla.methods.macla import algorithm1
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.algorithm1 import Algorithm1
from macla.methods.macla.memory.places import Named, TasksNamed
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.settings import Settings
from macla.methods.session import Session
from macla.models.malformed import Malformed
from macla.models.requests import ChooseKind, Grounding, Names, NameThings

SURE = Chances(fire=1.0, glue=1.0, rivet=1.0)
HOLDERS = {"shelf 1": (), "shelf 2": (), "crate 1": (), "crate 2": ("vase 1",)}


class Misreads(Asked):
    """A language model that takes what a task calls a vase for a jug."""

    is_language_model = True

    def ask(self, requests):
        self.purposes += [request.purpose for request in requests]
        return [self._reply(request) for request in requests]

    def _reply(self, request):
        if isinstance(request, NameThings):
            return Names(things=("vessel", "kiln"))
        if isinstance(request, ChooseKind):
            return Grounding(choice=request.candidates.index("jug"))
        return Malformed(purpose=request.purpose, reason="it says nothing else", text="")


class Vessel(ToyEnv):
    """Calls the piece, a vase, a vessel."""

    def _info(self):
        return {**super()._info(), "task": "fire a vessel in kiln."}


@pytest.mark.parametrize(("again", "solved"), [(0, False), (1, True)])
def test_a_task_that_goes_on_when_nothing_is_left_to_do_is_read_otherwise(learned, hashing, tools, toy, again, solved):
    learnt = deepcopy(learned(jobs=("fire",), fire=1.0, crate=0.9))
    learnt.settings = Settings(theta_conf=0.4, reading={"again": again, "margin": 2.0})
    (goal,) = learnt.goals
    named = [Named(goal=goal, place=0, kind=kind, times=9, shown=0) for kind in ("jug", "vase")]
    learnt.apply(TasksNamed(named=tuple(named)))
    index, _ = learnt.embed(hashing)
    lent = tools(toy(), Misreads(), hashing)
    actor = Algorithm1(Selector(learnt, index, hashing, learnt.settings), lent, None)
    session = played_by(actor, Vessel(Room("fire", "vase 1", HOLDERS, "red", False, 0), SURE, 99, 0), lent.reader, 20)
    assert session.success == solved
    assert [reading.slots for reading in actor.readings] == [("jug", "kiln"), ("vase", "kiln")][: 1 + again]
    assert lent.model.purposes[:2] == ["name_things", "choose_kind"]
    assert ("act" in lent.model.purposes) != solved


def test_what_was_taken_under_a_wrong_reading_is_put_down(learned, hashing, tools, toy, monkeypatch):
    learnt = deepcopy(learned(jobs=("fire",), fire=1.0, crate=0.9))
    learnt.settings = Settings(theta_conf=0.4)
    (goal,) = learnt.goals
    index, _ = learnt.embed(hashing)
    lent, asked = tools(toy(), None, hashing), []
    monkeypatch.setattr(algorithm1, "put_back", lambda session, memory, tools, things: asked.append(things))
    actor = Algorithm1(Selector(learnt, index, hashing, learnt.settings), lent, None)
    world = ToyEnv(Room("fire", "vase 1", {**HOLDERS, "crate 1": ("jug 1",)}, "red", False, 0), SURE, 20, 0)
    session = Session(world, lent.reader, 20, 0)
    session.start()
    actor._take_up(session, ParsedTask(goal=goal, slots=("jug", "kiln")))
    for action in ("go to crate 1", "take jug 1 from crate 1", "go to kiln 1"):
        assert session.say(action)
    jug, kiln = (Slot(number=number, of_task=True) for number in (0, 1))
    actor.executor.roles.settle({jug: "jug 1", kiln: "kiln 1"})
    actor._go_on(session, ParsedTask(goal=goal, slots=("vase", "kiln")))
    assert asked == [["jug 1", "kiln 1"]]
    assert jug not in actor.executor.roles.bound
