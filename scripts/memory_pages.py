"""Build a memory of each benchmark's generated data and write it as a page (``make memories``, ``results/memories``).

    python scripts/memory_pages.py [--out FOLDER] [NAME …]

Pages hold generated text alone: MACLA_DATA is not read, and a benchmark that has nothing but its own data has no page.
"""

import argparse
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = {
    "toy": (),
    "alfworld": ("env.n_train=120",),
    "webshop": ("build.limit=60",),
    "travelplanner": ("build.limit=12",),
}
"""Benchmark → the overrides that make its page short enough to read."""


def main() -> None:
    """Write the pages that are asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PAGES)}; default: all")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "memories", help="folder of the pages")
    typed = parser.parse_args()
    if unknown := set(typed.names) - set(PAGES):
        parser.error(f"no page of {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}")
    os.environ.pop("MACLA_DATA", None)
    typed.out.mkdir(parents=True, exist_ok=True)
    for name in typed.names or PAGES:
        write(name, typed.out / f"{name}.md")


def write(name: str, page: Path) -> None:
    """Build the memory of a benchmark in a folder that goes again, and write its page."""
    import macla

    overrides = (f"env={name}", *PAGES[name])
    with tempfile.TemporaryDirectory() as folder:
        memory = macla.build(*overrides, f"runs={folder}")
        built = f"Built by `macla build-memory {' '.join(overrides)}`: generated data, the stand-in as model."
        head, line, rest = memory.markdown().partition("\n\n")
        page.write_text(f"{head}{line}{built} {rest}", encoding="utf-8")


if __name__ == "__main__":
    main()
