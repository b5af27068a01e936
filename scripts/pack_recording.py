"""Turn a recording (model.record=DIR) into one file that may be published: key → reply, no prompts; and back.

python scripts/pack_recording.py DIR results/recordings/NAME.jsonl.xz
macla reproduce NAME model=replay model.replay=results/recordings/NAME.jsonl.xz

python scripts/pack_recording.py results/recordings/NAME.jsonl.xz DIR
macla reproduce NAME model.record=DIR      # asks the model only what the recording does not answer
"""

import sys
from pathlib import Path

from macla.errors import UserError
from macla.models.packed import SUFFIX, pack, unpack


def main(arguments: list[str]) -> int:
    """Pack or unpack; return the exit code."""
    if len(arguments) != 2 or sum(name.endswith(SUFFIX) for name in arguments) != 1:
        print(f"usage: pack_recording.py DIR FILE{SUFFIX}, or FILE{SUFFIX} DIR to go on with it", file=sys.stderr)
        return 2
    first, second = map(Path, arguments)
    back = first.name.endswith(SUFFIX)
    try:
        count = unpack(first, second) if back else pack(first, second)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{count} answers, {(first if back else second).stat().st_size / 1e6:.2f} MB: {second}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
