"""What the answers of demonstrations teach: which count, constants, usable parts, and in which order parts stand."""

from collections import Counter

import pytest
from helpers.rooms import ENCODER, READER, SETTINGS, demonstration, fetching, traced

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.events import ArgumentsLearned, PartLearned, PartsOrdered
from macla.methods.cloning.precondition_tree import PreconditionTree
from macla.methods.cloning.segments import STATEMENT
from macla.methods.cloning.statements.learn import _written_out, read_answers
from macla.methods.macla.memory.segment import StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.reading import Reader

RARE = SETTINGS.tree.rare
TREE = PreconditionTree(SETTINGS.tree, (), None)
ROOM = ("list", "There is room kitchen.")
LOOK = ("look kitchen", "It has cup. It has plate.")


def take(text, feedback="You get it."):
    return (f"take {text}", feedback)


def shown(*steps, task_id="t", task="Fetch every cup of the kitchen.", success=True):
    """Return the trace of a demonstration that looks around first."""
    return traced(demonstration(task, ROOM, LOOK, *steps, task_id=task_id, success=success))


def answers(*traces):
    return read_answers(READER, traces, SETTINGS)


def parts(found):
    return [[part.verb.format(*part.arguments) for part in answer.parts] for answer in found.by_trace.values()]


def of_kind(found, kind):
    return [event for event in found.events(ENCODER) if isinstance(event, kind)]


# which commands answer -----------------------------------------------------------------------------------------


def test_the_last_statement_of_a_success_is_its_answer():
    found = answers(shown(take("kitchen.plate of kitchen"), take("kitchen.cup of kitchen"), ("done", "Good.")))
    assert parts(found) == [["take kitchen.cup", "of kitchen"]]
    assert found.by_trace[0].step == 3


def test_a_statement_that_was_refused_is_no_answer():
    found = answers(shown(take("kitchen.cup of kitchen"), take("kitchen.plate of kitchen", "no")))
    assert parts(found) == [["take kitchen.cup", "of kitchen"]]


def test_failures_only_count_where_nobody_solved_the_task_and_then_as_tries():
    solved = shown(take("kitchen.cup of kitchen"), task_id="a")
    failed = shown(take("kitchen.plate of kitchen"), task_id="a", success=False)
    hard = shown(take("kitchen.plate of kitchen by kitchen.cup"), task_id="b", success=False)
    found = answers(failed, solved, hard)
    assert set(found.by_trace) == {1}
    assert [tried.trace.trajectory.task_id for tried in found.tried] == ["b"]


def test_what_is_believed_is_what_was_known_right_before_the_answer():
    trace = shown(take("kitchen.cup of kitchen"), ("look cellar", "It has wine."))
    belief = answers(trace).by_trace[0].belief
    assert belief.of_type("thing") == ["kitchen.cup", "kitchen.plate"]
    assert [command.verb for command in belief.things.used] == ["list", "look {}"]


def test_where_commands_have_no_parts_there_are_no_answers():
    class Plain:
        """A lexicon whose commands are not put together."""

        mentions, parse = READER.lexicon.mentions, READER.lexicon.parse
        render, rejected = READER.lexicon.render, READER.lexicon.rejected

    found = read_answers(Reader(Plain()), [shown(take("kitchen.cup of kitchen"))], SETTINGS)
    assert not found.by_trace
    assert list(found.events(ENCODER)) == []


# what is known of the parts ------------------------------------------------------------------------------------


def test_parts_are_usable_whose_arguments_were_all_seen():
    answer = answers(shown(take("kitchen.cup of kitchen by kitchen.spoon"))).by_trace[0]
    assert [part.verb for part in answer.parts] == ["take {}", "of {}", "by {}"]
    assert answer.usable == (True, True, False)


@pytest.mark.parametrize("arguments", [("kitchen.spoon", "kitchen.cup"), ("kitchen.cup", "kitchen.spoon")])
def test_one_argument_that_was_not_seen_spoils_a_part_of_many(arguments):
    belief = answers(shown(take("kitchen.cup of kitchen"))).by_trace[0].belief
    part = Command("by {} and {}", arguments)
    assert _written_out(belief, part, set(), frozenset()) == (part, False)
    constants = {("by {} and {}", arguments.index("kitchen.spoon"), "kitchen.spoon")}
    written, usable = _written_out(belief, part, constants, frozenset())
    assert usable
    assert written.verb.format(*written.arguments) == part.verb.format(*arguments)
    assert written.arguments == ("kitchen.cup",)


def test_what_a_task_names_must_be_named_by_the_task_itself():
    named = shown(take("kitchen.cup of kitchen only Bo"), task_id="a", task='Fetch every cup called "Bo".')
    another = shown(
        ("look kitchen", 'It says "Al".'), take("kitchen.cup of kitchen only kitchen.Al"), task_id="b",
        task='Fetch every cup called "Cy".',
    )  # fmt: skip
    found = answers(named, another)
    assert found.nameable == {"value"}
    assert "kitchen.Al" in found.by_trace[1].belief.types
    assert [answer.usable for answer in found.by_trace.values()] == [(True, True, True), (True, True, False)]


def test_names_are_spelled_as_the_task_spells_them():
    found = answers(shown(take("kitchen.cup of kitchen only BO"), task='Fetch every cup called "Bo".'))
    assert found.by_trace[0].parts[-1] == Command("only {}", ("Bo",))
    assert found.by_trace[0].usable == (True, True, True)


def test_kinds_of_a_place_are_those_that_filled_it_in_usable_parts():
    found = answers(shown(take("kitchen.cup of kitchen by kitchen.spoon")))
    assert found.kinds == {"take take": {"thing"}, "of of": {"room"}}


@pytest.mark.parametrize(("tasks", "constant"), [(RARE, True), (RARE - 1, False)])
def test_a_constant_of_the_interface_recurs_over_tasks_that_do_not_name_it(tasks, constant):
    """Nobody ever sees ``all``, and where it stands tasks name values otherwise: it is part of the part."""
    constants = [shown(take("kitchen.cup of kitchen only all"), task=f"Fetch every cup, {n}.") for n in range(tasks)]
    named = shown(take("kitchen.cup of kitchen only Bo"), task='Fetch every cup called "Bo".')
    found = answers(named, *constants)
    written, usable = found.by_trace[1].parts[-1], found.by_trace[1].usable[-1]
    assert (written, usable) == ((Command("only all", ()), True) if constant else (Command("only {}", ("all",)), False))
    assert found.by_trace[0].parts[-1] == Command("only {}", ("Bo",))


def test_one_task_however_often_demonstrated_makes_no_constant():
    found = answers(*[shown(take("kitchen.cup of kitchen only all"), task_id=f"t{n}") for n in range(2 * RARE)])
    assert {answer.parts[-1] for answer in found.by_trace.values()} == {Command("only {}", ("all",))}


def test_what_recurs_where_others_put_what_they_saw_is_no_constant():
    """Things fill this place, so that ``kitchen.spoon`` is one that just was not seen."""
    spoons = [shown(take("kitchen.cup of kitchen by kitchen.spoon"), task=f"Fetch, {n}.") for n in range(RARE)]
    seen = shown(take("kitchen.cup of kitchen by kitchen.plate"))
    found = answers(seen, *spoons)
    assert found.by_trace[1].parts[-1] == Command("by {}", ("kitchen.spoon",))
    assert found.by_trace[1].usable == (True, True, False)


def test_constants_are_written_into_tries_too():
    constants = [shown(take("kitchen.cup of kitchen only all"), task=f"Fetch every cup, {n}.") for n in range(RARE)]
    failed = shown(take("kitchen.plate of kitchen only all"), task_id="hard", task="Fetch more.", success=False)
    (tried,) = answers(*constants, failed).tried
    assert tried.parts[-1] == Command("only all", ())


# what memory keeps ---------------------------------------------------------------------------------------------


def test_parts_stand_in_the_order_in_which_they_usually_do():
    traces = [traced(fetching(room, kind)) for room in ("kitchen", "cellar") for kind in ("plain", "sorted")]
    both = shown(take("kitchen.cup of kitchen by kitchen.plate only Bo"), task='Fetch what is called "Bo".')
    (order,) = of_kind(answers(*traces, both), PartsOrdered)
    assert order.heads == ("take", "of", "by", "only")
    assert order.nameable == ("value",)


def test_the_same_answer_to_the_same_task_counts_once_another_counts_too():
    twice = [shown(take("kitchen.cup of kitchen")) for _ in range(2)]
    other = shown(take("kitchen.plate of kitchen"))
    found = answers(*twice, other)
    (arguments,) = [event for event in of_kind(found, ArgumentsLearned) if event.place == "take take"]
    assert arguments.weights.get("most in the task's words", 0.0) == 0.0  # for one, against one
    assert len(found.by_trace) == 3


def test_every_kind_of_part_has_a_model_and_may_be_done_without_where_someone_did():
    found = answers(*[traced(fetching(room, kind)) for room in ("kitchen", "cellar") for kind in ("plain", "sorted")])
    verbs = Counter((event.head, event.verb) for event in of_kind(found, PartLearned))
    assert set(verbs) == {("take", "take {}"), ("of", "of {}"), ("by", "by {}"), ("by", "")}
    assert set(verbs.values()) == {1}


def test_arguments_of_parts_have_weights_whatever_their_kinds():
    found = answers(*[traced(fetching(room, "plain")) for room in ("kitchen", "cellar", "garden", "attic")])
    learned = {event.place: event for event in of_kind(found, ArgumentsLearned)}
    assert set(learned) == {"take take", "of of"}
    assert {event.kind for event in learned.values()} == {""}
    assert learned["take take"].weights["all in the task's words"] > 0.1


# segments ------------------------------------------------------------------------------------------------------


def test_a_segment_is_made_of_every_usable_part_then_one_of_the_whole():
    found = answers(shown(take("kitchen.cup of kitchen by kitchen.spoon")))
    *of_parts, whole = found.segments(0, TREE)
    assert [each.segment.milestone for each in of_parts] == [
        StepKey("take {}", (Slot(number=0),)),
        StepKey("of {}", (Slot(number=0),)),
    ]
    assert all(each.segment.part for each in of_parts)
    assert [each.kinds for each in of_parts] == [{"<a>": "thing"}, {"<a>": "room"}]
    assert whole.segment.milestone == STATEMENT
    assert not whole.segment.part


def test_where_others_had_been_tried_the_whole_has_no_segment():
    found = answers(shown(take("kitchen.plate of kitchen"), take("kitchen.cup of kitchen")))
    segments = found.segments(0, TREE)
    assert [each.segment.milestone.verb for each in segments] == ["take {}", "of {}"]


def test_a_trace_without_answer_has_no_segments_of_one():
    assert answers(shown(("done", "Good."))).segments(0, TREE) == []
