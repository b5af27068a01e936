"""Meta-procedures lose what nearly never runs, take the order that prevails, and grow branches."""

import pytest

from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.recurrence import MetaRun, Sequences
from macla.methods.macla.memory.events import Defined, Extracted, Recomposed
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.segment import Segment, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Composition, Settings
from macla.models.embedded import Embedded

GOAL = "fire a <0>"
ABC = ["abc"] * 3


class Studio:
    """A memory of one-letter procedures, and the composer that watches words of them."""

    def __init__(self, *words, **settings):
        self.settings = Settings(composition=Composition(shortest=3, **settings))
        self.memory, self.composer = Memory(self.settings), MetaComposer(self.settings)
        for number, name in enumerate("abcdx"):
            self.memory.apply(Defined(segment=Segment(goal=GOAL, milestone=StepKey(f"{name} {{}}", ("<0>",)))))
            self.memory.apply(Extracted(procedure=name, segment=number, source=0, kinds={"<0>": "vase"}))
        self.live(*words)

    def live(self, *words, goal=GOAL, metas=()):
        """Take in an episode a word, then compose."""
        for word in words:
            before = ((),) * len(word)
            self.composer.observe(
                Sequences(
                    goal=goal, procedures=tuple(word), before=before, success=True, shown=not metas, steps=1,
                    metas=tuple(metas),
                )
            )  # fmt: skip
        self.composer.compose(self.memory, Embedded())

    def shapes(self):
        """Return what every meta runs, branches in brackets, by id."""
        return {
            meta.id: "".join(
                child + (f"[{''.join(others)}]" if others else "")
                for child, others in zip(meta.children, meta.branches, strict=True)
            )
            for meta in self.memory.metas.values()
        }

    def changes(self):
        return [event.how for event in self.memory.events if isinstance(event, Recomposed)]


def runs(*words, meta="m0001", success=True):
    return [MetaRun(meta=meta, success=success, ran=frozenset(word)) for word in words]


# drop --------------------------------------------------------------------------------------------------------


def test_a_child_that_nearly_no_successful_run_ran_is_dropped_with_its_control():
    studio = Studio("abcd", "abcd", "abccd")
    assert studio.shapes() == {"m0001": "abcd", "m0002": "bcd"}
    studio.live("acd", metas=runs(*["acd"] * 9, "abcd"))
    assert (studio.shapes()["m0001"], studio.changes()) == ("acd", ["drop"])
    assert [control.attempts > 1 for control in studio.memory.metas["m0001"].controls] == [False, True, False]


@pytest.mark.parametrize(
    "ran",
    [runs(*["acd"] * 8, *["abcd"] * 2), runs("acd", "acd"), runs(*["acd"] * 9, success=False), runs(*["abcd"] * 9)],
    ids=["often enough", "too few runs", "no success", "always"],
)
def test_what_runs_now_and_then_or_is_not_known_to_be_redundant_stays(ran):
    studio = Studio(*["abcd"] * 3)
    studio.live("acd", metas=ran)
    assert studio.shapes()["m0001"] == "abcd"


def test_nothing_is_dropped_below_the_shortest_length():
    studio = Studio(*ABC)
    studio.live("ac", metas=runs(*["ac"] * 9))
    assert studio.shapes() == {"m0001": "abc"}


def test_nothing_is_dropped_where_another_meta_does_the_rest_already():
    studio = Studio(*["abcd"] * 3)
    studio.live("bcd", metas=runs(*["bcd"] * 9))
    assert studio.shapes() == {"m0001": "abcd", "m0002": "bcd"}


def test_the_old_shape_may_recur_and_become_another_meta():
    studio = Studio("abcd", "abcd", "abcd")
    studio.live("acd", metas=runs(*["acd"] * 9))
    studio.live("abcd")
    assert studio.shapes()["m0003"] == "abcd"


# reorder -----------------------------------------------------------------------------------------------------


def test_the_order_that_outnumbers_its_own_is_taken_over_each_child_with_its_control():
    studio = Studio("abbc", "abc", "abc")
    assert [control.attempts > 1 for control in studio.memory.metas["m0001"].controls] == [False, True, False]
    studio.live(*["bac"] * 4)
    assert (studio.shapes(), studio.changes()) == ({"m0001": "bac"}, ["reorder"])
    assert [control.attempts > 1 for control in studio.memory.metas["m0001"].controls] == [True, False, False]
    assert studio.memory.metas["m0001"].support == 7, "what recurred in the new order is told to the same meta"


def test_an_order_that_is_no_more_frequent_or_of_another_goal_changes_nothing():
    studio = Studio(*ABC)
    studio.live("bac", "bac", "bac")
    assert studio.shapes()["m0001"] == "abc"
    other = Studio(*ABC)
    other.live(*["bac"] * 4, goal="bake a <0>")
    assert other.shapes()["m0001"] == "abc"


def test_an_order_that_another_meta_runs_is_left_to_it():
    studio = Studio(*ABC, *["bac"] * 3)
    studio.live("bac", "bac")
    assert studio.shapes() == {"m0001": "abc", "m0002": "bac"}
    assert studio.changes() == []


def test_copies_of_a_child_keep_their_order():
    studio = Studio(*["abac"] * 3)
    studio.memory.metas["m0001"].controls = (Control(), Control(attempts=3), Control(skip=True), Control())
    studio.live(*["acab"] * 4)
    meta = studio.memory.metas["m0001"]
    assert meta.children == ("a", "c", "a", "b")
    assert meta.controls[:2] == (Control(), Control())
    assert (meta.controls[2].skip, meta.controls[3].attempts) == (True, 3)


# branches ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "shape"), [("axc", "ab[x]c"), ("abx", "abc[x]")])
def test_what_was_done_in_a_childs_place_is_a_branch_also_right_after_the_build(word, shape):
    studio = Studio(*ABC, word, word)
    assert (studio.shapes(), studio.changes()) == ({"m0001": shape}, ["branch"])


@pytest.mark.parametrize("words", [["axc"], ["axd"] * 2, ["xbc"] * 2, ["axbc"] * 2, ["ac"] * 2], ids=str)
def test_once_or_elsewhere_or_at_the_beginning_is_no_branch(words):
    assert Studio(*ABC, *words).shapes() == {"m0001": "abc"}


def test_what_was_done_under_another_goal_is_no_branch():
    studio = Studio(*ABC)
    studio.live("axc", "axc", goal="bake a <0>")
    assert studio.shapes() == {"m0001": "abc"}


def test_what_has_become_a_meta_of_its_own_is_no_branch():
    assert Studio(*ABC, *["axc"] * 3).shapes() == {"m0001": "abc", "m0002": "axc"}


def test_a_branch_that_recurs_later_is_told_to_the_meta_that_has_it():
    studio = Studio(*ABC, "axc", "axc")
    studio.live("axc", "axc")
    assert studio.shapes() == {"m0001": "ab[x]c"}
    assert studio.memory.metas["m0001"].support == 7


def test_a_branch_goes_where_its_child_goes_but_not_to_the_beginning():
    studio = Studio(*ABC, "axc", "axc")
    studio.live(*["acb"] * 6)
    assert studio.shapes()["m0001"] == "acb[x]"
    studio.live(*["bca"] * 9)
    assert studio.shapes()["m0001"] == "bca"
