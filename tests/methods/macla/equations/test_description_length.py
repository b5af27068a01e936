"""θ_dup by description length: the clustering is the Merger's, the cost is Eq 12's."""

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macla.encoder import Hashing
from macla.methods.macla.equations.description_length import PERCENT, theta_by_mdl
from macla.methods.macla.learning.abstract import Abstracted
from macla.methods.macla.learning.merge import Merger
from macla.methods.macla.memory.segment import Fact, Segment, SegmentStep, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import DescriptionLength

GRID = DescriptionLength()
OPEN, GO, TAKE, PUT = (StepKey(verb, ("<0>",)) for verb in ("open {}", "go to {}", "take {}", "put {}"))


def _segment(goal, *steps, milestone=TAKE, said=(), needs=()):
    return Segment(
        goal=goal,
        milestone=milestone,
        steps=tuple(SegmentStep(key=key, known=()) for key in steps),
        before=tuple(Fact("<0>", text) for text in needs),
        at_milestone=tuple(Fact("", text) for text in said),
    )


def percent(lowest, highest=None):
    """Return the candidates from ``lowest`` to ``highest``, one a percent."""
    return DescriptionLength(lowest=lowest, highest=lowest if highest is None else highest)


class _Table:
    """An encoder that looks directions up by the goal's words, so that cosines are what the test says."""

    name = "table"
    dimension = 2

    def __init__(self, **degrees):
        self.degrees = degrees

    def encode(self, texts):
        angles = np.radians([self.degrees[text.split()[0]] for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


SEGMENTS = st.lists(
    st.builds(
        _segment,
        st.sampled_from(["put a <0>", "put some <0>", "heat a <0> and put it", "examine", "look at <0>"]),
        st.sampled_from([OPEN, GO]),
        milestone=st.sampled_from([TAKE, PUT]),
        said=st.lists(st.sampled_from(["closed", "open"]), max_size=2),
        needs=st.lists(st.sampled_from(["hot", "cold"]), max_size=1),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None)
@given(SEGMENTS, st.sampled_from([30, 50, 70, 85, 95]))
def test_clusters_as_the_merger_does(segments, theta):
    memory = Memory()
    merger = Merger(memory, Hashing(), theta / PERCENT)
    for source, segment in enumerate(segments):
        merger.insert(Abstracted(segment, {}), source)
    _, (description,) = theta_by_mdl(Counter(segments), Hashing(), percent(theta))
    assert description.n_procedures == len(memory.procedures)


def test_cost_by_hand():
    """Two wordings 30° apart, one opens, one goes: apart they cost two names, together one name and their entropy."""
    segments = {_segment("near", OPEN): 3, _segment("nearly", GO): 1}
    _, (together, *_, apart) = theta_by_mdl(segments, _Table(near=0, nearly=30), percent(80, 90))
    assert (together.theta, apart.theta) == (0.8, 0.9)
    assert together.n_procedures == 1
    assert together.cost == pytest.approx(log(3) + 4 * log(4) - 3 * log(3))
    assert apart.n_procedures == 2
    assert apart.cost == pytest.approx(2 * log(3))


def test_wordings_of_the_same_action_merge_and_other_actions_stay_apart():
    """20° tell wordings apart, 40° actions: the best θ lies between their cosines."""
    encoder = _Table(a=0, b=20, c=60)
    segments = {_segment("a", OPEN): 50, _segment("b", OPEN): 50, _segment("c", GO): 50}
    best, curve = theta_by_mdl(segments, encoder, GRID)
    assert np.cos(np.radians(60)) < best < np.cos(np.radians(20))
    assert {description.theta: description.n_procedures for description in curve}[best] == 2


def test_of_equal_costs_the_highest_theta_wins():
    best, curve = theta_by_mdl({_segment("a", OPEN): 2}, _Table(a=0), GRID)
    assert [description.theta for description in curve] == [k / PERCENT for k in range(GRID.lowest, GRID.highest + 1)]
    assert len({description.cost for description in curve}) == 1
    assert best == GRID.highest / PERCENT


def test_counts_not_only_kinds_decide():
    """A few deviants are not worth an entry, many are."""
    encoder = _Table(a=0, b=30)
    vocabulary = {_segment("a", *[StepKey(f"verb{k} {{}}", ("<0>",)) for k in range(40)]): 1}
    few = {**vocabulary, _segment("a", OPEN): 5, _segment("b", GO): 1}
    many = {**vocabulary, _segment("a", OPEN): 500, _segment("b", GO): 400}
    together, apart = percent(80), percent(90)
    assert cost(few, encoder, together) < cost(few, encoder, apart)
    assert cost(many, encoder, together) > cost(many, encoder, apart)
    wide = percent(80, 90)
    assert theta_by_mdl(few, encoder, wide)[0] < COSINE < theta_by_mdl(many, encoder, wide)[0]


COSINE = np.cos(np.radians(30))


def cost(segments, encoder, one):
    _, (description,) = theta_by_mdl(segments, encoder, one)
    return description.cost


@pytest.mark.parametrize(("segments", "grid"), [({}, GRID), ({_segment("a"): 1}, percent(90, 80))])
def test_needs_segments_and_candidates(segments, grid):
    with pytest.raises(ValueError, match="needs segments and candidates"):
        theta_by_mdl(segments, _Table(a=0), grid)
