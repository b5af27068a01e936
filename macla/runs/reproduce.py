"""``macla reproduce``: every row of a table, for every seed and split; finished parts are reused."""

from collections.abc import Sequence
from contextlib import closing
from itertools import product
from pathlib import Path

from macla.config import Config, ExperimentConfig, Row, compose
from macla.errors import InfrastructureError, UserError
from macla.methods.run import read_run
from macla.models.vllm import Standby
from macla.reports.comparison import Cell, write_comparison
from macla.reports.figures.write import write_figure
from macla.runs.assemble import make_method
from macla.runs.build import build_memory
from macla.runs.builds import find_build
from macla.runs.evaluate import evaluate


def reproduce(name: str, overrides: Sequence[str], out: Path) -> str:
    """Run experiment ``name`` and return its table in Markdown; also written to ``out`` as .md, .csv and .tex."""
    experiment = _experiment(name, overrides)
    wanted = [(row, split) for row in experiment.rows for split in row.splits or experiment.splits]
    with closing(Standby()) as server:
        cells = [_cell(name, overrides, experiment, row, split, server) for row, split in wanted]
    unscored = sum(run.summary["n_tasks"] - run.summary["n_scored"] for cell in cells for run in cell.runs)
    table = write_comparison(experiment, cells, out)
    if experiment.figure is not None:
        paths = write_figure(experiment.figure, [run for cell in cells for run in cell.runs], out)
        table += "\n" + "\n".join(f"figure: {path}" for path in paths) + "\n"
    if unscored:
        reasons = (run.summary.get("unscored_reason", "") for cell in cells for run in cell.runs)
        reason = next(filter(None, reasons), "no reason is known")
        raise InfrastructureError(f"{unscored} episodes unscored: {reason}; the table says which; run again to resume")
    return table


def _experiment(name: str, overrides: Sequence[str]) -> ExperimentConfig:
    experiment = compose([f"experiment={name}", *overrides]).experiment
    if experiment is None:
        raise UserError(f"configs/experiment/{name}.yaml has no experiment section")
    if experiment.baseline not in {None, *(row.name for row in experiment.rows)}:
        raise UserError(f"experiment.baseline={experiment.baseline} names no row")
    return experiment


def _cell(
    name: str, overrides: Sequence[str], experiment: ExperimentConfig, row: Row, split: str, server: Standby
) -> Cell:
    runs = []
    for seed, part in product(experiment.seeds, row.parts or ((),)):
        config = compose([f"experiment={name}", *row.overrides, *part, f"seed={seed}", *overrides])
        config = config.model_copy(update={"model": server.serve(config.model)})
        config = config.without_memory() if row.memory == "none" else config
        summary = evaluate(config, split, _memory(config), None)
        runs.append(read_run(Path(summary["run"])))
    return Cell(row, split, runs)


def _memory(config: Config) -> Path | None:
    """Return the row's memory: the newest build of its configuration, built now when there is none."""
    if not make_method(config).builds:
        return None
    found = find_build(config)
    return found if found is not None else Path(build_memory(config, None)["memory"])
