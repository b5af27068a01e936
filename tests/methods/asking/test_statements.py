"""A language model writes statements: what was looked up is told, errors come back, those that agree are the answer."""

import pytest
from helpers import rooms
from helpers.scripted import Scripted

from envs.intercode_sql.lexicon import SQLLexicon
from macla.benchmarks.lexicon import Looks
from macla.methods.asking.ask import Asker
from macla.methods.asking.examples import examples
from macla.methods.asking.grounded import AskedGrounded
from macla.methods.asking.settings import AskingSettings
from macla.methods.base import Interface, Tools
from macla.methods.cloning.segments import STATEMENT
from macla.methods.cloning.state import Cloned
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.equations.beta import Prior
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.models.embedded import Embedded
from macla.models.malformed import Malformed
from macla.models.requests import Grounding, Written

TASK = "Fetch every box of the attic."
BOX, LAMP, WRONG = "take attic.box of attic", "take attic.lamp of attic", "take box"
LOOKS = {"list": "There is room attic.", "look attic": "It has box. It has lamp."}
SHOWN = {**LOOKS, BOX: "You get room attic.", LAMP: "You get room lamp."}


class Writes:
    """A language model that writes these statements in turn and keeps what it was asked; None: it says nothing.

    A number is a choice among candidates.
    """

    is_language_model = True

    def __init__(self, *said):
        self.said, self.asked = list(said), []

    def ask(self, requests):
        self.asked += requests
        return [self._reply(self.said.pop(0)) for _ in requests]

    def _reply(self, text):
        if isinstance(text, int):
            return Grounding(choice=text)
        return Malformed(purpose="write", reason="none", text="") if text is None else Written(action=text)


@pytest.fixture(scope="module")
def memory():
    return rooms.learned(
        [rooms.fetching(room, kind) for room in ("kitchen", "cellar", "garden") for kind in rooms.KINDS]
    )


def write(memory, *said, horizon=20, world=SHOWN, reader=rooms.READER, look_first=False, **settings):
    """Return the session and the model of one statement; the room is listed already.

    With ``look_first`` memory carries out its procedure of looking, not that of the statement.
    """
    session = Session(Scripted(TASK, TASK, world, otherwise="no"), reader, horizon, 0)
    session.start()
    session.say("list")
    asking = AskingSettings(**{"agree": 2, **settings})
    model, roles = Writes(*said), Roles(ParsedTask(goal="", slots=()))
    tools = Tools(rooms.ENCODER, model, reader, Interface("take {thing} of {room}", ""))
    grounded = AskedGrounded(
        session,
        roles,
        memory,
        settings=rooms.SETTINGS,
        encoder=rooms.ENCODER,
        prior=Prior(1.0, 1.0),
        asker=Asker(session, tools, asking),
        examples=examples(memory.extension(Cloned).worked, asking, reader),
    )
    executor = Executor(session, roles, memory, model=Embedded(), grounding=grounded)
    (whole,) = [known for known in memory.procedures.values() if known.milestone == STATEMENT]
    if look_first:
        (look,) = [known for known in memory.procedures.values() if known.milestone.verb == "look {}"]
        return executor.run(look), [step.action for step in session.steps[1:]], model
    return executor.run(whole), [step.action for step in session.steps[1:]], model


def test_it_looks_first_and_tells_what_it_saw_and_two_that_agree_are_enough(memory):
    result, actions, model = write(memory, BOX, BOX)
    assert result == (True, True)
    assert actions == ["look attic", BOX]  # an equal statement needs no second step
    first, second = model.asked
    assert first.known == ("attic: box (thing), lamp (thing)",)
    assert first.task == TASK
    assert (first.temperature, second.temperature) == (None, 0.7)
    assert (first.draw, second.draw) == (0, 1)
    assert first.tried == second.tried == ()
    assert first.here == ()  # no training task was in this room


CUP = "take kitchen.cup of kitchen"
KITCHEN = {
    "list": "There is room kitchen.",
    "look kitchen": "It has cup. It has plate.",
    CUP: "You get room kitchen.",
}


def test_answers_of_this_place_stand_beside_those_of_others(memory):
    of_kitchen = {(one.task, one.answer) for one in memory.extension(Cloned).worked if "kitchen" in one.about}
    _, _, model = write(memory, CUP, CUP, world=KITCHEN)
    assert {*model.asked[0].here} == of_kitchen
    assert len(of_kitchen) == len(rooms.KINDS)
    _, _, model = write(memory, CUP, CUP, world=KITCHEN, here=0)
    assert model.asked[0].here == ()


class OpenRooms(rooms.Rooms):
    """Rooms that can be listed in full, and whose things can be smelled at."""

    def looks(self, name, type, shown):
        return Looks(f"count {name}" if shown.endswith("...") else "", f"smell {name}") if type == "room" else Looks()


OPEN = {"list": LOOKS["list"], "look attic": "It has box...", "count attic": "12 things.", "smell attic": "Wax."}


def test_what_looks_leave_open_is_looked_at_while_there_are_steps(memory):
    reader, world = Reader(OpenRooms()), OPEN | {BOX: SHOWN[BOX]}
    _, actions, model = write(memory, BOX, BOX, world=world, reader=reader)
    assert actions == ["look attic", "count attic", "smell attic", BOX]
    assert model.asked[0].known == ("attic: box (thing)", "attic holds, for example: Wax.")
    _, actions, _ = write(memory, BOX, BOX, world=world, reader=reader, horizon=7)
    assert actions == ["look attic", "count attic", BOX]  # the rest before examples
    _, actions, _ = write(memory, BOX, BOX, world=world, reader=reader, looks=False)
    assert actions == ["look attic", BOX]


HOUSE = {
    "list": "There is room attic. There is room loft. There is room shed.",
    "look attic": "It has box.",
    "look loft": "It has rope.",
    "look shed": "It has spade.",
    BOX: SHOWN[BOX],
}


def test_the_model_says_where_to_look_first_where_there_is_much_to_see(memory):
    _, actions, model = write(memory, 2, 0, BOX, BOX, world=HOUSE, looked_at=2)
    assert actions == ["look shed", "look attic", "look loft", BOX]  # the others follow, while there are steps
    first, second, third, _ = model.asked
    assert first.candidates == ("attic", "loft", "shed")  # something must be seen
    assert second.candidates == ("attic", "loft", "none of these")
    assert third.known == ("attic: box (thing)", "loft: rope (thing)", "shed: spade (thing)")
    _, actions, _ = write(memory, 2, 2, BOX, BOX, world=HOUSE, looked_at=2, horizon=7)
    assert actions == ["look shed", "look attic", BOX]  # none was wished: the nearest
    _, actions, model = write(memory, BOX, BOX, world=HOUSE, looked_at=3)
    assert len(model.asked) == 2  # few things are all looked at, unasked


class SurveyedRooms(OpenRooms):
    """Rooms of which one action shows what several hold."""

    def survey(self, names):
        return f"list {' '.join(names)}"

    def surveyed(self, feedback):
        return dict(line.split(" has ") for line in feedback.rstrip(".").split("; ") if " has " in line)


SURVEYED = HOUSE | {
    "list attic loft shed": "attic has box; loft has rope; sh...",
    "list shed": "shed has spade.",
    "smell attic": "Wax.",
    "smell loft": "Tar.",
}


def test_one_action_shows_what_all_things_hold_where_there_is_one(memory):
    reader = Reader(SurveyedRooms())
    _, actions, model = write(memory, BOX, world=SURVEYED, reader=reader, agree=1, horizon=9)
    assert actions == [
        "list attic loft shed",
        "list shed",
        "smell attic",
        "smell loft",
        BOX,
    ]  # what was cut off follows
    (asked,) = model.asked
    assert asked.known == (
        *("attic: box", "loft: rope", "shed: spade"),
        *("attic holds, for example: Wax.", "loft holds, for example: Tar."),
    )
    _, actions, model = write(memory, BOX, world=SURVEYED, reader=reader, agree=1, horizon=6)
    assert actions == ["list attic loft shed", BOX]
    assert model.asked[0].known == ("attic: box", "loft: rope", "shed: not looked at")
    _, actions, _ = write(memory, 0, BOX, world=SURVEYED, reader=reader, agree=1, looks=False, looked_at=1, horizon=6)
    assert actions == ["look attic", BOX]  # as it was asked for


def test_looking_at_all_at_once_takes_the_place_of_looking_at_one(memory):
    reader = Reader(SurveyedRooms())
    for look_first in (False, True):
        result, actions, model = write(
            memory, BOX, world=SURVEYED, reader=reader, agree=1, horizon=9, look_first=look_first
        )
        assert result == (True, True)
        assert actions == ["list attic loft shed", "list shed", "smell attic", "smell loft", BOX]
        assert len(model.asked[0].known) == 5


def test_a_survey_that_shows_nothing_leaves_the_things_to_be_looked_at_one_by_one(memory):
    world = SURVEYED | {"list attic loft shed": "What?"}
    _, actions, _ = write(memory, BOX, world=world, reader=Reader(SurveyedRooms()), agree=1, looked_at=3, horizon=9)
    assert actions[:4] == ["list attic loft shed", "look attic", "look loft", "look shed"]


def test_by_default_the_first_statement_that_gives_something_is_the_answer(memory):
    world = SHOWN | {LAMP: "Nothing.", "count box": "You get number 0."}
    _, actions, model = write(memory, BOX, agree=AskingSettings().agree)
    assert (actions, len(model.asked)) == (["look attic", BOX], 1)
    _, actions, _ = write(memory, LAMP, BOX, agree=1, world=world)
    assert actions == ["look attic", LAMP, BOX]
    _, actions, _ = write(memory, LAMP, WRONG, LAMP, LAMP, agree=1, world=world)
    assert actions == ["look attic", LAMP, WRONG, LAMP]  # nothing is better than what was refused


def test_zeros_are_nothing(memory):
    reader = Reader(SQLLexicon())
    asker = Asker(Session(Scripted(TASK, TASK, SHOWN, otherwise="no"), reader, 9, 0), None, AskingSettings())
    assert [asker.gave_nothing(text) for text in ("[(0,)]", "[]", "[(None,)]", "[(0, 3)]", "[('0 %',)]")] == [
        *(True, True, True),
        *(False, False),
    ]


def test_the_last_steps_say_the_best_statement_again(memory):
    _, actions, _ = write(memory, BOX, WRONG, WRONG, horizon=6)
    assert actions == ["look attic", BOX, WRONG, BOX]


def test_a_statement_that_gave_nothing_is_shown_and_is_the_answer_only_where_none_gave_anything(memory):
    world = SHOWN | {LAMP: "Nothing."}
    _, actions, model = write(memory, LAMP, BOX, candidates=2, world=world)
    assert actions == ["look attic", LAMP, BOX]
    assert model.asked[1].tried == ((LAMP, "Nothing."),)
    _, actions, _ = write(memory, BOX, LAMP, LAMP, LAMP, world=world)
    assert actions == ["look attic", BOX, LAMP, BOX]


def test_an_error_stands_in_the_next_request(memory):
    result, actions, model = write(memory, WRONG, BOX, BOX)
    assert (result.achieved, result.success) == (True, False)
    assert actions == ["look attic", WRONG, BOX]
    assert model.asked[1].tried == ((WRONG, "no"),)


def test_what_most_agree_on_is_executed_last(memory):
    _, actions, _ = write(memory, BOX, LAMP, BOX)
    assert actions == ["look attic", BOX, LAMP, BOX]
    _, actions, _ = write(memory, BOX, LAMP, candidates=2)
    assert actions == ["look attic", BOX, LAMP, BOX]  # none agree: the likeliest, which came first


def test_one_candidate_is_one_statement(memory):
    _, actions, model = write(memory, BOX, candidates=1)
    assert actions == ["look attic", BOX]
    assert len(model.asked) == 1


def test_answered_tasks_are_shown_the_same_for_all(memory):
    _, _, model = write(memory, BOX, BOX, examples=2)
    shown = model.asked[0].examples
    assert len(shown) == 2
    assert all(action.startswith("take ") for _, action in shown)
    assert model.asked[1].examples == shown


def test_a_statement_that_was_refused_is_not_tried_again(memory):
    _, actions, model = write(memory, WRONG, WRONG, BOX, BOX)
    assert actions == ["look attic", WRONG, BOX]
    assert len(model.asked) == 4


def test_replies_of_no_use_cost_steps_and_spare_the_last(memory):
    result, actions, _ = write(memory, None, None, BOX, BOX)
    assert actions == ["look attic", "", "", BOX]
    assert result.achieved
    result, actions, _ = write(memory, *[None] * 9, horizon=7)
    assert not result.achieved
