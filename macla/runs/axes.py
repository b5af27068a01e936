"""What a sweep varies: the axes among its overrides, the cells to check, its folder and what its sweeper is told."""

import shutil
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from macla.choices import with_search_path
from macla.config import hydra_tree, mistakes, opened
from macla.errors import UserError
from macla.files import fingerprint
from macla.secrets import hide

GRID = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"
"""Hydra's own sweeper, which plays every combination; every other one draws its combinations as it goes."""
UNSET = "multirun/"
"""How ``hydra.sweep.dir`` begins where nobody set it."""


class Axis(NamedTuple):
    """One key that a sweep varies."""

    key: str
    values: tuple[str, ...]
    """As they are typed; of an interval its two ends."""


class Plan(NamedTuple):
    """What is to be swept, before anything runs."""

    axes: tuple[Axis, ...]
    fixed: tuple[str, ...]
    """The overrides that all cells share."""
    told: tuple[str, ...]
    """What Hydra is told beside what was typed."""
    folder: Path
    grid: bool
    """Whether every combination is played; otherwise the sweeper searches."""

    def cells(self) -> Iterator[list[str]]:
        """Yield the overrides of every cell of a grid; of a search each value once, beside the first of other axes."""
        typed = [[f"{axis.key}={value}" for value in axis.values] for axis in self.axes]
        if self.grid:
            yield from ([*self.fixed, *cell] for cell in product(*typed))
            return
        first = [values[0] for values in typed]
        yield [*self.fixed, *first]
        for place, values in enumerate(typed):
            yield from ([*self.fixed, *first[:place], value, *first[place + 1 :]] for value in values[1:])


def planned(overrides: Sequence[str], what: Sequence[str]) -> Plan:
    """Return the plan of a sweep; UserError for what does not compose, and for plug-ins of Hydra that are missing.

    Its folder is ``hydra.sweep.dir`` where that is set; otherwise one in the folder of runs, named by benchmark,
    ``what`` is done and axes.
    """
    with hydra_tree(), mistakes(overrides):
        typed = _parsed(with_search_path(opened(overrides)))
        _check_once(typed)
        fixed = [one.input_line for one in typed if not one.is_sweep_override()]
        firsts = [f"{one.get_key_element()}={_values(one)[0]}" for one in typed if one.is_sweep_override()]
        made = _composed([*fixed, *firsts])
        searched = _parsed([f"{key}={value}" for key, value in (made.hydra.sweeper.get("params") or {}).items()])
        found = {one.get_key_element(): one for one in (*searched, *typed)}  # what is typed replaces
        grid = made.hydra.sweeper._target_ == GRID
        _check_plugins(made.hydra.launcher, [*found.values()] if grid else [])
        axes = tuple(Axis(key, _values(one)) for key, one in found.items() if one.is_sweep_override())
        shared = tuple(one.input_line for one in found.values() if not one.is_sweep_override())
        named = [made.env.name, *what, ",".join(short_names([axis.key for axis in axes]).values())]
        name = "-".join(filter(None, [*named, fingerprint([*map(hide, overrides), *what])]))
        folder, unset = _folder(made.hydra.sweep, Path(made.runs) / "sweeps" / name)
        return Plan(axes, shared, (*unset, *_search(made.hydra.sweeper)), folder, grid)


def _check_once(typed: Sequence[Any]) -> None:
    """Raise UserError for a key that is swept and typed again, which would replace its values."""
    keys = [one.get_key_element() for one in typed]
    swept = [one.get_key_element() for one in typed if one.is_sweep_override()]
    if again := next((key for key in swept if "." in key and keys.count(key) > 1), None):
        raise UserError(f"{again} is given twice, and swept once; leave one out")


def _check_plugins(launcher: Any, grid: Sequence[Any]) -> None:
    """Raise UserError for an interval in a grid, and for SLURM where there is none."""
    if interval := next((one for one in grid if one.is_interval_sweep()), None):
        told = "an interval has to be searched: type hydra/sweeper=optuna, too, or name values apart by commas"
        raise UserError(f"{interval.input_line}: {told}")
    if launcher._target_.endswith(".SlurmLauncher") and shutil.which("srun") is None:
        told = "there is no SLURM here (no srun); type hydra/launcher=submitit_local, or joblib"
        raise UserError(f"hydra/launcher=submitit_slurm: {told}")


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Return what a table calls each key: its last word, or all of it where two keys end alike.

    >>> short_names(["memory.k", "env.n_train"])
    {'memory.k': 'k', 'env.n_train': 'n_train'}
    """
    last = [key.rpartition(".")[2] for key in keys]
    return {key: word if last.count(word) == 1 else key for key, word in zip(keys, last, strict=True)}


def _parsed(overrides: Sequence[str]) -> list[Any]:
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.override_parser.overrides_parser import OverridesParser

    return OverridesParser.create(config_loader=GlobalHydra.instance().config_loader()).parse_overrides([*overrides])


def _values(override: Any) -> tuple[str, ...]:
    if override.is_interval_sweep():
        interval = override.value()
        return str(interval.start), str(interval.end)
    return tuple(override.sweep_string_iterator())


def _composed(overrides: Sequence[str]) -> Any:
    from hydra import compose

    return compose("config", [*overrides], return_hydra_config=True)


def _folder(sweep: Any, own: Path) -> tuple[Path, list[str]]:
    """Return where a sweep writes, and how Hydra is told so where nobody set it."""
    alone = ["hydra.sweep.subdir=.", "hydra.output_subdir=null"]  # cells have folders of ours
    if not str(sweep._get_node("dir")._value()).startswith(UNSET):
        return Path(str(sweep.dir)), alone
    quoted = str(own).replace("\\", r"\\").replace("'", r"\'")
    return own, [f"hydra.sweep.dir='{quoted}'", *alone]


def _search(sweeper: Any) -> list[str]:
    """Return what a sweeper that searches must know: more is better, a seed, and that a failed cell ends nothing."""
    told = {"direction": "maximize", "max_failure_rate": "1.0"}
    seeded = "sampler" in sweeper and "seed" in sweeper.sampler and sweeper.sampler.seed is None
    return [
        *(f"hydra.sweeper.{key}={value}" for key, value in told.items() if key in sweeper),
        *(["hydra.sweeper.sampler.seed=0"] if seeded else []),
    ]
