"""Segments of tasks that name the things themselves: slots by kind, answers, which spans teach, and what they give."""

import pytest
from helpers import rooms
from helpers.market import CLOSED, UNKNOWN
from helpers.shopping import READER

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.cloning.handover import CloningHandOver
from macla.methods.cloning.precondition_tree import grow
from macla.methods.cloning.segments import (
    STATEMENT,
    GroundedAbstracter,
    answer,
    first_answer,
    key_of,
    last_statement,
    precondition_tree,
    slots_of,
)
from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.statements.learn import read_answers
from macla.methods.instruction import ParsedTask
from macla.methods.macla.learning.abstract import Relevance
from macla.methods.macla.learning.trace import read
from macla.methods.macla.memory.segment import Condition, SegmentStep, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.models.malformed import Malformed
from macla.models.requests import Abstraction, Span

SETTINGS = CloningConstants()
STALL, WARE = Slot("stall", 1), Slot("ware", 1)
ASK, KNOCK = StepKey("ask {}", (STALL,)), StepKey("knock {}", (STALL,))
TAKE, PAY = StepKey("take {}", (WARE,)), StepKey("pay", ())
WARES = "T10, red cup, 12 coins\nT11, blue cup, 3 coins"
SHOPPING = [
    ("ask stall 1", CLOSED), ("knock stall 1", "It opens."), ("sing", UNKNOWN), ("ask stall 1", WARES),
    ("take T10", "You take it."), ("pay", "You pay."),
]  # fmt: skip


def trace_of(*steps, success=True, exemplary=True):
    shown = Trajectory(
        task_id="t",
        task="Buy a red cup for at most 15 coins.",
        first_observation="You see stall 1, stall 2, and stall 3.",
        steps=tuple(Step(action=action, observation=observation) for action, observation in steps),
        outcome=Outcome.SUCCESS if success else Outcome.FAILURE,
    )
    return read(READER, shown, ParsedTask(goal="", slots=()), exemplary, CloningHandOver(SETTINGS))


# slots ---------------------------------------------------------------------------------------------------------


def test_slots_are_numbered_within_their_kind_in_order_of_use():
    trace = trace_of(("ask stall 1", WARES))
    given = [Command("ask {}", ("stall 2",)), Command("give {} to {}", ("T11", "stall 1"))]
    slots = slots_of(trace, [*given, given[0]])
    assert slots == {"stall 2": STALL, "T11": WARE, "stall 1": Slot("stall", 2)}


def test_what_was_never_seen_is_new():
    trace = trace_of(("ask stall 1", WARES))
    assert slots_of(trace, [Command("say {} {}", ("hello", "there"))]) == {
        "hello": Slot("new", 1),
        "there": Slot("new", 2),
    }


def test_a_command_is_known_by_the_slots_of_its_arguments():
    trace = trace_of(("ask stall 1", WARES))
    assert key_of(trace, Command("ask {}", ("stall 3",))) == ASK
    assert key_of(trace, Command("compare {} {} {}", ("T10", "T11", "T10"))) == StepKey(
        "compare {} {} {}", (WARE, Slot("ware", 2), WARE)
    )
    assert key_of(trace, Command("pay", ())) == PAY


# answers -------------------------------------------------------------------------------------------------------


CUP, PLATE = (f"take kitchen.{thing} of kitchen" for thing in ("cup", "plate"))


def fetched(*actions, success=True):
    """Return a trace in which statements were tried; with a "!" they were refused."""
    steps = [("list", "There is room kitchen."), ("look kitchen", "It has cup. It has plate.")]
    steps += [(action.removesuffix("!"), "no" if action.endswith("!") else "You get it.") for action in actions]
    return rooms.traced(rooms.demonstration("Fetch every cup of the kitchen.", *steps, success=success))


@pytest.mark.parametrize(
    ("actions", "success", "last", "first"),
    [
        ([CUP, "done"], True, 2, 2),
        ([PLATE, CUP, "done"], True, 3, None),
        ([PLATE + "!", CUP, "done"], True, 3, 3),
        ([CUP, "done"], False, None, None),
        (["done"], True, None, None),
    ],
)
def test_the_answer_is_the_last_statement_and_the_first_one_only_where_none_was_tried_before(
    actions, success, last, first
):
    trace = fetched(*actions, success=success)
    assert answer(trace) == last
    assert first_answer(trace) == first


def test_a_failure_has_a_last_statement_though_no_answer():
    assert last_statement(fetched(PLATE, CUP, success=False)) == 3
    assert last_statement(fetched("done", success=False)) is None


# the tree ------------------------------------------------------------------------------------------------------


def test_the_tree_learns_from_accepted_steps_of_what_shows_how_the_task_is_done():
    failed = trace_of(("ask stall 2", CLOSED), ("pay", "You pay."), success=False, exemplary=False)
    tree = precondition_tree([trace_of(("ask moon", UNKNOWN), *SHOPPING), failed], SETTINGS.tree)
    (uses,) = tree.uses.values()
    assert uses == {ASK: 2, KNOCK: 1, TAKE: 1, PAY: 1}


def test_all_statements_count_as_one_command_and_only_first_answers_do():
    tree = precondition_tree([fetched(CUP), fetched(PLATE, CUP), fetched(PLATE)], SETTINGS.tree)
    assert sum(uses[STATEMENT] for uses in tree.uses.values()) == 2
    assert not any(key.verb.startswith("take") for uses in tree.uses.values() for key in uses)


# spans ---------------------------------------------------------------------------------------------------------


def spans(*pairs):
    return tuple(Span(start, end) for start, end in pairs)


def abstracter(trace, tree, parts=()):
    return GroundedAbstracter(trace, Relevance({}, 0.5), tree, parts)


def grown(uses, situation=frozenset()):
    """Return a tree of one leaf, in which commands were used so often."""
    keys = [key for key, times in uses.items() for _ in range(times)]
    return grow([situation] * len(keys), keys, SETTINGS.tree)


USUAL = {ASK: 10, KNOCK: 9, TAKE: 10, PAY: 10}


def usable(trace, tree):
    each = spans(*((index, index) for index, step in enumerate(trace.steps) if step.accepted))
    return [trace.steps[span.end].action for span in abstracter(trace, tree).usable(each)]


def test_every_accepted_command_may_be_a_subtask():
    trace = trace_of(*SHOPPING)
    made = abstracter(trace, grown(USUAL))
    relevance = [view.relevance for view in made.cut_request().steps]
    assert relevance == [1.0, 1.0, 0.0, 1.0, 1.0, 1.0]  # nobody understands "sing"
    assert usable(trace, grown(USUAL)) == [action for action, _ in SHOPPING if action != "sing"]


def test_detours_that_few_took_are_not_learned():
    detour = grown({**USUAL, KNOCK: SETTINGS.tree.rare})
    assert usable(trace_of(*SHOPPING), detour) == ["ask stall 1", "ask stall 1", "take T10", "pay"]


def test_what_is_rare_everywhere_is_its_tasks_own_and_learned():
    rare = grown({**USUAL, KNOCK: SETTINGS.tree.rare - 1})
    assert "knock stall 1" in usable(trace_of(*SHOPPING), rare)


def test_of_a_failure_only_what_was_decided_for_its_task_in_particular_is_learned():
    trace = trace_of(*SHOPPING, success=False, exemplary=False)
    assert usable(trace, grown({**USUAL, KNOCK: SETTINGS.tree.rare - 1})) == ["knock stall 1"]


def test_statements_are_no_spans_of_their_own():
    trace = fetched(CUP, "done")
    tree = precondition_tree([trace], SETTINGS.tree)
    assert usable(trace, tree) == ["list", "look kitchen", "done"]


# segments ------------------------------------------------------------------------------------------------------


def kept(*steps):
    """Return the model's reply that keeps these steps of a span before its last."""
    return Abstraction(keep=tuple(k in steps for k in range(9)), preconditions=(), postconditions=())


def test_a_segment_has_its_steps_its_slots_by_kind_and_the_path_of_its_first_step():
    trace = trace_of(*SHOPPING)
    closed = frozenset({f"stated: {CLOSED}"})
    tree = grow([closed] * 20 + [frozenset()] * 60, [KNOCK] * 20 + [ASK] * 20 + [TAKE] * 20 + [PAY] * 20, SETTINGS.tree)
    (made,) = abstracter(trace, tree).segments(spans((1, 3)), [kept(0, 1)])
    segment = made.segment
    assert (segment.milestone, segment.steps) == (ASK, (SegmentStep(key=KNOCK, known=()),))
    assert segment.path == (Condition("", f"stated: {CLOSED}"),)
    assert [slot.name for slot in segment.slots] == [STALL]
    assert made.kinds == {STALL: "stall"}
    assert made.success
    assert segment.goal == "names 1 colour, 1 goods, 1 limit"


def test_what_is_decided_for_one_task_has_that_tasks_goal():
    trace = trace_of(*SHOPPING)
    tree = grown({ASK: 10, TAKE: 10, PAY: 10})
    (made,) = abstracter(trace, tree).segments(spans((1, 1)), [kept()])
    assert made.segment.goal == "Buy a <colour> <goods> for at most <limit> coins."


def test_a_segment_knows_which_of_its_slots_had_revealed_another():
    trace = trace_of(*SHOPPING)
    (made,) = abstracter(trace, grown(USUAL)).segments(spans((3, 4)), [kept(0)])
    assert {slot.name: slot.holder_of for slot in made.segment.slots} == {STALL: (WARE,), WARE: ()}


def test_a_segment_that_the_model_could_not_abstract_is_left_out():
    made = abstracter(trace_of(*SHOPPING), grown(USUAL))
    replies = [Malformed(purpose="abstract", reason="no JSON", text="?"), kept()]
    segments = made.segments(spans((0, 0), (5, 5)), replies)
    assert [each.segment.milestone for each in segments] == [PAY]


def test_of_a_best_effort_the_segments_are_no_failures_but_of_others_they_are():
    tree = grown({ASK: 10, TAKE: 10, PAY: 10})
    for exemplary in (True, False):
        trace = trace_of(*SHOPPING, success=False, exemplary=exemplary)
        (made,) = abstracter(trace, tree).segments(spans((1, 1)), [kept()])
        assert made.success is exemplary


def test_the_parts_of_an_answer_stand_right_before_what_follows_it():
    trace = fetched(CUP, "done")
    tree = precondition_tree([trace], SETTINGS.tree)
    parts = read_answers(rooms.READER, [trace], SETTINGS).segments(0, tree)
    made = abstracter(trace, tree, parts).segments(spans((0, 0), (1, 1), (3, 3)), [kept()] * 3)
    assert [each.segment.milestone.verb for each in made] == [
        "list", "look {}", "take {}", "of {}", STATEMENT.verb, "done",
    ]  # fmt: skip
