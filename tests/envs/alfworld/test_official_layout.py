"""How official games get where they must be, as ``docs/data.md`` says: its command is run and its games are played."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from macla.config import compose
from macla.runs.assemble import make_benchmark
from macla.runs.evaluate import evaluate

DATA = Path(os.environ.get("MACLA_DATA", "nowhere"))
PAGE = Path(__file__).parents[3] / "docs" / "data.md"
pytestmark = pytest.mark.skipif(
    not (DATA.parent / "tools" / "alfworld_tree.py").is_file(), reason="no compact records of the official games"
)


def test_the_documented_command_lays_out_the_games(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [command] = [line for line in PAGE.read_text().splitlines() if "alfworld_tree.py" in line]
    monkeypatch.setenv("ALFWORLD_DATA", str(tmp_path / "official"))
    subprocess.run(command, shell=True, check=True)
    config = compose(["env=alfworld", "env.data=official", "eval.limit=2", f"runs={tmp_path}"])
    benchmark = make_benchmark(config)
    for split, folder in (("seen", "valid_seen"), ("unseen", "valid_unseen")):
        with gzip.open(DATA / "alfworld" / f"games_{folder}.jsonl.gz", "rt") as records:
            assert len(benchmark.tasks(split)) == sum(1 for _ in records) > 100
    summary = evaluate(config.without_memory(), "valid_unseen", None, None)
    assert (summary["split"], summary["n_scored"], summary["data"]) == ("unseen", 2, "official")
