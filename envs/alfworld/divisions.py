"""How many games the splits of official data have (``docs/spec/alfworld.md §A``)."""

from collections.abc import Mapping

RELEASE = "release"
DIVISIONS: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    RELEASE: {"train": (3553, 3554), "valid_seen": (140,), "valid_unseen": (134,)},
    "development": {"train": (3235,), "valid_seen": (140,), "valid_unseen": (128,)},
}
"""Division → split → the numbers of games that it is known to have. Both divide official games."""


def division_of(counts: Mapping[str, int]) -> str | None:
    """Return the first division of which every split in ``counts`` has all the games; None when there is none."""
    return next(
        (name for name, division in DIVISIONS.items() if all(n in division[split] for split, n in counts.items())), None
    )


def wanted(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how many games each split should have: those it has in a known division, else those of the release.

    >>> wanted({"valid_seen": 140, "valid_unseen": 128}), wanted({"valid_seen": 139, "valid_unseen": 128})
    ({'valid_seen': 140, 'valid_unseen': 128}, {'valid_seen': 140, 'valid_unseen': 134})
    """
    if division_of(counts) is not None:
        return dict(counts)
    return {split: max(found, min(DIVISIONS[RELEASE][split])) for split, found in counts.items()}


def differences(counts: Mapping[str, int]) -> list[str]:
    """Return in lines how ``counts``, of the three splits, differ from those of the release."""
    division = division_of(counts)
    if division is not None and division != RELEASE:
        return [f"divided as the {division} games are, not as the release"]
    return [
        f"{split}: {found} games where the official data has {'-'.join(map(str, DIVISIONS[RELEASE][split]))}"
        for split, found in counts.items()
        if found not in DIVISIONS[RELEASE][split]
    ]


def caveats(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return that games are a division of training games (``docs/spec/alfworld.md §A``); nothing for the release."""
    if division_of(counts) == RELEASE:
        return ()
    numbers = ", ".join(f"{split} {number}" for split, number in counts.items())
    return (f"not the official test games, by their numbers ({numbers}), but a division made for development",)
