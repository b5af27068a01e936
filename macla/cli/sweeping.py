"""``-m``: many configurations by one command, with one table at the end (docs/sweeps.md)."""

from pathlib import Path
from typing import Annotated

import typer

Multirun = Annotated[
    bool, typer.Option("--multirun", "-m", help="Every combination, one table: memory.theta_dup=0.7,0.85")
]


def sweep(overrides: list[str], split: str | None, memory: str | None, out: Path | None) -> None:
    """Sweep, write and print the table; then end as the first cell did that failed.

    Args:
        overrides: What is typed, several values of a key apart by commas.
        split: Tasks to play; None builds memories and plays nothing.
        memory: A memory directory, none, or None for a memory of each cell's own.
        out: ``--out``, which a sweep has no use for.

    Raises:
        UserError: Before any work, for whatever any of the cells lacks.
    """
    from macla.errors import UserError
    from macla.progress import note
    from macla.reports.swept import Line, write_built, write_swept
    from macla.runs.axes import short_names
    from macla.runs.evaluate import check_played
    from macla.runs.sweep import sweep as run

    if out is not None:
        raise UserError("--out names the directory of one run; leave it out with -m: hydra.sweep.dir=DIR, runs=DIR")
    swept = run(overrides, split, memory)
    axes = short_names(swept.axes)
    lines = [Line(cell.values, cell.summary, str(cell.error or "")) for cell in swept.cells]
    if split is None:
        typer.echo(write_built(lines, axes, swept.folder))
    else:
        typer.echo(write_swept(lines, axes, swept.objective, swept.folder))
    note(f"table, and a folder for each cell: {swept.folder}")
    for cell in swept.cells:
        if cell.error is not None:
            raise cell.error
    if split is not None:
        check_played([cell.summary for cell in swept.cells if cell.summary is not None])
