"""The comparisons of a table: those declared before it ran, adjusted by Holm, and the rest, which is exploration."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from macla.errors import UserError
from macla.experiment import ExperimentConfig, Row
from macla.reports.cell import Cell
from macla.reports.paired import Comparison, Measured, compare
from macla.statistics import holm

PRIMARY, EXPLORATORY = "primary (Holm)", "exploratory"
NOTHING = "–"


class Line(NamedTuple):
    """One comparison: the outcomes of ``row`` minus those of ``against``."""

    row: str
    against: str
    split: str
    measure: Measured
    primary: bool
    found: Comparison


def check_primary(experiment: ExperimentConfig) -> None:
    """Raise UserError when the baseline or a primary comparison names a row or a split that there is not."""
    rows = {row.name: row for row in experiment.rows}
    if experiment.baseline not in {None, *rows}:
        raise UserError(f"experiment.baseline={experiment.baseline} names no row; there are {', '.join(rows)}")
    for declared in experiment.primary:
        for name in (declared.row, *declared.against):
            if name not in rows:
                raise UserError(f"experiment.primary: no row {name}; there are {', '.join(rows)}")
            if name == declared.row and name in declared.against:
                raise UserError(f"experiment.primary: {name} is compared with itself; name another row in against")
            splits = _splits(experiment, rows[name])
            if declared.split not in splits:
                raise UserError(f"experiment.primary: {name} has no split {declared.split}; it has {', '.join(splits)}")


def comparisons(experiment: ExperimentConfig, cells: Sequence[Cell]) -> list[Line]:
    """Return the primary comparisons, then every row against the baseline where it is not among them.

    Only rows that share tasks are compared; UserError when two of a primary comparison share none.
    """
    found = {(cell.row.name, cell.split): cell for cell in cells}
    lines: list[Line] = []
    for declared in experiment.primary:
        for against in declared.against:
            pair = found[declared.row, declared.split], found[against, declared.split]
            line = _line(*pair, declared.measure, primary=True)
            if line is None:
                raise UserError(
                    f"experiment.primary: {declared.row} and {against} share no task of {declared.split}; compare rows "
                    "of one benchmark"
                )
            lines.append(line)
    known = {(frozenset((line.row, line.against)), line.split, line.measure) for line in lines}
    for first, second, measure in _against_baseline(experiment, cells, found):
        if (frozenset((first.row.name, second.row.name)), first.split, measure) not in known:
            line = _line(first, second, measure, primary=False)
            lines += [line] if line is not None else []
    return lines


def table(lines: Sequence[Line]) -> pd.DataFrame:
    """Return the comparisons as they are shown, differences in points of a hundred.

    Primary ones that have no p count in the family all the same, so that what is declared is what is adjusted for.
    """
    family = [line.found.p for line in lines if line.primary]
    adjusted = iter(holm([1.0 if p is None else p for p in family]))
    return pd.DataFrame([_shown(line, next(adjusted) if line.primary else None) for line in lines])


def _shown(line: Line, adjusted: float | None) -> dict[str, str]:
    found = line.found
    untested = found.p is None
    return {
        "comparison": PRIMARY if line.primary else EXPLORATORY,
        "row": line.row,
        "against": line.against,
        "split": line.split,
        "measure": line.measure,
        "difference": f"{100 * found.difference:+.1f}",
        "95 % interval": f"{100 * found.interval.low:+.1f} to {100 * found.interval.high:+.1f}",
        "p": NOTHING if untested else f"{found.p:.2g}",
        "p (Holm)": NOTHING if untested or adjusted is None else f"{adjusted:.2g}",
        "test": found.test,
    }


def _line(first: Cell, second: Cell, measure: Measured, *, primary: bool) -> Line | None:
    found = compare(first.runs, second.runs, measure)
    return None if found is None else Line(first.row.name, second.row.name, first.split, measure, primary, found)


def _against_baseline(
    experiment: ExperimentConfig, cells: Sequence[Cell], found: dict[tuple[str, str], Cell]
) -> Iterator[tuple[Cell, Cell, Measured]]:
    """Yield every other cell with the baseline's on the same split, by success and, where the table shows it, score."""
    measures: tuple[Measured, ...] = ("success", "score") if "score" in experiment.columns else ("success",)
    for cell in cells:
        baseline = found.get((experiment.baseline or "", cell.split))
        if baseline is not None and baseline is not cell:
            yield from ((cell, baseline, measure) for measure in measures)


def _splits(experiment: ExperimentConfig, row: Row) -> tuple[str, ...]:
    return row.splits or experiment.splits
