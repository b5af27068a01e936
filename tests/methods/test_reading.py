"""Texts read through a lexicon: sentences with their entities cut out."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from envs.toy.lexicon import ToyLexicon
from macla.methods.reading import Reader, prose, sentences

LEXICON = ToyLexicon()


def cut(text):
    return [
        tuple(sentence)
        for sentence in ((s.pattern, s.holes) for s in sentences(text, LEXICON.mentions(text), prose(text)))
    ]


def test_sentences_have_their_entities_cut_out():
    assert cut("You take the vase 1 from the shelf 2. The vase 1 is damp.") == [
        ("You take the <> from the <>.", (("vase 1",), ("shelf 2",))),
        ("The <> is damp.", (("vase 1",),)),
    ]


@pytest.mark.parametrize(
    "listed", ["a vase 1, a cup 1, and a jar 1", "a vase 1, cup 1 and the jar 1", "vase 1 or cup 1 or jar 1"]
)
def test_a_list_is_one_hole_however_long_or_worded(listed):
    assert cut(f"In it you see {listed}.")[0][1] == (("vase 1", "cup 1", "jar 1"),)
    assert "<…>." in cut(f"In it you see {listed}.")[0][0]


def test_numbers_with_points_do_not_end_a_sentence():
    assert [pattern for pattern, _ in cut("It costs $3.50 today. Come in!")] == ["It costs $3.50 today.", "Come in!"]


PIECES = ("vase 1", "cup 2", "a", "b ", ". ", ".", "!", "?", "\n", "1", ",", " ", " and ")


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@example("Take the vase 1. Put it by the cup 2!")
def test_nothing_is_lost_when_text_is_cut(text):
    parts = sentences(text, LEXICON.mentions(text), prose(text))
    filled = []
    for part in parts:
        names = iter(part.holes)
        filled.append("".join(next(names)[0] if piece == "<>" else piece for piece in _pieces(part.pattern)))
    if all(len(names) == 1 for part in parts for names in part.holes):
        assert "".join("".join(filled).split()) == "".join(text.split())


def _pieces(pattern):
    return re.split(r"(<>)", pattern)


def test_reading_a_text_twice_asks_the_lexicon_once():
    class Counting(ToyLexicon):
        asked = 0

        def mentions(self, text):
            self.asked += 1
            return super().mentions(text)

    lexicon = Counting()
    reader = Reader(lexicon)
    assert reader.read("The vase 1 is damp.") is reader.read("The vase 1 is damp.")
    assert lexicon.asked == 1
