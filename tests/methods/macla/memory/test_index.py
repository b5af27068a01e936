"""The nearest procedures are those a plain loop finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.memory import index
from macla.methods.macla.memory.index import Index


def unit(rng, n, dimension=12):
    vectors = rng.normal(size=(n, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def brute_force(owners, vectors, query, k):
    best = {}
    for owner, vector in zip(owners, vectors, strict=True):
        best[owner] = max(best.get(owner, -2.0), float(vector @ query))
    return sorted(best.items(), key=lambda item: -item[1])[:k]


@given(st.integers(0, 10_000), st.lists(st.integers(0, 8), min_size=1, max_size=40), st.integers(1, 12))
def test_nearest_equals_a_loop_over_all_descriptors(seed, numbers, k):
    rng = np.random.default_rng(seed)
    owners = [f"p{number}" for number in numbers]
    vectors, query = unit(rng, len(owners)), unit(rng, 1)[0]
    made = Index(owners, vectors)
    positions, cosines = made.nearest(query, k)
    expected = brute_force(owners, vectors, query, k)
    assert [made.ids[position] for position in positions] == [owner for owner, _ in expected]
    assert cosines == pytest.approx([cosine for _, cosine in expected], abs=1e-6)


def test_a_procedure_with_many_goals_is_returned_once_by_its_nearest():
    vectors = np.eye(4, dtype=np.float32)[[0, 1, 2, 3]]
    made = Index(["a", "a", "b", "a"], vectors)
    positions, cosines = made.nearest(np.array([0, 0.6, 0.8, 0], dtype=np.float32), 5)
    assert [made.ids[position] for position in positions] == ["b", "a"]
    assert cosines == pytest.approx([0.8, 0.6])


@given(st.integers(0, 10_000), st.integers(1, 70), st.integers(1, 5), st.sampled_from([12, 384]))
def test_equally_near_procedures_come_in_the_order_they_were_given(seed, n, k, dimension):
    rng = np.random.default_rng(seed)
    same, query = unit(rng, 1, dimension), unit(rng, 1, dimension)[0]
    owners = [str(number) for number in rng.permutation(n)]
    positions, cosines = Index(owners, np.tile(same, (n, 1))).nearest(query, k)
    assert positions.tolist() == list(range(min(k, n)))
    assert len(set(cosines.tolist())) == 1


@given(st.integers(0, 10_000), st.lists(st.integers(0, 8), min_size=1, max_size=40), st.integers(1, 12))
def test_faiss_finds_the_same(seed, numbers, k):
    pytest.importorskip("faiss", reason="needs macla[ann]")
    rng = np.random.default_rng(seed)
    owners = [f"p{number}" for number in numbers]
    vectors, query = unit(rng, len(owners)), unit(rng, 1)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "PRODUCT_UP_TO", 0)
        by_faiss = Index(owners, vectors).nearest(query, k)
    by_product = Index(owners, vectors).nearest(query, k)
    assert np.array_equal(by_faiss[0], by_product[0])
    assert by_faiss[1] == pytest.approx(by_product[1], abs=1e-6)


def test_an_empty_index_finds_nothing():
    positions, cosines = Index([], np.empty((0, 4), dtype=np.float32)).nearest(np.ones(4, dtype=np.float32), 3)
    assert (len(positions), len(cosines)) == (0, 0)
