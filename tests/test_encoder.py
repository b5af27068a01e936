"""Encoders give unit vectors that do not depend on the company a text is in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.encoder import Cached, Hashing, MiniLM
from macla.errors import UserError

TEXTS = st.lists(st.text(max_size=30), min_size=1, max_size=5)


@given(TEXTS)
def test_hashed_vectors_have_length_one_and_do_not_depend_on_their_batch(texts):
    encoder = Hashing(64)
    batch = encoder.encode(texts)
    assert batch.shape == (len(texts), 64)
    assert batch.dtype == np.float32
    assert np.allclose(np.linalg.norm(batch, axis=1), 1, atol=1e-6)
    assert np.array_equal(batch, np.vstack([encoder.encode([text]) for text in texts]))


def test_hashing_sees_words_not_their_order_or_case():
    encoder = Hashing()
    first, second, other = encoder.encode(["put the cup", "The CUP put", "sell a boat"])
    assert first @ second == pytest.approx(1)
    assert first @ other < 0.5


def test_no_texts_give_no_rows():
    assert Hashing(8).encode([]).shape == (0, 8)
    assert Cached(Hashing(8)).encode([]).shape == (0, 8)


class Counting(Hashing):
    def __init__(self):
        super().__init__(16)
        self.texts = []

    def encode(self, texts):
        self.texts += texts
        return super().encode(texts)


def test_the_cache_gives_the_same_vectors_and_computes_each_text_once():
    inner = Counting()
    cached = Cached(inner)
    first = cached.encode(["a b", "c", "a b"])
    assert np.array_equal(first, Hashing(16).encode(["a b", "c", "a b"]))
    cached.encode(["c", "d"])
    assert inner.texts == ["a b", "c", "d"]
    assert (cached.name, cached.dimension) == (inner.name, 16)


def test_the_cache_survives_a_restart(tmp_path):
    cached = Cached(Counting(), tmp_path)
    expected = cached.encode(["a b", "c ☃"])
    cached.save()
    inner = Counting()
    assert np.array_equal(Cached(inner, tmp_path).encode(["c ☃", "a b"]), expected[::-1])
    assert inner.texts == []
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cache_that_does_not_read_is_made_anew(tmp_path):
    cached = Cached(Counting(), tmp_path)
    cached.encode(["a"])
    cached.save()
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"torn")
    again = Cached(Counting(), tmp_path)
    assert np.array_equal(again.encode(["a"]), Hashing(16).encode(["a"]))
    again.save()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cache_that_grew_by_nothing_is_not_written(tmp_path):
    Cached(Counting(), tmp_path).save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_minilm_knows_what_is_alike_and_gives_unit_vectors_that_never_change():
    encoder = MiniLM()
    texts = ["heat the apple in the microwave", "warm up an apple", "book a hotel in Boston", ""]
    vectors = encoder.encode(texts)
    assert vectors.shape == (4, encoder.dimension) == (4, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    warm, hotel = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    assert warm > 0.6 > 0.3 > hotel
    assert np.array_equal(vectors[1], encoder.encode([texts[1]])[0])
    assert np.array_equal(vectors, encoder.encode(texts[::-1])[::-1])


@pytest.mark.slow
def test_a_model_that_is_nowhere_is_the_users_mistake(tmp_path):
    with pytest.raises(UserError, match="not a folder or Hub name"):
        MiniLM(str(tmp_path / "nothing")).encode(["a"])
