"""Search equal to Lucene's: tokens, stems, lengths, scores, order (``docs/spec/webshop.md §8``)."""

import json
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.webshop.search import bm25
from envs.webshop.search.analyze import STOP_WORDS, analyze
from envs.webshop.search.engine import SearchEngine
from envs.webshop.search.index import Document, build, cached, digest
from envs.webshop.search.stem import stem
from envs.webshop.search.tokenize import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("material:steel l'eau 3.5mm d.o.n 1,000", ["material:steel", "l'eau", "3.5mm", "d.o.n", "1,000"]),
        ("usb-c (2-pack) a_b __ _c", ["usb", "c", "2", "pack", "a_b", "_c"]),
        ("don’t café ★ 5★ ❤️", ["don’t", "café", "★", "5", "★", "❤️"]),
        ("™ ® • brand™", ["™", "®", "brand", "™"]),
        ("茶葉 ひら カタカナ 한국어", ["茶", "葉", "ひ", "ら", "カタカナ", "한국어"]),
        ("1️⃣ 👨‍👩‍👧 👋🏽 🇩🇪x", ["1️⃣", "👨‍👩‍👧", "👋🏽", "🇩🇪", "x"]),
        ("a.1 1.a a..b 1,a é:e", ["a", "1", "1", "a", "a", "b", "1", "a", "é:e"]),
        ("", []),
        ("x" * 300, ["x" * 255, "x" * 45]),
    ],
)
def test_tokens_of_lucenes_standard_tokenizer(text, tokens):
    assert tokenize(text) == tokens


@given(st.text("aZ09_.:,;'\"- ", max_size=30))
def test_the_ascii_rules_and_the_unicode_rules_are_one(text):
    assert tokenize(text) == tokenize(text + " é")[:-1]


@given(st.text(max_size=40))
def test_tokens_are_pieces_of_the_text_in_order(text):
    position = 0
    for token in tokenize(text):
        position = text.index(token, position) + len(token)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("technology", "technolog"),
        ("assembly", "assembl"),
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("hopping", "hop"),
        ("falling", "fall"),
        ("filing", "file"),
        ("agreed", "agre"),
        ("feed", "feed"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("vietnamization", "vietnam"),
        ("adoption", "adopt"),
        ("probate", "probat"),
        ("rate", "rate"),
        ("controlling", "control"),
        ("is", "is"),
        ("possibly", "possibl"),
    ],
)
def test_porter_with_the_authors_departures(word, expected):
    assert stem(word) == expected


def test_analysis_drops_possessives_and_stop_words_before_stemming():
    assert analyze("The Men's shirts, WOMEN’S boots' for it") == ["men", "shirt", "women", "boot"]
    assert len(STOP_WORDS) == 33
    assert analyze("of the with") == []


def test_stored_lengths_are_lucenes_one_byte_lengths():
    def reference(length: int) -> int:
        if length < 24:
            return length
        excess, shift = length - 24, 0
        while excess >> shift >= 16:
            shift += 1
        return 24 + (excess >> shift << shift)

    lengths = np.arange(0, 5000)
    assert bm25.stored_lengths(lengths).tolist() == [reference(int(length)) for length in lengths]
    assert bm25.stored_lengths(np.array([40, 41, 42, 43])).tolist() == [40, 40, 42, 42]


class BruteForce:
    """The formula of ``docs/spec/webshop.md §8`` over every document, without postings, blocks or partial sorting."""

    def __init__(self, documents: list[Document]) -> None:
        self.ids = sorted(document.id for document in documents)
        texts = {document.id: document.text for document in documents}
        bags = [Counter(analyze(texts[name])) for name in self.ids]
        lengths = np.array([sum(bag.values()) for bag in bags])
        self.n = int((lengths > 0).sum())
        stored = bm25.stored_lengths(lengths).astype(np.float32)
        average = np.float32(lengths.sum() / self.n)
        k1, b, one = np.float32(0.9), np.float32(0.4), np.float32(1)
        self.inverse = one / (k1 * ((one - b) + b * stored / average))
        vocabulary = {term for bag in bags for term in bag}
        self.tf = {term: np.array([bag[term] for bag in bags], dtype=np.float32) for term in vocabulary}

    def search(self, query: str) -> list[str]:
        scores = np.zeros(len(self.ids), dtype=np.float64)
        for term, count in Counter(analyze(query)).items():
            if term in self.tf:
                tf = self.tf[term]
                df = int((tf > 0).sum())
                weight = np.float32(count) * np.float32(math.log(1 + (self.n - df + 0.5) / (df + 0.5)))
                scores += weight - weight / (np.float32(1) + tf * self.inverse)
        rounded = scores.astype(np.float32)
        ranked = np.argsort(-rounded, kind="stable")  # ids ascend, so level documents stay in their order
        return [self.ids[number] for number in ranked[:50] if rounded[number] > 0]


def assert_equal_order(documents: list[Document], queries: list[str]) -> None:
    engine, reference = SearchEngine(build(documents)), BruteForce(documents)
    for query in queries:
        assert engine.search(query) == reference.search(query), query


def test_order_equals_brute_force_on_generated_products(generated):
    shop = generated._shop
    documents = [product.document() for product in shop.products.values()]
    queries = [goal.instruction.lower() for goal in shop.goals][:150]
    queries += [product.title.lower() for product in list(shop.products.values())[:150]]
    queries += ["shirt shirt shirt red red", "for", "", "of the", "zzz", "free", "6 count 6 count cream"]
    assert_equal_order(documents, queries)


def test_order_equals_brute_force_on_two_thousand_real_queries(official, official_root):
    documents = [product.document() for product in official._shop.products.values()]
    people = json.loads((official_root / "human_goals.json").read_text(encoding="utf-8"))
    queries = [text.lower() for text in people[:1600]] + [g.instruction.lower() for g in official._shop.goals[:400]]
    assert_equal_order(documents, queries)


@given(st.lists(st.text("ab c", max_size=12), min_size=1, max_size=200), st.text("ab c", max_size=6))
def test_ties_and_tiny_collections(texts, query):
    documents = [Document(f"D{number:03d}", text) for number, text in enumerate(texts)]
    if any(analyze(document.text) for document in documents):
        assert_equal_order(documents, [query])
    else:
        assert SearchEngine(build(documents)).search(query) == []


def test_an_index_is_built_once_and_mapped(tmp_path):
    documents = [Document("B2", "red scarf"), Document("B1", "red scarf"), Document("B3", "")]
    index = cached(documents, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [digest(documents)]
    assert isinstance(index.impacts.base, np.memmap)
    stamp = next(tmp_path.iterdir()).stat().st_mtime_ns
    assert SearchEngine(cached(documents, tmp_path)).search("scarf") == ["B1", "B2"]
    assert next(tmp_path.iterdir()).stat().st_mtime_ns == stamp
    assert digest(documents) != digest(documents[:2])
