"""Published tables of language models come out of their recordings again, byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "replay_lm.py"
RECORDINGS = ROOT / "results" / "recordings"


def replay(tmp_path: Path, *names: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *names, "--out", str(tmp_path / "tables")]
    environment = {key: value for key, value in os.environ.items() if key != "ALFWORLD_DATA"} | variables
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)


def test_every_published_recording_gives_its_table_again(tmp_path: Path) -> None:
    names = [path.name.partition(".")[0] for path in RECORDINGS.glob("*.jsonl.xz")]
    assert names
    result = replay(tmp_path)
    assert result.stdout.endswith(f"{len(names)} of {len(names)} tables came out as published\n"), result.stderr
    assert result.returncode == 0


def test_a_recording_that_does_not_fit_says_what_to_do(tmp_path: Path) -> None:
    result = replay(tmp_path, "lm_webshop")
    assert result.returncode == 1
    assert "record it again: macla reproduce lm_webshop model.autostart=keep" in result.stderr


@pytest.mark.parametrize("name", [path.name for path in sorted(RECORDINGS.glob("*.jsonl.xz"))])
def test_recordings_are_small(name: str) -> None:
    assert (RECORDINGS / name).stat().st_size < 5_000_000
