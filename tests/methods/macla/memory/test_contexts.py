"""What the store of contexts keeps when it is full."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.memory.contexts import remember


class _Context(NamedTuple):
    text: str
    episode: int


TEXTS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


def _fold(texts, k, successes=()):
    contexts = []
    for episode, text in enumerate(texts):
        remember(contexts, _Context(text, episode), k, successes)
    return contexts


def _texts(contexts):
    return "".join(context.text for context in contexts)


def test_below_the_bound_nothing_is_forgotten():
    assert _texts(_fold("aabbc", 5)) == "aabbc"


def test_the_oldest_copy_of_the_most_repeated_text_goes_first():
    contexts = _fold("abbcc", 5)
    remember(contexts, _Context("b", 5), 5)
    assert contexts == [("a", 0), ("b", 2), ("c", 3), ("c", 4), ("b", 5)]


def test_without_copies_the_oldest_goes():
    assert _texts(_fold("abcd", 3)) == "bcd"


def test_age_is_the_episode_not_the_place():
    contexts = [_Context("a", 9), _Context("b", 2), _Context("c", 5)]
    remember(contexts, _Context("d", 10), 3)
    assert _texts(contexts) == "acd"


def test_a_failure_that_a_later_success_outdated_goes_before_copies():
    contexts = _fold("abbc", 4)
    remember(contexts, _Context("d", 5), 4, [_Context("c", 4), _Context("c", 1)])
    assert _texts(contexts) == "abbd"


def test_a_success_before_the_failure_outdates_nothing():
    contexts = _fold("abc", 3)
    remember(contexts, _Context("d", 5), 3, [_Context("c", 2), _Context("c", 1)])
    assert _texts(contexts) == "bcd"


@given(TEXTS, st.integers(1, 12))
def test_is_bounded_and_keeps_every_text_there_is_room_for(texts, k):
    contexts = _fold(texts, k)
    assert len(contexts) == min(k, len(texts))
    assert [context.episode for context in contexts] == sorted(context.episode for context in contexts)
    assert len({context.text for context in contexts}) == min(k, len(set(texts)))


@given(TEXTS.filter(bool), st.integers(1, 12))
def test_the_newest_stays(texts, k):
    assert _fold(texts, k)[-1].episode == len(texts) - 1


def test_needs_room():
    with pytest.raises(ValueError, match="room for one"):
        remember([], _Context("a", 0), 0)
