"""The beam search for statements: likeliest first, different ones once, and what a part's record counts."""

import math

import pytest
from helpers.rooms import ENCODER, SETTINGS, believed

from macla.methods.cloning.events import ArgumentsLearned, PartLearned, PartsOrdered
from macla.methods.cloning.statements.part_model import BIAS
from macla.methods.cloning.statements.search import StatementSearch
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory.events import Credited, Defined, Extracted, Merged
from macla.methods.macla.memory.segment import Context, Execution, Segment, SegmentSlot, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.macla.memory.store import Memory

UNIFORM = Prior(1.0, 1.0)


def settings(**changes):
    return SETTINGS.model_copy(update={"statements": SETTINGS.statements.model_copy(update=changes)})


def part_segment(verb, kinds):
    slots = tuple(Slot(number=place) for place in range(len(kinds)))
    named = tuple(SegmentSlot(name=slot) for slot in slots)
    return Segment(goal="fetch", milestone=StepKey(verb, slots), slots=named, part=True), dict(
        zip(slots, kinds, strict=True)
    )


def memory_of(odds, kinds=None, weights=None, nameable=()):
    """Return a memory of parts.

    ``odds``: kind of part → part → log odds. ``kinds``: part → kinds of its arguments (one thing by default).
    ``weights``: place → feature → weight.
    """
    memory = Memory()
    memory.apply(PartsOrdered(heads=tuple(odds), nameable=nameable))
    for head, verbs in odds.items():
        for verb, value in verbs.items():
            memory.apply(PartLearned(head=head, verb=verb, weights={BIAS: value}))
    for number, verb in enumerate(sorted({verb for verbs in odds.values() for verb in verbs if verb})):
        segment, of_slots = part_segment(verb, (kinds or {}).get(verb, ["thing"] * verb.count("{}")))
        memory.apply(Defined(segment=segment))
        memory.apply(Extracted(procedure=verb, segment=number, source=0, kinds=of_slots))
    for place, of_place in (weights or {}).items():
        memory.apply(ArgumentsLearned(place=place, kind="", weights=of_place))
    return memory


@pytest.fixture
def belief():
    return believed(
        "Fetch every cup of the kitchen.",
        ("list", "There is room kitchen."),
        ("look kitchen", "It has cup. It has plate."),
    )


def found(memory, belief, constants=SETTINGS, prior=UNIFORM):
    """Return (statement, score) by (statement, score)."""
    statements = StatementSearch(memory, belief, encoder=ENCODER, settings=constants, prior=prior).statements()
    return [(" ".join(p.verb.format(*p.arguments) for p in one.parts), one.score) for one in statements]


def texts(*arguments, **options):
    return [text for text, _ in found(*arguments, **options)]


def test_statements_are_likeliest_first(belief):
    memory = memory_of({"take": {"take all": 0.0, "take some": 2.0, "take none": 1.0}})
    statements = found(memory, belief)
    assert [text for text, _ in statements] == ["take some", "take none", "take all"]
    assert sum(math.exp(score) for _, score in statements) == pytest.approx(1)


def test_scores_of_parts_add_up(belief):
    memory = memory_of({"take": {"take all": 0.0, "take some": 1.0}, "by": {"by now": 0.0, "": 0.0}})
    by_text = dict(found(memory, belief))
    assert set(by_text) == {"take all", "take some", "take all by now", "take some by now"}
    assert by_text["take some"] == pytest.approx(by_text["take all"] + 1)
    assert by_text["take some by now"] == pytest.approx(math.log(0.5) + math.log(math.e / (1 + math.e)))


def test_a_statement_has_at_least_one_part(belief):
    assert texts(memory_of({"take": {"take all": 0.0, "": 3.0}}), belief) == ["take all"]


def test_a_statement_that_comes_about_in_two_ways_is_there_once_with_the_likelier_score(belief):
    memory = memory_of({"first": {"take all": 1.0, "": 0.0}, "second": {"take all": 0.0, "": 0.0}})
    statements = found(memory, belief)
    assert sorted(text for text, _ in statements) == ["take all", "take all take all"]
    first = math.log(math.e / (1 + math.e)) + math.log(0.5)
    assert dict(statements)["take all"] == pytest.approx(first)


def test_entities_follow_the_weights_of_their_place(belief):
    weights = {"take take": {"all in the task's words": 2.0}}
    memory = memory_of({"take": {"take {}": 0.0}}, weights=weights)
    assert texts(memory, belief) == ["take kitchen.cup", "take kitchen.plate"]
    weights = {"take take": {"all in the task's words": -2.0}}
    memory = memory_of({"take": {"take {}": 0.0}}, weights=weights)
    assert texts(memory, belief) == ["take kitchen.plate", "take kitchen.cup"]


def test_an_entity_counts_by_its_distance_to_the_best_and_how_open_the_choice_was(belief):
    memory = memory_of({"take": {"take {}": 0.0}}, weights={"take take": {"all in the task's words": 1.0}})
    lead, spread = 1.0, SETTINGS.statements.spread * math.log(1 + math.exp(-1.0))
    assert dict(found(memory, belief)) == pytest.approx({
        "take kitchen.cup": -spread,
        "take kitchen.plate": -lead - spread,
    })  # fmt: skip


def test_what_is_too_unlikely_is_not_followed(belief):
    odds = {"take": {"take all": 0.0, "take some": -SETTINGS.statements.unlikely - 1}}
    assert texts(memory_of(odds), belief) == ["take all"]
    assert texts(memory_of(odds), belief, settings(unlikely=9.0)) == ["take all", "take some"]
    weights = {"take take": {"all in the task's words": SETTINGS.statements.unlikely + 1}}
    assert texts(memory_of({"take": {"take {}": 0.0}}, weights=weights), belief) == ["take kitchen.cup"]


def test_no_more_statements_are_followed_than_the_beam_is_wide(belief):
    memory = memory_of({"take": {f"take {n}": 0.1 * n for n in range(8)}})
    assert texts(memory, belief, settings(width=3)) == ["take 7", "take 6", "take 5"]


def test_no_more_ways_to_fill_a_part_are_followed_than_is_said(belief):
    memory = memory_of({"take": {"take {} and {}": 0.0}})
    assert len(texts(memory, belief)) == 4
    assert len(texts(memory, belief, settings(narrow=2))) == 2


def test_a_part_whose_place_nothing_fills_is_left_out(belief):
    memory = memory_of({"take": {"take {}": 3.0, "take all": 0.0}}, kinds={"take {}": ["value"]})
    assert texts(memory, belief) == ["take all"]


def test_of_a_kind_that_tasks_name_only_what_this_one_names_is_taken(belief):
    belief.types["Bo"] = belief.types["Al"] = "value"
    belief.named["Al"] = "value"
    odds, kinds = {"only": {"only {}": 0.0}}, {"only {}": ["value"]}
    assert texts(memory_of(odds, kinds, nameable=("value",)), belief) == ["only Al"]
    assert sorted(texts(memory_of(odds, kinds), belief)) == ["only Al", "only Bo"]


def test_parts_that_memory_lost_are_not_offered(belief):
    memory = memory_of({"take": {"take all": 0.0, "take some": 3.0}})
    del memory.procedures["take some"]
    assert found(memory, belief) == [("take all", pytest.approx(0.0))]


def credit(memory, procedure, success, times=1):
    context = Context(text="", facts=(), steps=(), after=())
    for _ in range(times):
        execution = Execution(procedure=procedure, success=success, context=context)
        memory.apply(Credited(execution=execution, k_fail=15))


def test_a_part_that_keeps_failing_loses_to_its_rival(belief):
    memory = memory_of({"take": {"take all": 0.5, "take some": 0.0}})
    before = dict(found(memory, belief))
    assert max(before, key=before.get) == "take all"
    credit(memory, "take all", success=False, times=3)
    after = dict(found(memory, belief))
    assert max(after, key=after.get) == "take some"
    assert after["take some"] == pytest.approx(before["take some"])
    shown, failed = (1 + 1) / (1 + 2), (1 + 1) / (1 + 3 + 2)  # Beta(1, 1), one demonstration, three failures
    assert after["take all"] - before["take all"] == pytest.approx(math.log(failed / shown))


def test_a_part_that_succeeds_gains_and_demonstrations_alone_move_nothing(belief):
    memory = memory_of({"take": {"take all": 0.0, "take some": 0.0}})
    segment, kinds = part_segment("take some", [])
    memory.apply(Defined(segment=segment))
    memory.apply(Merged(procedure="take some", segment=2, source=1, kinds=kinds, similarity=1.0))
    assert dict(found(memory, belief)) == pytest.approx({"take all": math.log(0.5), "take some": math.log(0.5)})
    credit(memory, "take some", success=True)
    assert texts(memory, belief)[0] == "take some"


def test_statements_name_the_procedures_of_their_parts_in_order(belief):
    memory = memory_of({"take": {"take all": 0.0}, "by": {"by now": 0.0}})
    (statement,) = StatementSearch(memory, belief, encoder=ENCODER, settings=SETTINGS, prior=UNIFORM).statements()
    assert [procedure.id for procedure in statement.procedures] == ["take all", "by now"]


def test_without_parts_there_are_no_statements(belief):
    assert found(Memory(), belief) == []
