"""``make replay-lm``: every published table of a language model again from its recordings, without weights or server.

    python scripts/replay_lm.py [--out DIR] [TABLE]...

A table is rebuilt (``macla reproduce TABLE model=replay``) from ``results/recordings/TABLE.jsonl.xz`` and compared with
the one in ``results/``, byte for byte. Exit code 1 when one differs or cannot be rebuilt. One that needs data which are
not there is left out: ``TABLE.needs`` names the variable that says where they lie.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"
RECORDINGS = RESULTS / "recordings"
COMPARED = (".csv", ".comparisons.csv")
"""The numbers; the footers of the other formats name the revision that made them."""


def main() -> int:
    """Replay the tables that are named (all by default); return the exit code."""
    parser = argparse.ArgumentParser(description="Rebuild the tables of language models from their recordings.")
    parser.add_argument("tables", nargs="*", metavar="TABLE")
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "tables")
    wanted = parser.parse_args()
    names = wanted.tables or sorted(path.name.partition(".")[0] for path in RECORDINGS.glob("*.jsonl.xz"))
    found = [_replayed(name, wanted.out) for name in names]
    left_out = f", {found.count(None)} left out" if None in found else ""
    print(f"{found.count(True)} of {len(names)} tables came out as published{left_out}")
    return int(False in found)


def _replayed(name: str, out: Path) -> bool | None:
    """Rebuild a table; return whether it equals the published one, None where its data are not there."""
    needs = RECORDINGS / f"{name}.needs"
    variable = needs.read_text(encoding="utf-8").strip() if needs.is_file() else ""
    if variable and variable not in os.environ:
        print(f"{name}: left out, {variable} is not set (docs/data.md)", file=sys.stderr)
        return None
    replay = ["model=replay", f"model.replay={RECORDINGS / name}.jsonl.xz"]
    command = ["macla", "reproduce", name, *replay, "--out", str(out)]
    print(f"$ {' '.join(command)}", file=sys.stderr, flush=True)
    if subprocess.run([Path(sys.executable).parent / "macla", *command[1:]], check=False).returncode:
        print(f"{name}: not rebuilt (the reason stands above); record it again: {_again(name)}", file=sys.stderr)
        return False
    changed = [end for end in COMPARED if _read(out / f"{name}{end}") != _read(RESULTS / f"{name}{end}")]
    for end in changed:
        print(f"{name}: {out / name}{end} is not {RESULTS / name}{end}", file=sys.stderr)
    return not changed


def _again(name: str) -> str:
    return f"macla reproduce {name} model.autostart=keep model.record=DIR, then scripts/pack_recording.py"


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


if __name__ == "__main__":
    sys.exit(main())
