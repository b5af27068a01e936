"""A refused statement comes back with the names that are known where it made one up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.asking.refused import with_known_names

KNOWN = ("pets: PetID PRI, PetType", "dog_owner: name", "pets holds, for example: [(1, 'cat')]")


@pytest.mark.parametrize(
    ("refusal", "names"),
    [
        ("Unknown column 'pet_type' in 'field list'", "PetType"),
        ("Unknown column 'owner.Names' in 'field list'", "name"),
        ("Table 'shop.dogowners' doesn't exist", "dog_owner"),
        ("Table 'shop.has_something' doesn't exist", "pets, dog_owner"),
    ],
)
def test_names_like_those_that_were_made_up_are_told_or_else_the_things_there_are(refusal, names):
    assert with_known_names(refusal, KNOWN, 0.75) == f"{refusal} (known here: {names})"


@pytest.mark.parametrize("refusal", ["syntax error", "Column 'name' in field list is ambiguous"])
def test_what_quotes_nothing_unknown_is_told_as_it_is(refusal):
    assert with_known_names(refusal, KNOWN, 0.75) == refusal


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=4))
def test_a_refusal_is_never_lost(refusal, known):
    assert with_known_names(refusal, known, 0.75).startswith(refusal.rstrip())
