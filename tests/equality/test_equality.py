"""The house is rebuilt, the method is not: memories and episodes of small runs are what they were before.

``before.json`` holds projections recorded when the method last changed on purpose (metas valued by their recurrence and
refined, every execution credited, the gate of Eq 13 by default); until it does again they stay: where a field changes
its name, ``projection.py`` maps it. What the house's rebuilding had to keep was compared with the revision before it.
"""

import json
import os
from pathlib import Path

import pytest

from equality.projection import CASES, NEEDS_DATA, PRACTICE
from equality.record import play

BEFORE = json.loads((Path(__file__).parent / "before.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("practice", PRACTICE)
def test_memories_and_episodes_are_what_they_were(case: str, practice: int, tmp_path: Path) -> None:
    if case in NEEDS_DATA and "MACLA_DATA" not in os.environ:
        pytest.skip(f"{case} needs MACLA_DATA")
    before, now = BEFORE[f"{case} practice {practice}"], play(case, practice, tmp_path)
    assert list(now) == list(before)
    for part in before:
        sums = [its.pop("weights", {}) for its in (before[part], now[part])]
        assert now[part] == before[part], part
        assert sums[1] == pytest.approx(sums[0], rel=0.01), part
