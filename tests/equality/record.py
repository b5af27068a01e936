"""Play the small runs of the equality check and print their projections as JSON: python record.py FOLDER [CASE …]."""

import json
import sys
from pathlib import Path
from typing import Any

from equality.projection import CASES, MODES, PRACTICE, SPLITS, episodes, memory
from macla.cli import app


def macla(*arguments: str) -> None:
    app(list(arguments), standalone_mode=False)


def play(case: str, practice: int, folder: Path) -> dict[str, Any]:
    """Build one memory, evaluate it frozen and online; return the projections."""
    options = ("encoder=hashing", f"build.practice={practice}", *CASES[case])
    built = folder / f"{case}-{practice}"
    macla("build-memory", *options, f"runs={folder}/runs", "--out", str(built))
    found: dict[str, Any] = {"memory": memory(built)}
    for mode in MODES:
        out = folder / f"{case}-{practice}-{mode}"
        split = SPLITS.get(case, "unseen")
        macla(
            "eval",
            *options,
            f"runs={folder}/runs",
            f"eval.mode={mode}",
            "--split",
            split,
            "--memory",
            str(built),
            "--out",
            str(out),
        )
        found[mode] = episodes(out)
        if mode == "online":
            found["learned online"] = memory(out / "memory")
    return found


if __name__ == "__main__":
    where, names = Path(sys.argv[1]), sys.argv[2:] or list(CASES)
    found = {f"{case} practice {n}": play(case, n, where) for case in names for n in PRACTICE}
    print(json.dumps(found, indent=1, ensure_ascii=False))
