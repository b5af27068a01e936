"""What cloning does for a method that hands tasks over: which it takes, what it notes, learns and tells."""

from dataclasses import replace

import pytest
from helpers import rooms
from helpers.market import CLOSED, Market, expert
from helpers.shopping import READER, lent, lived, shop

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Trajectory
from macla.methods.belief import Belief
from macla.methods.cloning.events import ArgumentsLearned, ChoicesContrasted, InvariantsFound, PartLearned, PartsOrdered
from macla.methods.cloning.handover import CloningHandOver
from macla.methods.cloning.invariants import Invariants
from macla.methods.cloning.segments import GroundedAbstracter
from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.state import Cloned
from macla.methods.cloning.worked import TasksWorked
from macla.methods.instruction import ParsedTask
from macla.methods.macla.learning.abstract import Relevance
from macla.methods.macla.learning.trace import read
from macla.methods.macla.memory.events import read_event
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.method import Macla
from macla.methods.macla.settings import Settings

SETTINGS = CloningConstants()
HANDOVER = CloningHandOver(SETTINGS)
FIRST = "You see stall 1, stall 2, and stall 3."
NAMING, LIFTED = "Buy a red cup for at most 9 coins.", "Look around."


def believed(task, *steps, first=FIRST):
    belief = Belief(READER, task)
    belief.start(first)
    for action, feedback in steps:
        belief.update(action, feedback)
    return belief


# which tasks ---------------------------------------------------------------------------------------------------


def test_tasks_that_name_the_things_themselves_are_taken():
    assert HANDOVER.takes(believed(NAMING))
    assert not HANDOVER.takes(believed(LIFTED))


def test_where_everything_is_handed_over_lifted_tasks_are_taken_too():
    assert CloningHandOver(SETTINGS, everything=True).takes(believed(LIFTED))


def test_where_commands_are_put_together_every_task_is_taken():
    belief = Belief(rooms.READER, "Fetch everything.")
    belief.start("Fetch everything.")
    assert not belief.named
    assert HANDOVER.takes(belief)


# what is noted of a step ---------------------------------------------------------------------------------------


def notes(belief, exemplary=True):
    shown = Trajectory(task_id="t", task=belief.task, first_observation=FIRST, steps=(), outcome=Outcome.SUCCESS)
    return HANDOVER.reading(belief, shown, exemplary)


WARES = "T10, red cup, 12 coins\nT11, red cup, 3 coins"


def test_a_note_says_how_the_task_was_understood_and_among_what_was_chosen():
    note = notes(believed(NAMING, ("ask stall 2", WARES))).before(Command("take {}", ("T11",)))
    assert note.goal == "Buy a <colour> <goods> for at most <limit> coins."
    assert note.outline == "names 1 colour, 1 goods, 1 limit"
    assert note.parts == ()
    assert [len(choice.rows) for choice in note.choices] == [2]
    assert note.revealers == {"T11": {"stall 2"}}


def test_of_what_does_not_show_how_the_task_is_done_no_choices_are_noted():
    note = notes(believed(NAMING, ("ask stall 2", WARES)), exemplary=False).before(Command("take {}", ("T11",)))
    assert note.choices == ()
    assert note.revealers == {"T11": {"stall 2"}}


def test_of_an_action_without_grammar_only_the_task_is_noted():
    note = notes(believed(NAMING)).before(None)
    assert (note.parts, note.choices, note.revealers) == ((), (), {})
    assert note.outline == "names 1 colour, 1 goods, 1 limit"


def test_a_statement_is_noted_by_its_parts():
    trace = rooms.traced(rooms.fetching("kitchen", "sorted"))
    assert [part.verb for part in trace.steps[2].notes.parts] == ["take {}", "of {}", "by {}"]
    assert [step.notes.parts for step in trace.steps[:2]] == [(), ()]


def test_following_a_trajectory_tells_the_situation():
    belief = believed(NAMING, ("ask stall 2", CLOSED))
    assert notes(belief).outline() == "names 1 colour, 1 goods, 1 limit"
    assert {"last: ask <stall>", f"stated: {CLOSED}"} <= notes(belief).facts()


# what is learned -----------------------------------------------------------------------------------------------


def traces(*seeds, handover=HANDOVER):
    return [read(READER, expert(Market(seed)), ParsedTask(goal="", slots=()), True, handover) for seed in seeds]


def test_learning_is_a_series_of_events_that_the_log_can_read_back():
    memory = Memory()
    learner = HANDOVER.learn(traces(*range(40)), memory, lent())
    assert {type(event) for event in memory.events} == {ArgumentsLearned, InvariantsFound, TasksWorked}
    assert [read_event(event.model_dump_json()) for event in memory.events] == memory.events
    worked = memory.extension(Cloned).worked
    assert [thing.kind for thing in worked[0].things] == ["colour", "goods", "limit"]
    assert len({task.task for task in worked}) == len(worked)
    again = Memory()
    for event in memory.events:
        again.apply(event)
    assert again.extension(Cloned) == memory.extension(Cloned)
    assert learner.tree.tree is not None
    made = learner.abstracter(0, traces(0)[0], Relevance({}, 0.5))
    assert isinstance(made, GroundedAbstracter)
    assert (made.tree, made.parts) == (learner.tree, [])


def test_of_statements_their_parts_are_learned_too():
    memory = Memory()
    tools = replace(lent(), reader=rooms.READER)
    shown = [rooms.traced(rooms.fetching(room, kind)) for room in ("kitchen", "cellar") for kind in rooms.KINDS]
    learner = HANDOVER.learn(shown, memory, tools)
    assert {PartsOrdered, PartLearned} <= {type(event) for event in memory.events}
    assert memory.extension(Cloned).parts.heads == ("take", "of", "by", "only")
    assert [read_event(event.model_dump_json()) for event in memory.events] == memory.events
    assert learner.abstracter(0, shown[0], Relevance({}, 0.5)).parts


def test_tasks_that_were_not_handed_over_teach_nothing():
    memory = Memory()
    learner = HANDOVER.learn(traces(*range(40), handover=None), memory, lent())
    assert memory.events == [InvariantsFound(once=(), final=False, latest=())]
    assert learner.tree.tree is None


# contrast ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def learned():
    return Macla(Settings(ontology=False)).build([expert(Market(seed)) for seed in range(40)], lent())


def test_choices_of_tasks_that_ended_both_ways_are_contrasted(learned):
    memory = Memory()
    absorber = HANDOVER.absorber(lent())
    market = Market(1000)
    good = lived(market, shop(learned.actor(), market))
    assert good.success
    wrong = next(tag for wares in market.wares.values() for tag, *_ in wares if not market.fits(tag))
    steps = [
        step.model_copy(update={"action": f"take {wrong}"}) if step.action.startswith("take") else step
        for step in good.steps
    ]
    bad = good.model_copy(update={"success": False, "outcome": Outcome.FAILURE, "steps": tuple(steps)})
    absorber.note(good, memory)
    absorber.contrast(memory)
    assert memory.events == []  # one outcome tells nothing
    absorber.note(bad, memory)
    absorber.contrast(memory)
    assert "ware" in {event.kind for event in memory.events}
    assert {type(event) for event in memory.events} == {ChoicesContrasted}
    assert memory.extension(Cloned).arguments.contrasted["ware"]


def test_episodes_of_tasks_that_were_not_taken_are_not_noted(learned):
    absorber = HANDOVER.absorber(lent())
    market = Market(1000)
    episode = lived(market, shop(learned.actor(), market))
    lifted = episode.model_copy(update={"instruction": LIFTED})
    for success in (True, False):
        absorber.note(lifted.model_copy(update={"success": success}), Memory())
    assert not absorber.contrasts._played
    absorber.note(episode, Memory())
    assert set(absorber.contrasts._played) == {market.id}


# what it tells -------------------------------------------------------------------------------------------------


@pytest.fixture
def told():
    memory = Memory()
    memory.apply(InvariantsFound(once=("knock {}",), final=True, latest=((StepKey("pay", ()), 7),)))
    memory.apply(ArgumentsLearned(verb="take {}", kind="ware", weights={"red": 1.0}, always=("red",), never=("dear",)))
    memory.apply(ArgumentsLearned(place="ask", kind="stall", weights={"first in sight": 1.0}))
    memory.apply(ChoicesContrasted(kind="ware", weights={"cheap": 0.5, "dear": -0.25}))
    return memory


def test_the_state_is_invariants_conditions_and_what_contrast_added(told):
    assert HANDOVER.state(told) == {
        "invariants": {"once": ["knock {}"], "final": True, "latest": {"pay": 7}},
        "conditions": [{"command": "take {}", "argument": 0, "kind": "ware", "always": ["red"], "never": ["dear"]}],
        "contrasted": {"ware": {"cheap": 0.5, "dear": -0.25}},
    }


def test_the_description_says_the_same_in_words(told):
    assert HANDOVER.describe(told) == [
        "invariants of all demonstrations",
        "knock {}: never twice with the same arguments",
        "pay: after 7 steps at the latest",
        "what was refused is not tried again",
        "what 0 practised tasks taught about choices (log odds)",
        "ware: sought cheap +0.50; shunned dear -0.25",
    ]


def test_of_nothing_there_is_nothing_to_tell():
    assert HANDOVER.describe(Memory()) == []
    assert HANDOVER.state(Memory())["conditions"] == []
    assert Memory().extension(Cloned).invariants == Invariants()


def test_grounding_reads_with_the_selectors_memory_and_encoder(learned):
    actor, market = learned.actor(), Market(1000)
    session = shop(actor, market)
    assert actor.grounding.memory is learned.memory
    assert actor.grounding.encoder is actor.selector.encoder
    assert session.goal == "names 1 colour, 1 goods, 1 limit"
