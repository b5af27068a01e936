"""``make torture`` in short: nothing is lost, nothing changes silently, and no traceback is printed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "torture.py"


@pytest.mark.slow
@pytest.mark.parametrize(("table", "tried"), [("kills", 8), ("corruptions", 30), ("servers", 8)])
def test_nothing_is_lost_or_different(table: str, tried: int) -> None:
    command = [sys.executable, str(SCRIPT), "--short", "--seed", "0", table]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert re.findall(rf"{table} +(\d+) +(\d+) +(\d+) +(\d+)", result.stdout) == [(str(tried), "0", "0", "0")], (
        result.stdout + result.stderr
    )
    assert result.returncode == 0
