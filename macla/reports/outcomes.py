"""The outcomes behind a table, a line an episode (``NAME.outcomes.csv``): what a later row is compared with.

It holds names of tasks and what came of them, no text of any benchmark.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pandas as pd

from macla.errors import UserError, why
from macla.files import write_atomic
from macla.reports.cell import Cell
from macla.reports.crossed import Place, placed


class Outcome(NamedTuple):
    """What came of an episode."""

    success: float
    score: float


Outcomes: TypeAlias = dict[str, dict[Place, Outcome]]
"""Row → memory and task → outcome."""
COLUMNS = ("row", "seed", "env", "split", "task", "success", "score")


def write_outcomes(name: str, cells: Sequence[Cell], out: Path) -> None:
    """Write the outcomes of all scored episodes to ``out``."""
    lines = [
        (cell.row.name, place.memory, *place.task, int(episode.success), episode.score)
        for cell in cells
        for place, episode in sorted(placed(cell.runs), key=lambda found: found[0])
    ]
    write_atomic(out / f"{name}.outcomes.csv", pd.DataFrame(lines, columns=list(COLUMNS)).to_csv(index=False))


def read_outcomes(path: Path) -> Outcomes:
    """Return what a file holds; UserError when it does not read."""
    found: Outcomes = {}
    try:
        for line in pd.read_csv(path, dtype={"task": str})[list(COLUMNS)].itertuples(index=False):
            row, seed, env, split, task, success, score = line
            place = Place(int(seed), (str(env), str(split), str(task)))
            found.setdefault(str(row), {})[place] = Outcome(float(success), float(score))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} does not read ({why(error)}); macla reproduce writes it beside its table") from None
    return found
