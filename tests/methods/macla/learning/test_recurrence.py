"""What recurs is counted over the recent window, which the episode buffer bounds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.learning.recurrence import Recent, Sequences, collapse
from macla.methods.macla.settings import Composition


def lived(word, steps=1, goal="g", success=True):
    before = ((),) * len(word)
    return Sequences(goal=goal, procedures=tuple(word), before=before, success=success, shown=True, steps=steps)


def recent(*episodes, **settings):
    made = Recent(Composition(**settings))
    for episode in episodes:
        made.add(episode)
    return made


@given(st.text(alphabet="abc", max_size=20))
def test_collapsing_takes_immediate_repetitions_together_and_loses_nothing(word):
    names, runs, first = collapse(tuple(word))
    assert "".join(name * times for name, times in zip(names, runs, strict=True)) == word
    assert all(a != b for a, b in pairwise(names))
    assert [word[place] for place in first] == list(names)
    assert all(place == sum(runs[:k]) for k, place in enumerate(first))


def test_only_successful_episodes_of_the_goal_that_end_with_the_sequence_count():
    seen = recent(lived("abc"), lived("bbcc"), lived("bca"), lived("bc", goal="h"), lived("bc", success=False))
    assert seen.times(("b", "c"), "g") == 2
    assert sorted(seen.endings("g", 3)) == [("a", "b", "c"), ("b", "c", "a")]


def test_the_window_holds_so_many_episodes():
    assert recent(*[lived("ab")] * 5, window=3).times(("a", "b"), "g") == 3


def test_older_episodes_leave_when_the_buffer_is_exceeded_but_the_newest_stays():
    assert recent(*[lived("ab", steps=40)] * 5, buffer=100).times(("a", "b"), "g") == 2
    assert recent(lived("ab", steps=1), lived("ab", steps=500), buffer=100).times(("a", "b"), "g") == 1


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(1, 20), st.integers(1, 300))
def test_what_is_kept_is_the_longest_end_that_fits(steps, window, buffer):
    seen = recent(*(lived("ab", steps=n) for n in steps), window=window, buffer=buffer)
    kept = seen.times(("a", "b"), "g")
    assert kept <= window
    assert kept >= min(1, len(steps))
    assert kept <= 1 or sum(steps[-kept:]) <= buffer
    if kept < min(window, len(steps)):
        assert sum(steps[-kept - 1 :]) > buffer
