"""Acting on a task that names the things themselves: what applies, what comes nearest, and how statements are tried."""

import pytest
from helpers import rooms
from helpers.pairs import BALL, BOX, ENCODER, READER, SETTINGS, remember, segment
from helpers.scripted import Scripted

from macla.methods.cloning.argument_model import ArgumentWeights
from macla.methods.cloning.grounded import Grounded
from macla.methods.cloning.segments import STATEMENT
from macla.methods.cloning.state import Cloned
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.memory.segment import Condition, Fact, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session
from macla.models.embedded import Embedded

FIRST = "You see red:box and blue:box."
AT_START, STORM = Condition("", "last: nothing"), Condition("", "stated: A storm.")
UNIFORM = Prior(1.0, 1.0)


class Play:
    """A memory made by hand, and an episode that is acted on with it."""

    def __init__(self, task="Fetch a blue:box.", first=FIRST, answers=None, slots=()):
        self.memory = Memory()
        self.cloned = self.memory.extension(Cloned)
        self.session = Session(Scripted(task, first, answers or {}), READER, 20, 0)
        self.session.start()
        self.belief = self.session.belief
        roles = Roles(ParsedTask(goal="", slots=slots))
        lent = {"settings": SETTINGS, "encoder": ENCODER, "prior": UNIFORM}
        self.grounded = Grounded(self.session, roles, self.memory, **lent)

    def knows(self, verb, *slots, **more):
        """Make one more procedure known, and return it."""
        return remember(self.memory, f"p{len(self.memory.procedures)}", segment(verb, *slots, **more))

    def applies(self, *procedures):
        return [self.grounded.applicable(procedure) for procedure in procedures]

    def must(self, verb, position, kind, *always):
        """Make it a condition on an argument that it has these features."""
        self.cloned.arguments.by_argument[verb, position, kind] = ArgumentWeights({}, always=always)


@pytest.fixture
def play():
    return Play()


# how a task is put ----------------------------------------------------------------------------------------------


def test_the_goal_is_which_kinds_the_task_names_and_the_contexts_say_it_more_and_less_precisely(play):
    assert play.grounded.goal() == "names 1 box"
    assert play.grounded.contexts() == ("Fetch a <box>:box.", "names 1 box")


def test_the_situation_is_what_was_done_said_and_left_open(play):
    assert {"last: nothing", "stated: You see <…>.", "open: box"} <= play.grounded.facts()
    play.session.say("open blue")
    assert {"refused", "stated: No."} <= play.grounded.facts()


def test_the_state_changes_with_the_facts_and_with_what_was_refused(play):
    state = play.grounded.state
    before = state("whatever")
    assert state("another context") == before
    play.session.say("open red")
    refused = state("whatever")
    assert refused != before
    play.session.say("open blue")  # the same facts: something was refused
    assert play.grounded.facts() == refused[0]
    assert state("whatever") != refused


# what applies ---------------------------------------------------------------------------------------------------


def test_a_procedure_applies_where_the_path_of_the_tree_holds(play):
    opening, shutting = play.knows("open {}", BOX, path=(AT_START,)), play.knows("shut {}", BOX, path=(STORM,))
    calm = play.knows("sail {}", BOX, path=(AT_START, STORM._replace(negated=True)))
    assert play.applies(opening, shutting, calm) == [True, False, True]


def test_a_path_needs_a_candidate_for_every_slot(play):
    both = play.knows("put {} {}", BALL, BOX, path=(AT_START,))
    assert play.applies(both) == [False]
    play.belief.types["r1"] = "ball"
    play.belief.derived.clear()
    assert play.applies(both) == [True]


def test_broken_conditions_on_arguments_rule_a_procedure_out(play):
    opening = play.knows("open {}", BOX, path=(AT_START,))
    play.must("open {}", 0, "box", "used")
    assert play.applies(opening) == [False]


def test_where_some_candidate_keeps_the_conditions_the_procedure_applies_to_it(play):
    opening = play.knows("open {}", BOX, path=(AT_START,))
    play.must("open {}", 0, "box", "named by the task")
    assert play.applies(opening) == [True]
    assert play.grounded.bind(opening) == {BOX: "blue"}


def test_without_a_path_neither_candidates_nor_conditions_matter(play):
    play.must("open {}", 0, "box", "used")
    assert play.applies(play.knows("open {}", BOX), play.knows("throw {}", BALL)) == [True, True]


def test_a_part_of_statements_never_applies_by_itself(play):
    assert play.applies(play.knows("open {}", BOX, part=True)) == [False]


@pytest.mark.parametrize(("slots", "applies"), [(("box",), True), ((), False)])
def test_a_slot_of_the_task_needs_a_kind_that_the_task_names(slots, applies):
    play = Play(slots=slots)
    role = Slot(number=0, of_task=True)
    made = remember(play.memory, "p", segment("open {}", role), kinds={role: "box"})
    assert play.applies(made) == [applies]


def test_what_contrast_added_must_hold_of_the_entities_that_would_be_taken(play):
    opening = play.knows("open {}", BOX, path=(AT_START,))
    opening.refine(Refinement(forbid=(Fact(BOX, "untouched"),)))
    assert play.applies(opening) == [False]
    opening = play.knows("open {}", BOX, path=(AT_START,))
    opening.refine(Refinement(require=(Fact(BOX, "untouched"),)))
    assert play.applies(opening) == [True]


def test_what_no_demonstration_put_off_is_due_before_all_else(play):
    opening, paying = play.knows("open {}", BOX, path=(AT_START,)), play.knows("pay", path=(STORM,))
    assert play.applies(opening, paying) == [True, False]
    play.cloned.invariants.latest[StepKey("pay", ())] = 1
    assert play.applies(opening, paying) == [True, False]
    play.session.say("OH")
    assert play.applies(opening, paying) == [False, True]


def test_once_given_a_command_is_due_no_more():
    play = Play(answers={"pay": "Thanks."})
    opening, paying = play.knows("open {}", BOX), play.knows("pay", path=(STORM,))
    play.cloned.invariants.latest[StepKey("pay", ())] = 0
    assert play.applies(opening, paying) == [False, True]
    assert play.session.say("pay")
    assert play.applies(opening, paying) == [True, False]


def test_what_is_due_must_have_something_to_be_given_to(play):
    throwing = play.knows("throw {}", BALL)
    play.cloned.invariants.latest[StepKey("throw {}", (BALL,))] = 0
    assert play.applies(throwing, play.knows("open {}", BOX)) == [False, False]


# what comes nearest ---------------------------------------------------------------------------------------------


def test_what_applies_falls_short_of_nothing(play):
    opening = play.knows("open {}", BOX, path=(AT_START,))
    assert play.applies(opening) == [True]
    assert play.grounded.shortfall(opening) == (0, 0)


def test_conditions_of_the_situation_and_of_the_arguments_are_counted_apart(play):
    shutting = play.knows("shut {}", BOX, path=(AT_START._replace(negated=True), STORM))
    play.must("shut {}", 0, "box", "used", "used here", "named by the task")
    assert play.grounded.shortfall(shutting) == (2, 2)
    learned = play.knows("open {}", BOX, path=(AT_START,))
    learned.refine(Refinement(forbid=(Fact(BOX, "untouched"),)))
    assert play.grounded.shortfall(learned) == (1, 0)


def test_the_situation_comes_before_the_arguments(play):
    now, later = play.knows("open {}", BOX, path=(AT_START,)), play.knows("shut {}", BOX, path=(STORM,))
    play.must("open {}", 0, "box", "used", "used here")
    assert play.grounded.shortfall(now) == (0, 2)
    assert play.grounded.shortfall(later) == (1, 0)
    assert min(now, later, key=play.grounded.shortfall) is now


def test_refusals_of_its_command_just_now_make_a_procedure_less_near(play):
    opening, shutting = (play.knows(verb, BOX, path=(STORM,)) for verb in ("open {}", "shut {}"))
    assert play.grounded.shortfall(opening) == play.grounded.shortfall(shutting) == (1, 0)
    play.session.say("open red")
    assert play.grounded.shortfall(opening) == (2, 0)
    assert play.grounded.shortfall(shutting) == (1, 0)


def test_the_nearest_are_those_that_fall_short_by_the_least(play):
    known = [
        play.knows("open {}", BOX, path=(AT_START,)),
        play.knows("shut {}", BOX, path=(STORM,)),
        play.knows("lift {}", BOX, path=(AT_START, STORM)),
        play.knows("open {}", BOX),
        play.knows("throw {}", BALL, path=(AT_START,)),
        play.knows("drop {}", BOX, path=(AT_START,)),
    ]
    play.must("open {}", 0, "box", "used", "used here")
    short = {each.id: play.grounded.shortfall(each) for each in known}
    least = min(one for one in short.values() if one is not None)
    assert play.grounded.nearest(known) == {name for name, one in short.items() if one == least} == {known[-1].id}
    assert play.grounded.nearest(known[3:5]) == frozenset()


def test_who_has_no_path_or_no_candidate_is_not_near_at_all(play):
    assert play.grounded.shortfall(play.knows("open {}", BOX)) is None
    assert play.grounded.shortfall(play.knows("throw {}", BALL, path=(AT_START,))) is None


# statements -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fetcher():
    """The memory of someone who saw things fetched, and the procedure that puts a statement together."""
    memory = rooms.learned([rooms.fetching(r, kind) for r in ("kitchen", "cellar", "garden") for kind in rooms.KINDS])
    (whole,) = [procedure for procedure in memory.procedures.values() if procedure.milestone == STATEMENT]
    return memory, whole


class Fetch:
    """An episode in the attic."""

    def __init__(self, fetcher, answers, horizon=20):
        self.memory, self.whole = fetcher
        task = "Fetch every box of the attic."
        looks = {"list": "There is room attic.", "look attic": "It has box. It has lamp."}
        self.session = Session(Scripted(task, task, {**looks, **answers}, otherwise="no"), rooms.READER, horizon, 0)
        self.session.start()
        self.session.say("list")
        roles = Roles(ParsedTask(goal="", slots=()))
        lent = {"settings": SETTINGS, "encoder": rooms.ENCODER, "prior": UNIFORM}
        grounded = Grounded(self.session, roles, self.memory, **lent)
        self.executor = Executor(self.session, roles, self.memory, model=Embedded(), grounding=grounded)

    def run(self):
        """Put a statement together; return what came of it."""
        return self.executor.run(self.whole)

    def actions(self):
        return [step.action for step in self.session.steps[1:]]

    def executed(self):
        """Return (command or part, success) by (command or part, success)."""
        known = self.memory.procedures
        return [(known[each.procedure].milestone.verb, each.success) for each in self.executor.executions]


LIKELIEST, SECOND = "take attic.box of attic", "take attic.box of attic by attic.lamp"


def test_a_statement_is_put_together_of_what_was_looked_at_first(fetcher):
    fetch = Fetch(fetcher, {LIKELIEST: "You get room attic."})
    assert fetch.run() == (True, True)
    assert fetch.actions() == ["look attic", LIKELIEST]
    assert fetch.executed() == [("take {}", True), ("of {}", True), (STATEMENT.verb, True)]
    assert {each.part_of for each in fetch.executor.executions[:-1]} == {fetch.whole.id}


def test_what_shows_nothing_makes_way_for_the_next_likely_statement(fetcher):
    fetch = Fetch(fetcher, {LIKELIEST: "You get nothing.", SECOND: "You get room attic."})
    assert fetch.run() == (True, True)
    assert fetch.actions() == ["look attic", LIKELIEST, SECOND]
    assert fetch.executed() == [
        ("take {}", False), ("of {}", False),
        ("take {}", True), ("of {}", True), ("by {}", True),
        (STATEMENT.verb, True),
    ]  # fmt: skip


def test_a_refused_statement_spoils_y_but_not_what_was_achieved(fetcher):
    fetch = Fetch(fetcher, {SECOND: "You get room attic."})
    result = fetch.run()
    assert (result.achieved, result.success) == (True, False)
    assert fetch.actions() == ["look attic", LIKELIEST, SECOND]


def test_a_statement_that_was_refused_just_now_is_not_tried_again(fetcher):
    fetch = Fetch(fetcher, {SECOND: "You get room attic."})
    fetch.session.say("look attic")
    fetch.session.say(LIKELIEST)
    fetch.run()
    assert fetch.actions() == ["look attic", LIKELIEST, SECOND]


def test_steps_are_spared_for_what_follows_a_statement(fetcher):
    fetch = Fetch(fetcher, {}, horizon=6)
    assert fetch.run() == (False, False)
    assert len(fetch.session.steps) == 6 - SETTINGS.statements.spare
    assert not fetch.session.over


@pytest.mark.parametrize(("left", "looks"), [(0, False), (1, True)])
def test_nobody_looks_around_without_steps_to_spare(fetcher, left, looks):
    fetch = Fetch(fetcher, {}, horizon=1 + SETTINGS.statements.reserve + left)
    fetch.run()
    assert ("look attic" in fetch.actions()) is looks


def test_where_nothing_can_be_put_together_the_whole_has_failed(fetcher):
    fetch = Fetch(fetcher, {"look attic": "It is empty."})
    assert fetch.run() == (False, False)
    assert fetch.executed() == [(STATEMENT.verb, False)]
    assert fetch.executor.executions[0].context.steps == ()


def test_other_procedures_are_carried_out_step_by_step(play):
    opening = play.knows("open {}", BOX, path=(AT_START,))
    executor = Executor(play.session, play.grounded.roles, play.memory, model=Embedded(), grounding=play.grounded)
    assert play.grounded.execute(opening, executor) is None
    assert len(play.session.steps) == 0
