"""Published tables of language models come out of their recordings again, byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "replay_lm.py"
RECORDINGS = ROOT / "results" / "recordings"
TREE = Path(os.environ.get("MACLA_DATA", "nowhere")).parent / "tools" / "alfworld_tree.py"


NAMES = sorted(path.name.partition(".")[0] for path in RECORDINGS.glob("*.jsonl.xz"))


def lacking(name: str) -> bool:
    """Whether a table needs data that a replay here does not have."""
    needs = RECORDINGS / f"{name}.needs"
    variable = needs.read_text(encoding="utf-8").strip() if needs.is_file() else ""
    return variable == "ALFWORLD_DATA" or variable not in {"", *os.environ}


def replay(tmp_path: Path, *names: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *names, "--out", str(tmp_path / "tables")]
    environment = {key: value for key, value in os.environ.items() if key != "ALFWORLD_DATA"} | variables
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.full
def test_recordings_give_their_tables_again_where_the_data_are(tmp_path: Path) -> None:
    assert NAMES
    result = replay(tmp_path)
    lack = sum(map(lacking, NAMES))
    left_out = f", {lack} left out" if lack else ""
    told = f"{len(NAMES) - lack} of {len(NAMES)} tables came out as published{left_out}\n"
    assert (result.returncode, result.stdout.splitlines(keepends=True)[-1]) == (0, told), result.stderr


@pytest.mark.full
@pytest.mark.skipif(not TREE.is_file(), reason="no compact records of the official games")
def test_recordings_of_official_games_give_their_tables_again(tmp_path: Path) -> None:
    official = str(tmp_path / "official")
    splits = ["--split", "train", "valid_seen", "valid_unseen"]
    subprocess.run([sys.executable, str(TREE), official, *splits], check=True, capture_output=True)
    result = replay(tmp_path, "lm_alfworld", ALFWORLD_DATA=official)
    assert result.stdout.endswith("1 of 1 tables came out as published\n"), result.stderr


def test_a_recording_that_does_not_fit_says_what_to_do(tmp_path: Path) -> None:
    result = replay(tmp_path, "lm_alfworld_notes")
    assert result.returncode == 1
    assert "record it again: macla reproduce lm_alfworld_notes model.autostart=keep" in result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_recordings_are_small(name: str) -> None:
    assert (RECORDINGS / f"{name}.jsonl.xz").stat().st_size < 5_000_000
