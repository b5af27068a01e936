"""``macla reproduce``: every row of a table, for every seed and split; finished parts are reused."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from macla.benchmarks.splits import split_named
from macla.config import Config, compose
from macla.errors import UserError
from macla.experiment import ExperimentConfig, Row
from macla.files import check_folder
from macla.methods.run import Run, read_run
from macla.models.create import create
from macla.models.settings import ModelSettings
from macla.models.vllm import Standby
from macla.reports.cell import Cell
from macla.reports.columns import check_columns
from macla.reports.comparison import write_comparison
from macla.reports.declared import check_primary
from macla.reports.figures.write import check_figure, write_figure
from macla.reports.trace import check_trace, write_trace
from macla.runs.build import built_once
from macla.runs.cells import Played, key, play_cells, spread
from macla.runs.cluster import check_runner
from macla.runs.evaluate import check_played, evaluate
from macla.runs.needs import Checked

TABLES = "tables"
"""The folder of tables in that of the runs."""
TOLD = ("memory", "build", "eval", "encoder")
"""Sections whose typed keys a caption tells; a footer names the model, and ``env`` is told by its values."""


def reproduce(name: str, overrides: Sequence[str], out: Path | None) -> str:
    """Run experiment ``name`` and return its table in Markdown; also written to ``out`` as .md, .csv and .tex.

    UserError, before any work, when nothing can be written to ``out`` (None: ``tables/`` in the folder of runs).
    """
    config = compose([f"experiment={name}", *overrides])
    experiment = _experiment(name, config)
    _check_overrides(experiment, overrides)
    experiment = _captioned(experiment, compose([f"experiment={name}"]), config, overrides)
    out = out or config.runs / TABLES
    check_folder(out)
    check_columns(experiment)
    check_primary(experiment)
    check_figure(experiment)
    check_runner(config.runner)
    wanted = [(row, split) for row in experiment.rows for split in row.splits or experiment.splits]
    parts = sum(len(experiment.seeds) * len(row.parts or ((),)) for row, _ in wanted)
    with closing(Standby()) as server:
        work = _Work(name, overrides, experiment, server, parts)
        work.check_rows(wanted)
        work.play_elsewhere(wanted)
        cells = [Cell(row, split, [*work.runs(row, split)]) for row, split in wanted]
    table = (write_trace if experiment.trace else write_comparison)(experiment, cells, out)
    if experiment.figure is not None:
        paths = write_figure(experiment.figure, experiment.name, cells, out)
        table += "\n" + "\n".join(f"figure: {path}" for path in paths) + "\n"
    check_played([run.summary for cell in cells for run in cell.runs])
    return table


def _experiment(name: str, config: Config) -> ExperimentConfig:
    experiment = config.experiment
    if experiment is None:
        raise UserError(f"configs/experiment/{name}.yaml has no experiment section")
    return experiment


def _check_overrides(experiment: ExperimentConfig, overrides: Sequence[str]) -> None:
    """Raise UserError when a choice is typed that rows make themselves: their names would not be true of it.

    Of a single key that a row sets, the row's value is kept (``eval.limit``: a row that is costly plays fewer tasks).
    """
    for override in overrides:
        group = override.partition("=")[0]
        own = [row.name for row in experiment.rows if any(one.startswith(f"{group}=") for one in row.overrides)]
        if own and "." not in group:
            raise UserError(
                f"{override}: rows of {experiment.name} choose {group} themselves ({own[0]}); "
                f"type macla eval {override} for one run, or write an experiment of your own (docs/own_data.md)"
            )


def _captioned(experiment: ExperimentConfig, own: Config, asked: Config, overrides: Sequence[str]) -> ExperimentConfig:
    """Return the experiment with a caption that tells what it ran on, where the overrides say something else.

    On another benchmark its files have another name, and the paper's figures, which are of its own, are left out.
    """
    if asked.env_name != own.env_name:
        rows = tuple(row.model_copy(update={"paper": {}, "paper_columns": {}}) for row in experiment.rows)
        return experiment.model_copy(
            update={
                "name": f"{experiment.name}_{asked.env_name}",
                "title": f"{asked.env_name}: the configurations of {experiment.name}",
                "rows": rows,
                "paper_note": f"The configurations are those of “{experiment.title}”, run on {asked.env_name} instead.",
            }
        )
    changed = [f"env.{key}={value}" for key, value in asked.env.items() if own.env.get(key) != value]
    changed += [typed for typed in overrides if typed.partition("=")[0].partition(".")[0] in TOLD]
    return experiment.model_copy(update={"title": ", ".join([experiment.title, *changed])})


@dataclass
class _Work:
    """Builds and evaluates the rows one part after another, and says where in the whole it is."""

    name: str
    overrides: Sequence[str]
    experiment: ExperimentConfig
    server: Standby
    parts: int
    begun: int = 0
    checked: Checked = field(default_factory=Checked)
    composed: dict[tuple[str, ...], Config] = field(default_factory=dict)
    played: Played = field(default_factory=dict)
    """Runs that were played as tasks of a pool."""

    def check_rows(self, wanted: Sequence[tuple[Row, str]]) -> None:
        """Raise UserError when any row has an override, server, data or a split that there is not.

        A server that is to be started here is not started for that.
        """
        seed = self.experiment.seeds[0]
        rows = [(self._config(row, part, seed), split) for row, split in wanted for part in row.parts or ((),)]
        for config, _ in rows:
            if not config.model.autostart:
                self._check_model(config.model)
        self._check_same_benchmark()
        for config, split in rows:
            benchmark = self.checked.benchmark(config)
            name = split_named(benchmark, split)
            if self.experiment.trace:
                check_trace(self.experiment, benchmark.tasks(name))

    def _check_same_benchmark(self) -> None:
        """Raise UserError when a primary comparison is of rows of two benchmarks, which share no task."""
        seed = self.experiment.seeds[0]
        named = {name for declared in self.experiment.primary for name in (declared.row, *declared.against)}
        rows = [row for row in self.experiment.rows if row.name in named]
        played = {row.name: self._config(row, (), seed).env_name for row in rows}
        for declared in self.experiment.primary:
            for other in declared.against:
                if played[other] != played[declared.row]:
                    what = f"{declared.row} plays {played[declared.row]}, {other} plays {played[other]}"
                    raise UserError(f"experiment.primary: {what}; compare rows of one benchmark")

    def _config(self, row: Row, part: Sequence[str], seed: int) -> Config:
        """Return the configuration of one part of a row; composing takes a while, and seeds differ in nothing else."""
        key = (*row.overrides, *part)
        if key not in self.composed:
            first = f"seed={self.experiment.seeds[0]}"
            self.composed[key] = compose([f"experiment={self.name}", first, *self.overrides, *key])
        config = self.composed[key]
        fixed = any(override.startswith("seed=") for override in self.overrides)
        return config if fixed else config.model_copy(update={"seed": seed})

    def play_elsewhere(self, wanted: Sequence[tuple[Row, str]]) -> None:
        """Play all cells side by side, where the runner has processes for them."""
        cells = [(config, split) for row, split in wanted for config, _ in self._parts(row)]
        if spread([config for config, _ in cells]):
            self.played = play_cells(cells, self.server.serve)

    def _parts(self, row: Row) -> Iterator[tuple[Config, str]]:
        """Yield the configurations of a row, one for each seed and part, with what they are called."""
        for seed, part in product(self.experiment.seeds, row.parts or ((),)):
            config = self._config(row, part, seed)
            yield config.without_memory() if row.memory == "none" else config, ", ".join([f"seed {seed}", *part])

    def runs(self, row: Row, split: str) -> Iterator[Run]:
        """Yield the runs of one cell of the table, one for each seed and part."""
        for config, called in self._parts(row):
            if (there := self.played.get(key(config, split))) is not None:
                yield read_run(there)
                continue
            self.begun += 1
            config = config.model_copy(update={"model": self.server.serve(config.model)})
            self._check_model(config.model)
            where = ", ".join([row.name, split, called])
            print(f"{self.experiment.name} {self.begun}/{self.parts}: {where}", file=sys.stderr, flush=True)
            memory = built_once(config, self.checked)
            summary = evaluate(config, split, memory, None, self.checked.benchmark(config))
            yield read_run(Path(summary["run"]))

    def _check_model(self, model: ModelSettings) -> None:
        """Raise UserError when the model does not answer, before a word is said of work."""
        if model != self.checked.model:
            create(model).close()
            self.checked.model = model
