"""``macla eval -m``, ``macla build-memory -m``: one cell for every combination of values, as Hydra sweeps and launches.

Whatever sweeper or launcher plug-in is installed works (``hydra/sweeper=optuna``, ``hydra/launcher=joblib``). A cell
builds the memory it needs unless another has built it. Runs and memories lie where ``macla eval`` and ``macla
build-memory`` put them, so a sweep resumes, and shares them with single evaluations.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from macla.choices import check_choices, with_search_path
from macla.config import Config, composed, hydra_tree, mistakes, opened
from macla.errors import InfrastructureError, UserError, of_system
from macla.files import check_folder, fingerprint, write_json
from macla.progress import note
from macla.runs.assemble import make_method
from macla.runs.axes import Plan, planned
from macla.runs.builds import check_built_so, find_build
from macla.runs.memories import check_method
from macla.runs.needs import Checked, check_build, check_needs
from macla.runs.swept_cell import Cell, Task, read_cells
from macla.runs.trackers import check_tracker
from macla.secrets import remember_typed


class Swept(NamedTuple):
    """A finished sweep."""

    cells: list[Cell]
    axes: tuple[str, ...]
    """The keys that were swept."""
    folder: Path
    """Where its table lies, ``jobs.json`` that lists its cells, and a folder for each of them."""
    objective: str
    """By what the best is told (``sweep.objective``)."""


def sweep(overrides: Sequence[str], split: str | None, memory: str | None) -> Swept:
    """Evaluate every combination, building each memory that is needed once; ``split`` None builds and plays nothing.

    Values to combine are separated by commas (``memory.theta_dup=0.7,0.85``), as Hydra's override grammar has it.
    Raises UserError, before any cell runs, when one of them does not compose or lacks server, data or split.
    """
    remember_typed(overrides)
    check_choices(overrides)
    plan = planned(overrides, ["build" if split is None else split, *(["none"] if memory == "none" else [])])
    check_folder(plan.folder, "hydra.sweep.dir=")
    checks = _checked(plan, split, memory)
    axes = tuple(axis.key for axis in plan.axes)
    task = Task(axes, uuid4().hex, split, memory, checks.builders, plan.grid, checks.checked)
    _launch(task, plan, overrides)
    cells = read_cells(plan.folder, task.sweep)
    listed = [{"overrides": cell.overrides, "summary": cell.summary, "error": str(cell.error or "")} for cell in cells]
    write_json(plan.folder / "jobs.json", listed)
    return Swept(cells, tuple(axis.lstrip("+") for axis in axes), plan.folder, checks.objective)


class _Checks(NamedTuple):
    builders: dict[str, Config]
    """What cells share a memory by → the first of them whose memory is yet to be built."""
    objective: str
    checked: Checked


def _checked(plan: Plan, split: str | None, memory: str | None) -> _Checks:
    """Raise what the first cell that cannot run would raise, with how many there are of its kind."""
    checked, builders = Checked(), dict[str, Config]()
    failed: list[tuple[str, UserError | InfrastructureError]] = []
    objective, cells = "", list(plan.cells())
    for typed in cells:
        try:
            config = _config(typed, memory)
            objective = objective or config.sweep.objective
            _check(config, split, memory, checked, builders)
            if memory not in (None, "none"):
                check_method(Path(memory), config)
                check_built_so(config, Path(memory), typed)
        except (UserError, InfrastructureError, OSError) as error:
            failed.append((_named(typed, plan), of_system(error) if isinstance(error, OSError) else error))
    if failed:
        first, told = failed[0]
        raise type(told)(f"{len(failed)} of {len(cells)} jobs cannot run, so none was begun; the first{first}: {told}")
    what = f"{len(cells)} cells" if plan.grid else "a search"
    note(f"sweep: {what} into {plan.folder}" + (f"; memories to build: {len(builders)}" if builders else ""))
    return _Checks(builders, objective, checked)


def _config(typed: Sequence[str], memory: str | None) -> Config:
    config = composed(typed)
    return config.without_memory() if memory == "none" else config


def _check(
    config: Config, split: str | None, memory: str | None, checked: Checked, builders: dict[str, Config]
) -> None:
    check_tracker(config)
    builds = memory is None and make_method(config).builds
    if split is not None:
        check_needs(config, split, checked)
    elif not builds:
        name = config.memory.name
        raise UserError(f"memory={name} has nothing to build; type macla eval -m memory={name}")
    if builds and find_build(config) is None:
        check_build(config, checked)
        builders.setdefault(fingerprint(config.lasting()), config)


def _named(typed: Sequence[str], plan: Plan) -> str:
    """Return the overrides of a cell that others do not share, after a comma; nothing where it is the only one."""
    return ", ".join(["", " ".join(typed[len(plan.fixed) :])]) if plan.axes else ""


def _launch(task: Task, plan: Plan, overrides: Sequence[str]) -> None:
    """Have Hydra run the cells. What goes wrong in one of them is found in its folder."""
    from hydra.core.global_hydra import GlobalHydra

    silent = ("hydra/hydra_logging=disabled", "hydra/job_logging=disabled")
    arguments = [*plan.told, *silent, *with_search_path(opened(overrides))]
    try:
        with hydra_tree(), mistakes(overrides):
            hydra = GlobalHydra.instance().hydra
            assert hydra is not None
            hydra.multirun("config", task, arguments, with_log_configuration=False)
    except (UserError, InfrastructureError):
        if not read_cells(plan.folder, task.sweep):
            raise
    finally:  # Hydra's copy of what was typed, keys and passwords included
        (plan.folder / "multirun.yaml").unlink(missing_ok=True)
