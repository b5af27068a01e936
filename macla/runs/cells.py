"""The cells of a table side by side: in processes of this machine (``runner.cells=N``), or as tasks of a Ray.

Memories that are missing come first; a cell whose memory is being built waits for it.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from macla.config import Config
from macla.errors import UserError
from macla.files import fingerprint
from macla.models.settings import ModelSettings
from macla.progress import progress
from macla.runs.assemble import make_method
from macla.runs.build import built_once
from macla.runs.builds import find_build
from macla.runs.cluster import RayPool
from macla.runs.evaluate import evaluate_once
from macla.runs.needs import Checked
from macla.runs.pool import Opening, Pool
from macla.runs.processes import Processes

Played = dict[str, Path]
"""Key of a configuration and a split → the folder of its run."""
BUILT, PLAYED = "building memories", "playing cells"


def key(config: Config, split: str) -> str:
    """Return what tells one cell's run from another's."""
    return fingerprint([config.model_dump(mode="json", exclude={"experiment"}), split])


def spread(configs: Sequence[Config]) -> bool:
    """Whether cells are played side by side.

    In a Ray all nodes must see their runs, and a model's server, where there is one, must run already. On this machine
    it is started once, so that all must ask the same model.
    """
    first = configs[0]
    if first.runner.kind == "ray":
        return all(one.runner.kind == "ray" and one.runner.shared and not one.model.autostart for one in configs)
    return all(one.runner.cells > 1 and one.model == first.model for one in configs)


def play_cells(cells: Sequence[tuple[Config, str]], serve: Callable[[ModelSettings], ModelSettings]) -> Played:
    """Build and play all cells, each (configuration, split) once; return the folders of their runs.

    ``serve`` sees to it that a model's server runs, and returns the settings under which it is asked. What is finished
    stays, also when another cell fails: the same command resumes.
    """
    wanted = {key(config, split): (config, split) for config, split in cells}
    missing = {
        fingerprint(config.lasting()): config  # what a memory is built under, once
        for config, _ in wanted.values()
        if make_method(config).builds and find_build(config) is None
    }
    some = cells[0][0]
    some.runs.mkdir(parents=True, exist_ok=True)
    model = serve(some.model) if some.runner.kind == "local" else None  # in a Ray it runs already
    jobs = [(BUILT, name, _alone(config, model), "") for name, config in missing.items()]
    jobs += [(PLAYED, name, _alone(config, model), split) for name, (config, split) in wanted.items()]
    return _played(_pool(some), jobs, {BUILT: len(missing), PLAYED: len(wanted)})


def _pool(config: Config) -> Pool:
    opening = Opening(_Desk, (config.runs.absolute(), config.runner.kind == "local"))
    return RayPool(config.runner, opening) if config.runner.kind == "ray" else Processes(config.runner.cells, opening)


def _played(pool: Pool, jobs: Sequence[tuple[str, str, Config, str]], totals: dict[str, int]) -> Played:
    """Do all jobs and show how far both stages are; return the folders of the runs."""
    done: dict[str, Played] = {BUILT: {}, PLAYED: {}}
    finished = False
    try:
        with progress() as report:
            for stage, name, folder in pool.each(_do, jobs):
                done[stage][name] = folder
                report(stage, len(done[stage]), totals[stage])
        finished = True
    finally:
        pool.close(wait=finished)
    return done[PLAYED]


def _alone(config: Config, model: ModelSettings | None) -> Config:
    """Return the configuration of a job: it spreads no cells itself, and in a Ray nothing."""
    runner = config.runner.model_copy(update={"kind": "local", "workers": 1} if model is None else {"cells": 1})
    return config.model_copy(update={"runner": runner, "model": model or config.model})


class _Desk:
    """A process that plays cells: the benchmarks that it has read."""

    def __init__(self, runs: Path, silent: bool) -> None:
        if not runs.is_dir():
            raise UserError(
                f"a node of the Ray does not see {runs}; type runner.shared=false, or runs=DIR that all see"
            )
        if silent:  # several at a time on one terminal: the process that was started tells how far they are
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        self.checked = Checked()

    def close(self) -> None:
        """Nothing is held open."""


def _do(desk: _Desk, stage: str, name: str, config: Config, split: str) -> tuple[str, str, Path]:
    """Build the memory of a configuration, or play its split; return the stage, the name and the folder."""
    memory = built_once(config, desk.checked)
    if stage == BUILT:
        assert memory is not None, "only methods that build are built"
        return stage, name, memory
    summary = evaluate_once(config, split, memory, desk.checked.benchmark(config))
    return stage, name, Path(summary["run"])
