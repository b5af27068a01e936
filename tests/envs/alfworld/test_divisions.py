"""How many games each split of official data should have, in the divisions that are known."""

import pytest

from envs.alfworld.divisions import differences, division_of, wanted


@pytest.mark.parametrize(
    ("counts", "division", "want"),
    [
        ((3553, 140, 134), "release", (3553, 140, 134)),
        ((3554, 140, 134), "release", (3554, 140, 134)),
        ((3235, 140, 128), "development", (3235, 140, 128)),
        ((3552, 140, 134), None, (3553, 140, 134)),
        ((3553, 140, 128), None, (3553, 140, 134)),
        ((3235, 139, 128), None, (3553, 140, 134)),
        ((3600, 140, 134), None, (3600, 140, 134)),
        ((20, 10, 10), None, (3553, 140, 134)),
    ],
)
def test_a_split_should_have_what_it_has_in_the_division_of_all_splits(counts, division, want):
    splits = ("train", "valid_seen", "valid_unseen")
    there = dict(zip(splits, counts, strict=True))
    assert division_of(there) == division
    assert tuple(wanted(there).values()) == want


def test_splits_that_are_not_there_do_not_count():
    assert division_of({"valid_seen": 140, "valid_unseen": 134}) == "release"
    assert division_of({"valid_seen": 140, "valid_unseen": 128}) == "development"
    assert wanted({"valid_unseen": 127}) == {"valid_unseen": 134}


def test_another_division_is_named_and_anything_else_is_counted():
    assert differences({"train": 3553, "valid_seen": 140, "valid_unseen": 134}) == []
    assert differences({"train": 3235, "valid_seen": 140, "valid_unseen": 128}) == [
        "divided as the development games are, not as the release"
    ]
    assert differences({"train": 3553, "valid_seen": 140, "valid_unseen": 133}) == [
        "valid_unseen: 133 games where the official data has 134"
    ]
