"""Encoders give unit vectors that do not depend on the company a text is in."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.config import EncoderConfig
from macla.encoder import Cached, Hashing, MiniLM

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


def test_cached_vectors_are_read_back_without_the_model(tmp_path):
    class Gone:
        name = Counting().name

        @property
        def dimension(self):
            raise AssertionError("the model was loaded")

    cached = Cached(Counting(), tmp_path)
    expected = cached.encode(["a", "b"])
    cached.save()
    assert np.array_equal(Cached(Gone(), tmp_path).encode(["a", "b"]), expected)


def test_the_vectors_of_numpy_and_of_torch_are_cached_apart(monkeypatch, tmp_path):
    monkeypatch.setenv("MACLA_HOME", str(tmp_path))
    old = Cached(MiniLM(), tmp_path / "embeddings")  # where vectors by torch lie, under the same name
    old._known["a"] = np.zeros(384, dtype=np.float32)
    old._fresh = True
    old.save()
    assert np.linalg.norm(EncoderConfig(kind="minilm").create().encode(["a"])) == pytest.approx(1)


def test_threads_may_fill_one_cache():
    cached, texts = Cached(Hashing(16)), [f"text {number % 40}" for number in range(400)]
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: cached.encode([text])[0], texts))
    assert np.array_equal(np.array(rows), Hashing(16).encode(texts))
