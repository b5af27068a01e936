"""Reducing over shards: the same result whoever reduces which shard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.learning.shards import distinct, joined, tree_reduce

ITEMS = st.lists(st.integers(0, 9), max_size=40)
SHARDS = st.lists(st.lists(st.integers(0, 9), max_size=5).map(tuple), max_size=12)


def left_fold(shards, join, empty):
    result = empty
    for shard in shards:
        result = join(result, shard)
    return result


@given(SHARDS)
@pytest.mark.parametrize(
    "join", [lambda a, b: a + b, lambda a, b: b if b else a, joined], ids=["add", "last", "joined"]
)
def test_an_associative_join_gives_what_a_left_fold_gives(join, shards):
    shards = [distinct(shard) for shard in shards]
    assert tree_reduce(shards, join, ()) == left_fold(shards, join, ())


@given(st.lists(st.integers(-9, 9)))
def test_whatever_is_joined(numbers):
    assert tree_reduce(numbers, max, -99) == max(numbers, default=-99)
    assert tree_reduce([str(number) for number in numbers], lambda a, b: a + b, "") == "".join(map(str, numbers))


def test_neighbours_are_joined_first_then_neighbouring_pairs():
    assert tree_reduce(list("abcde"), lambda a, b: f"({a}{b})", "") == "(((ab)(cd))e)"
    assert tree_reduce(["a"], lambda a, b: f"({a}{b})", "") == "a"
    assert tree_reduce([], lambda a, b: f"({a}{b})", "nothing") == "nothing"


@given(ITEMS, st.integers(1, 9))
def test_distinct_items_in_their_order_do_not_depend_on_how_they_were_sharded(items, size):
    shards = [distinct(items[start : start + size]) for start in range(0, len(items), size)]
    assert tree_reduce(shards, joined, ()) == distinct(items)
    assert list(distinct(items)) == sorted(set(items), key=items.index)


@given(ITEMS, ITEMS, ITEMS)
def test_joining_is_associative(one, two, three):
    a, b, c = distinct(one), distinct(two), distinct(three)
    assert joined(joined(a, b), c) == joined(a, joined(b, c))
