"""Encoders give unit vectors that do not depend on the company a text is in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.encoder import Cached, Hashing, MiniLM, SentenceTransformers, content_of, gives
from macla.sections import EncoderConfig

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


def spoilt(tmp_path, content=None, **arrays):
    """Return the encoder that reads a cache of one text after the cache was replaced."""
    cached = Cached(Counting(), tmp_path)
    cached.encode(["a"])
    cached.save()
    (file,) = tmp_path.iterdir()
    if content is not None:
        file.write_bytes(content(file.read_bytes()))
    else:
        np.savez(file, **arrays)
    return Cached(Counting(), tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        lambda whole: whole[:-30],
        lambda whole: whole[:100] + b"\0" * (len(whole) - 100),
        lambda whole: whole[:60] + bytes([whole[60] ^ 255]) + whole[61:],
        lambda whole: whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :],
        lambda _: b"PK\x03\x04",
    ],
)
def test_a_cache_damaged_anywhere_gives_the_right_vectors(tmp_path, content):
    assert np.array_equal(spoilt(tmp_path, content).encode(["a", "b"]), Hashing(16).encode(["a", "b"]))


@pytest.mark.parametrize(
    "vectors",
    [
        np.full((1, 16), np.nan, dtype=np.float32),
        np.zeros((1, 16), dtype=np.float32),
        np.eye(1, 16, dtype=np.float64),
        np.eye(1, 9, dtype=np.float32),
        np.eye(2, 16, dtype=np.float32),
    ],
)
def test_a_cache_of_anything_but_one_unit_vector_a_text_is_not_used(tmp_path, vectors):
    encoder = spoilt(tmp_path, texts=np.array(["other"]), vectors=vectors)
    assert np.array_equal(encoder.encode(["a", "other"]), Hashing(16).encode(["a", "other"]))


def test_a_cache_that_cannot_be_written_is_told_and_costs_no_result(tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    cached = Cached(Counting(), tmp_path)
    cached.encode(["a"])
    monkeypatch.setattr("macla.encoder.write_atomic", full)
    cached.save()
    assert capsys.readouterr().err == (
        f"macla: the cache {tmp_path}/hashing-16.npz is not written (No space left on device)\n"
    )


def test_an_encoder_is_told_by_the_vectors_it_gives():
    texts = ["take the cup", "go to the shelf", "fire a vase"]
    vectors = Hashing(16).encode(texts)
    assert gives(Hashing(16), texts, vectors)
    assert gives(Hashing(16), [], vectors[:0])
    assert not gives(Hashing(16), texts, vectors[::-1])
    assert not gives(Hashing(8), texts, vectors)
    assert not gives(Hashing(16), texts, vectors * np.float32(0.5))


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


class Loaded:
    """Stands for a loaded Sentence-Transformer: its vectors depend on the weights in its folder."""

    def __init__(self, folder):
        self.salt = (folder / "model.safetensors").read_text()

    def encode(self, text, **_):
        return Hashing(8).encode([f"{self.salt} {text}"])[0]


def test_a_changed_folder_is_not_served_the_vectors_of_before(monkeypatch, tmp_path):
    monkeypatch.setenv("MACLA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(SentenceTransformers, "_load", lambda self: Loaded(Path(self.name)))
    folder = tmp_path / "weights"
    (folder / ".git").mkdir(parents=True)
    encoder = EncoderConfig(kind="minilm", model=str(folder))

    def vectors(weights):
        (folder / "model.safetensors").write_text(weights)
        cached = encoder.create()
        found = cached.encode(["take the book"])
        cached.save()
        return found

    first, second = vectors("one"), vectors("two")
    assert not np.array_equal(first, second)
    (folder / ".git" / "HEAD").write_text("moved")
    assert np.array_equal(vectors("one"), first)
    assert len([*(tmp_path / "home" / "embeddings").glob("*.npz")]) == 2
    monkeypatch.setattr(SentenceTransformers, "_load", lambda _: pytest.fail("its vectors are cached"))
    assert np.array_equal(vectors("two"), second)


def test_a_hub_name_has_no_content_to_be_told_by(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert content_of(Path("someone/model")) == ""


def test_threads_may_fill_one_cache():
    cached, texts = Cached(Hashing(16)), [f"text {number % 40}" for number in range(400)]
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: cached.encode([text])[0], texts))
    assert np.array_equal(np.array(rows), Hashing(16).encode(texts))
