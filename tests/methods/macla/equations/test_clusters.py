"""Eq 7: which words belong together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.clusters import clusters


def directions(*degrees):
    """Return unit vectors, so that the cosine of two is that of the angle between them."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_a_cluster_holds_the_closer_words_nearest_first_without_the_word_itself():
    found = clusters(["cup", "mug", "jar", "star"], directions(0, 30, 40, 180), np.cos(np.radians(45)))
    assert found == {"cup": ("mug", "jar"), "mug": ("jar", "cup"), "jar": ("mug", "cup")}


@pytest.mark.parametrize(("theta_sim", "together"), [(0.0, True), (0.999, False)])
def test_theta_sim_decides(theta_sim, together):
    assert bool(clusters(["cup", "mug"], directions(0, 30), theta_sim)) is together


def test_just_as_close_as_theta_sim_is_not_closer():
    assert clusters(["cup", "mug"], np.eye(2, dtype=np.float32), 0.0) == {}
    assert clusters(["cup", "mug"], np.eye(2, dtype=np.float32), -1e-6) == {"cup": ("mug",), "mug": ("cup",)}


def test_no_words_have_no_clusters():
    assert clusters([], np.empty((0, 4), dtype=np.float32), 0.5) == {}


@given(st.lists(st.integers(0, 359), min_size=2, max_size=12, unique=True), st.floats(-0.9, 0.95))
def test_closeness_is_mutual(degrees, theta_sim):
    words = [f"word{degree}" for degree in degrees]
    found = clusters(words, directions(*degrees), theta_sim)
    assert {(a, b) for a, near in found.items() for b in near} == {(b, a) for a, near in found.items() for b in near}
