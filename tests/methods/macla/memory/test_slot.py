"""A slot is its own text, and the text says all there is to it."""

import pickle
from copy import deepcopy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from macla.methods.macla.memory.slot import Slot

KINDS = st.text(min_size=1, max_size=8) | st.text(alphabet="ab 012\n", min_size=1, max_size=6)
SLOTS = (
    st.builds(Slot, number=st.integers(0, 999), of_task=st.just(True))
    | st.builds(Slot, number=st.integers(0, 701))
    | st.builds(Slot, KINDS, st.integers(0, 99))
)


def parts(slot):
    return slot.kind, slot.number, slot.of_task


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        (Slot(number=0, of_task=True), "<0>"),
        (Slot(number=12, of_task=True), "<12>"),
        (Slot(number=0), "<a>"),
        (Slot(number=25), "<z>"),
        (Slot(number=26), "<aa>"),
        (Slot(number=701), "<zz>"),
        (Slot("mug", 1), "<mug>"),
        (Slot("mug", 2), "<mug 2>"),
        (Slot("coffee machine", 3), "<coffee machine 3>"),
        (Slot("ab", 1), "<ab 1>"),
        (Slot("7", 1), "<7 1>"),
    ],
)
def test_every_sort_of_slot_reads_as_its_text(slot, text):
    assert slot == text
    assert hash(slot) == hash(text)
    assert f"take {slot}" == f"take {text}"
    assert parts(Slot.parse(text)) == parts(slot)


@given(SLOTS)
@example(Slot("a\n 2", 1))
@example(Slot("mug 2", 1))
def test_a_text_stands_for_one_slot_alone(slot):
    again = Slot.parse(str(slot))
    assert again == slot
    assert parts(again) == parts(slot)


@given(st.lists(SLOTS, max_size=8))
def test_slots_sort_as_their_texts_do(slots):
    assert sorted(slots) == sorted(str(slot) for slot in slots)
    assert dict.fromkeys(slots, 1) == {str(slot): 1 for slot in slots}


@given(SLOTS)
def test_pickling_and_copying_keep_what_a_slot_is(slot):
    for again in (pickle.loads(pickle.dumps(slot)), deepcopy(slot)):
        assert type(again) is Slot
        assert (again, parts(again)) == (slot, parts(slot))


@given(st.dictionaries(SLOTS, SLOTS, max_size=4))
def test_json_holds_the_texts_and_reading_it_gives_slots(slots):
    adapter = TypeAdapter(dict[Slot, Slot])
    again = adapter.validate_json(adapter.dump_json(slots))
    assert again == slots
    assert all(type(each) is Slot for pair in again.items() for each in pair)
    assert {parts(slot) for slot in again} == {parts(slot) for slot in slots}


@pytest.mark.parametrize("text", ["", "mug", "<>", "<mug", "mug>", " <mug>", "<mug> "])
def test_other_texts_are_no_slots(text):
    with pytest.raises(ValueError, match="is no slot"):
        Slot.parse(text)
    with pytest.raises(ValidationError):
        TypeAdapter(Slot).validate_python(text)


def test_there_are_as_many_other_things_as_two_letters_tell_apart():
    with pytest.raises(ValueError, match="no procedure has 702 slots"):
        Slot(number=702)
