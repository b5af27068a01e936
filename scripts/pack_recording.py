"""Turn a recording (model.record=DIR) into one file that may be published: key → reply, no prompts.

python scripts/pack_recording.py DIR results/recordings/NAME.jsonl.xz
macla reproduce NAME model=replay model.replay=results/recordings/NAME.jsonl.xz
"""

import sys
from pathlib import Path

from macla.errors import UserError
from macla.models.packed import SUFFIX, pack


def main(arguments: list[str]) -> int:
    """Pack; return the exit code."""
    if len(arguments) != 2 or not arguments[1].endswith(SUFFIX):
        print(f"usage: pack_recording.py DIR FILE{SUFFIX}", file=sys.stderr)
        return 2
    file = Path(arguments[1])
    try:
        count = pack(Path(arguments[0]), file)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{count} answers, {file.stat().st_size / 1e6:.2f} MB: {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
