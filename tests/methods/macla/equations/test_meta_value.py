"""The value of metas."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.meta_value import (
    MetaEstimate,
    meta_value,
    reward_gain,
    worth_creating,
)
from macla.methods.macla.settings import Settings

SETTINGS = Settings()
COST, R_MAX = SETTINGS.composition.storage_cost, SETTINGS.r_max
RATE = st.floats(0, 1)
METAS = st.builds(MetaEstimate, frequency=RATE, parts=st.lists(RATE, min_size=2, max_size=6).map(tuple), success=RATE)


def test_value_by_hand():
    meta = MetaEstimate(frequency=0.4, parts=(0.9, 0.8, 0.5), success=0.7)
    assert meta_value(meta, COST, R_MAX) == pytest.approx(0.4 * 3 - 0.15 * 3 + (0.7 - 0.36))


def test_gain_is_in_units_of_reward():
    meta = MetaEstimate(frequency=0.4, parts=(0.5, 0.5), success=0.75)
    assert reward_gain(meta, 2.0) == pytest.approx(1.0)


def test_recurring_at_theta_meta_just_pays_for_storage():
    assert meta_value(MetaEstimate(SETTINGS.theta_meta, (0.5, 0.5), 0.25), COST, R_MAX) == pytest.approx(0.0)


@given(METAS, RATE)
def test_more_frequent_is_never_worth_less(meta, frequency):
    low, high = sorted((meta.frequency, frequency))
    assert meta_value(replace(meta, frequency=low), COST, R_MAX) <= meta_value(
        replace(meta, frequency=high), COST, R_MAX
    )


@given(METAS)
def test_a_meta_as_good_as_its_parts_gains_no_reward(meta):
    together = 1.0
    for part in meta.parts:
        together *= part
    assert reward_gain(replace(meta, success=together), R_MAX) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("candidate", "kept", "capacity", "worth"),
    [
        (0.1, [], 1, True),
        (-0.1, [], 1, False),
        (0.0, [], 1, False),
        (0.1, [0.5], 2, True),
        (0.1, [0.5, 0.05], 2, True),
        (0.1, [0.5, 0.1], 2, False),
        (-0.1, [-0.5], 1, False),
        (0.9, [], 0, False),
    ],
)
def test_worth_creating_beats_nothing_and_the_least_kept(candidate, kept, capacity, worth):
    assert worth_creating(candidate, kept, capacity) is worth


def test_refuses_shares_out_of_range():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        MetaEstimate(frequency=2.0, parts=(0.5, 0.5), success=0.5)
