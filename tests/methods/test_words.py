"""Words, names and numbers of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.words import read_number, singular, split, words


@given(st.text(max_size=60))
def test_words_are_lower_case_and_never_empty(text):
    assert all(word and word == word.lower() for word in words(text))


def test_joined_names_have_their_words_apart():
    assert words("Final_Table_Made") == {"final", "table", "made"}
    assert words("petAges") == {"pet", "age"}


def test_parts_of_joined_names_keep_their_order_and_numbers_their_points():
    assert split("Take the petAge_of 2.5 Cups") == ["take", "the", "pet", "age", "of", "2.5", "cups"]


def test_a_plural_is_read_as_its_singular_but_short_words_are_left_alone():
    assert words("Rooms as bus mugs") == {"room", "as", "bus", "mug"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cups", "cup"),
        ("cities", "city"),
        ("boxes", "box"),
        ("dishes", "dish"),
        ("matches", "match"),
        ("classes", "class"),
        ("glass", "glass"),
        ("bus", "bus"),
        ("cup", "cup"),
    ],
)
def test_the_singular_of_a_word(word, expected):
    assert singular(word) == expected


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("12", 12),
        ("1,200.50", 1200.5),
        ("$5", 5),
        ("-3", -3),
        ("3 days", 3),
        ("three", None),
        ("T12", None),
        ("", None),
    ],
)
def test_a_name_that_is_a_number_is_read_as_one(name, number):
    assert read_number(name) == number
