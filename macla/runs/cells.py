"""The cells of a table as tasks of one pool (``runner=ray``): first the memories that they need, then their runs."""

from collections.abc import Iterable
from pathlib import Path

from macla.config import Config
from macla.errors import UserError
from macla.files import fingerprint
from macla.progress import progress
from macla.runs.assemble import make_method
from macla.runs.build import built_once
from macla.runs.builds import find_build
from macla.runs.cluster import RayPool
from macla.runs.evaluate import evaluate
from macla.runs.needs import Checked
from macla.runs.pool import Opening

Played = dict[str, Path]
"""Key of a configuration and a split → the folder of its run."""


def key(config: Config, split: str) -> str:
    """Return what tells one cell's run from another's."""
    return fingerprint([config.model_dump(mode="json", exclude={"experiment"}), split])


def spreads(config: Config) -> bool:
    """Whether the cells of a table are tasks: all nodes see its runs, and a model's server, where there is one."""
    return config.runner.kind == "ray" and config.runner.shared and not config.model.autostart


def play_cells(cells: Iterable[tuple[Config, str]]) -> Played:
    """Build and play all cells, each (configuration, split) once; return the folders of their runs.

    A task builds or plays on its own, as with one worker here. What is finished stays, also when another cell fails:
    the same command resumes.
    """
    wanted = {key(config, split): (config, split) for config, split in cells}
    memories = {
        fingerprint(config.lasting()): config  # what a memory is built under, once
        for config, _ in wanted.values()
        if make_method(config).builds and find_build(config) is None
    }
    some, _ = next(iter(wanted.values()))
    some.runs.mkdir(parents=True, exist_ok=True)
    pool = RayPool(some.runner, Opening(_Desk, (some.runs.absolute(),)))
    played: Played = {}
    with progress() as report:
        jobs = [(name, _alone(config)) for name, config in memories.items()]
        for number, _ in enumerate(pool.each(_build, jobs), 1):
            report("building memories", number, len(jobs))
        cells_left = [(name, _alone(config), split) for name, (config, split) in wanted.items()]
        for name, folder in pool.each(_play, cells_left):
            played[name] = folder
            report("playing cells", len(played), len(wanted))
    return played


def _alone(config: Config) -> Config:
    """Return the configuration of a task: it spreads nothing itself."""
    runner = config.runner.model_copy(update={"kind": "local", "workers": 1})
    return config.model_copy(update={"runner": runner})


class _Desk:
    """A process that plays cells: the benchmarks that it has read."""

    def __init__(self, runs: Path) -> None:
        if not runs.is_dir():
            raise UserError(
                f"a node of the Ray does not see {runs}; type runner.shared=false, or runs=DIR that all see"
            )
        self.checked = Checked()

    def close(self) -> None:
        """Nothing is held open."""


def _build(desk: _Desk, name: str, config: Config) -> str:
    built_once(config, desk.checked)
    return name


def _play(desk: _Desk, name: str, config: Config, split: str) -> tuple[str, Path]:
    memory = built_once(config, desk.checked)
    summary = evaluate(config, split, memory, None, desk.checked.benchmark(config))
    return name, Path(summary["run"])
