"""One memory more in the arena (``macla arena``): built and played as the stored rows were, and shown beside them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from macla.benchmarks.splits import split_named
from macla.choices import choices
from macla.config import Config, compose, memory_settings
from macla.errors import UserError, why
from macla.experiment import ExperimentConfig, Row
from macla.methods.run import Run, read_run
from macla.methods.stored import check_files, read
from macla.models.vllm import Standby
from macla.progress import note
from macla.reports.caveats import Marks
from macla.reports.cell import Cell
from macla.reports.comparison import line
from macla.reports.declared import NOTHING, Line, table
from macla.reports.manifests import unpacked, write_manifests
from macla.reports.outcomes import read_outcomes
from macla.reports.paired import Measured, compare_outcomes, outcomes
from macla.reports.table import Written, footer, useless, write_formats
from macla.runs.build import built_once
from macla.runs.evaluate import check_played, evaluate
from macla.runs.needs import Checked

AGAINST = ("none", "nearest")
"""Rows that a new one is compared with, as those of the table are."""
PROTOCOL = "arena"
RESULTS = "results"
STORED = "What is to be known of the stored rows, marks included, stands in {path}; the footer is the new row's."
CHOSEN = {
    "memory=": "{path}",
    "memory.method=": "{path}",
    "env=": "--env {env}",
    "experiment=": "the arena's own experiment",
    "experiment.splits=": "the arena's split",
}
"""How an override begins that the command itself makes → what makes it."""


def arena(path: str, env: str, overrides: Sequence[str], stored: Path | None, out: Path | None) -> str:
    """Run the memory at an import path (or of a name) on the arena's protocol; return the table with its row last.

    ``stored`` is the folder of the arena's tables (None: ``results``, here or in the checkout). The table goes to
    ``out`` (None: ``tables/`` in the folder of runs).
    UserError for a path that leads to no memory, and for whatever a build or an evaluation refuses.
    """
    config, name = entered(path, env, overrides)
    experiment = config.experiment
    assert experiment is not None, "an experiment was composed"
    run = _played(config, experiment)
    cell = Cell(Row(name=config.memory.name), experiment.splits[0], [run])
    out, table_of = out or config.runs / "tables", _written(name, experiment, cell, stored or _results())
    shown = write_formats(out, table_of)
    write_manifests(out, table_of.name, cell.runs)
    check_played([run.summary])
    return shown


def _results() -> Path:
    """Return the folder of tables here, else that of the checkout that this is installed from."""
    here, there = Path(RESULTS), Path(__file__).parents[2] / RESULTS
    return there if there.is_dir() and not here.is_dir() else here


def entered(path: str, env: str, overrides: Sequence[str]) -> tuple[Config, str]:
    """Return the protocol's configuration with the memory in it, and the name of the table that it would stand in."""
    own = f"{PROTOCOL}_{env}"
    named = own in {name for name, _ in choices("experiment")}
    of_memory = [override.lstrip("+") for override in overrides if override.lstrip("+").startswith("memory.")]
    for given, own_way in CHOSEN.items():
        if any(override.lstrip("+").startswith(given) for override in overrides):
            raise UserError(f"{given}… contradicts {own_way.format(path=path, env=env)}; leave it out")
    others = [override for override in overrides if not override.lstrip("+").startswith("memory.")]
    protocol = [f"experiment={own if named else PROTOCOL}", *([] if named else [f"env={env}"])]
    if path in {name for name, _ in choices("memory")}:
        return compose([*protocol, f"memory={path}", *overrides]), own
    memory = memory_settings({"method": path, **_keys(of_memory)})
    return compose([*protocol, *others]).model_copy(update={"memory": memory}), own


def _keys(overrides: Sequence[str]) -> dict[str, Any]:
    """Return the keys of ``memory.KEY=VALUE``."""
    from omegaconf import OmegaConf
    from yaml import YAMLError  # type: ignore[import-untyped]  # installed with OmegaConf

    try:
        made = OmegaConf.to_container(OmegaConf.from_dotlist(list(overrides)))
    except YAMLError:
        raise UserError(f"{' '.join(overrides)} does not read; type memory.KEY=VALUE, a list as [1,2]") from None
    assert isinstance(made, dict)
    return dict(made.get("memory", {}))


def _played(config: Config, experiment: ExperimentConfig) -> Run:
    """Return the run of the memory on the protocol's split, built and played unless it was before."""
    with closing(Standby()) as server:
        config = config.model_copy(update={"model": server.serve(config.model)})
        checked = Checked()
        benchmark = checked.benchmark(config)
        split = split_named(benchmark, experiment.splits[0])
        memory = built_once(config, checked)
        run = read_run(Path(evaluate(config, split, memory, None, benchmark)["run"]))
        if memory is not None:
            check_files(memory, read(memory))  # evaluation is frozen: whoever wrote to its memory is told
        return run


def _written(name: str, experiment: ExperimentConfig, cell: Cell, stored: Path) -> Written:
    """Return the stored rows with the new one after them, its differences to some of them, and what to know.

    A new row of a stored one's name (a memory of ours, entered once more) is called ``NAME, entered``.
    """
    rows, notes = _rows(stored / f"{name}.csv", cell.split)
    if len(rows) and cell.row.name in set(rows["configuration"]):
        cell = cell._replace(row=cell.row.model_copy(update={"name": f"{cell.row.name}, entered"}))
    marks = Marks(cell.runs)
    mine = pd.DataFrame([line(experiment, cell, marks)])
    notes += filter(None, [*marks.notes(), useless(cell.row.name, cell.runs)])
    compared: list[Line] = []
    if len(rows):
        compared += _compared(cell, stored / f"{name}.outcomes.csv")
        notes += [STORED.format(path=stored / f"{name}.md"), *_other_protocol(stored / f"{name}.manifest.json", cell)]
    frame = pd.concat([rows, mine], ignore_index=True).fillna(NOTHING)
    title = f"{experiment.title}: {cell.row.name} beside the stored rows"
    file = f"{name}_{cell.row.name.replace(', ', '_')}"
    return Written(file, title, frame, table(compared), notes, footer(cell.runs))


def _rows(path: Path, split: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the stored rows of a split as they are shown; none, with a note, where there is no table."""
    if not path.is_file():
        return pd.DataFrame(), [f"No stored rows: {path} is not there (macla reproduce writes it; --stored DIR)."]
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        return frame[frame["split"] == split], []
    except (ValueError, KeyError) as error:
        raise UserError(f"{path} does not read ({why(error)}); macla reproduce writes it") from None


def _compared(cell: Cell, path: Path) -> Iterator[Line]:
    """Yield the new row's differences to the rows it is to be told from, task by task."""
    if not path.is_file():
        note(f"{path} is not there: the new row is compared with none")
        return
    found = read_outcomes(path)
    measures: tuple[Measured, ...] = ("success", "score")
    for against in (name for name in AGAINST if name in found):
        for measure in measures:
            theirs = {place: float(getattr(outcome, measure)) for place, outcome in found[against].items()}
            told = compare_outcomes(outcomes(cell.runs, measure), theirs, measure)
            if told is not None:
                yield Line(cell.row.name, against, cell.split, measure, primary=False, found=told)


def _other_protocol(path: Path, cell: Cell) -> list[str]:
    """Return in what some of the stored rows were run otherwise: tasks, data, model, mode, what was learned from."""
    try:
        manifests = unpacked(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        return [f"How the stored rows were run is not known: {path} does not read ({why(error)})."]
    ours = _protocol(cell.runs[0].manifest["identity"])
    theirs = [_protocol(manifest["identity"]) for manifest in manifests]
    return [
        f"Not comparable: stored rows are of other {what} than this one."
        for what, mine in ours.items()
        if any(mine != one.get(what, mine) for one in theirs)
    ]


def _protocol(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all rows of an arena share, by what a note calls it; of one that learned nothing less is known."""
    config, learned = identity["config"], identity.get("learned") or {}
    shared = {"tasks": identity["tasks"], "benchmark": identity["benchmark"], "model": identity["model"]}
    shared |= {"mode (eval.mode)": config["mode"], "seed": config["seed"]}
    built = learned.get("construction", {}).get("build")
    return shared | ({"demonstrations and attempts (build.…)": built} if built else {})
