"""Fields are read as the official patterns read them, in time that grows with the text only."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.travelplanner.fields import leg, without_state

OFFICIAL_LEG = re.compile(r"from\s+(.+?)\s+to\s+([^,]+)(?=[,\s]|$)")
OFFICIAL_STATE = re.compile(r"^(.*?)\([^)]*\)")

PIECES = st.lists(st.sampled_from(["from", "to", " ", "  ", "\n", ",", "a", "B", "(", ")", "\t"]), max_size=14)


@given(PIECES.map("".join))
def test_legs_and_states_are_those_of_the_official_patterns(text: str):
    found = OFFICIAL_LEG.search(text)
    assert leg(text) == (found.groups() if found else (None, None))
    state = OFFICIAL_STATE.search(text)
    assert without_state(text) == (state[1] if state else text)


@pytest.mark.parametrize("part", ["(", "from ", " ", "from a to ,", " to", "from \n to ", ")("])
def test_forty_kilobytes_are_read_at_once(part: str):
    text = "from " + part * (40_000 // len(part))
    started = time.monotonic()
    leg(text)
    without_state(text)
    assert time.monotonic() - started < 1
