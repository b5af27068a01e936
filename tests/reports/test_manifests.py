"""Manifests in one file: nothing is lost, and what runs share is written once."""

import json

from hypothesis import given
from hypothesis import strategies as st

from macla.reports.manifests import packed, unpacked

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), max_size=4))
def test_what_was_packed_comes_back(manifests):
    assert unpacked(json.loads(json.dumps(packed(manifests)))) == manifests


def test_what_runs_share_is_written_once():
    config = {"memory": {"prior": list(range(100))}, "model": "embedded"}
    manifests = [{"config": config, "seed": seed} for seed in range(50)]
    alone, together = (len(json.dumps(packed(some))) for some in (manifests[:1], manifests))
    assert together < 3 * alone + 50 * 100


def test_an_object_of_a_single_key_that_is_called_part_stays_what_it_is():
    assert unpacked(packed([{"a": {"part": "x"}}])) == [{"a": {"part": "x"}}]
