"""One cell of a table: the runs of a row on a split."""

from typing import NamedTuple

from macla.experiment import Row
from macla.methods.run import Run


class Cell(NamedTuple):
    """One row on one split: one run per seed, or per seed and part."""

    row: Row
    split: str
    runs: list[Run]
