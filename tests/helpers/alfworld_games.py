"""The generated ALFWorld games that the tests of the generator look at."""

from pathlib import Path

SEED = 7
COUNTS = {"train": 240, "valid_seen": 40, "valid_unseen": 80}


def layout(root: Path) -> Path:
    """Return the folder of the games."""
    return root / "json_2.1.1"
