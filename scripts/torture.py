"""``make torture``: kills at random moments, damage to every file, faults of servers; counts what is lost.

Prints one row a table: what was tried, what was lost (work that had to be done again, a run that does not resume), what
came out different without a word, and tracebacks. All but the first are to be zero; exit code 1 otherwise.

    python scripts/torture.py --seed 0 [--short] [kills] [corruptions]
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # whose misbehaving server is used here too

import torture_corruptions
import torture_kills
import torture_servers
from torture_commands import Ground, Verdict

Table = Callable[[Ground, random.Random, bool], Iterator[Verdict]]

TABLES: dict[str, Table] = {
    "kills": torture_kills.tries,
    "corruptions": torture_corruptions.tries,
    "servers": torture_servers.tries,
}
"""Name → what tries it: given the ground, the randomness, and whether to be short."""


def main() -> int:
    """Run the tables that are named (all by default); return 1 when anything but "tried" is not zero."""
    parser = argparse.ArgumentParser(description="Kill and damage runs and memories; count what is lost.")
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], default=[], metavar="table", help=", ".join(TABLES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--short", action="store_true", help="a sample of everything, in less than a minute")
    wanted = parser.parse_args()
    rows = []
    for name in wanted.tables or TABLES:
        with tempfile.TemporaryDirectory(prefix="macla-torture-") as folder:
            verdicts = []
            for verdict in TABLES[name](Ground(Path(folder)), random.Random(f"{wanted.seed} {name}"), wanted.short):
                verdicts.append(verdict)
                if not verdict.clean:
                    print(f"{name}: {verdict.told()}", file=sys.stderr, flush=True)
        rows.append((name, verdicts))
    print(f"{'':14}{'tried':>8}{'lost':>8}{'different':>11}{'tracebacks':>12}")
    for name, verdicts in rows:
        counts = [sum(getattr(v, what) for v in verdicts) for what in ("lost", "different", "traceback")]
        print(f"{name:14}{len(verdicts):>8}{counts[0]:>8}{counts[1]:>11}{counts[2]:>12}")
    return int(any(not verdict.clean for _, verdicts in rows for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
