"""One cell of a sweep: what a launcher runs, perhaps in another process, and the folder that tells how it went."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from macla.config import Config, validate
from macla.errors import InfrastructureError, UserError, of_system
from macla.files import fingerprint, parse_object, write_json
from macla.methods.stored import read_build
from macla.models.vllm import Standby
from macla.progress import note
from macla.reports.swept import valued
from macla.runs.axes import short_names
from macla.runs.build import built_once
from macla.runs.needs import Checked
from macla.secrets import HIDDEN, hide

TOLD = "cell.json"
NAME_LENGTH = 120
KINDS = (UserError, InfrastructureError)
_UNSAFE = re.compile(r"[^\w.,=+()\[\]{}:-]")


class Cell(NamedTuple):
    """One finished cell: its own overrides, and the summary of its run (or build) or what prevented it."""

    number: int
    overrides: tuple[str, ...]
    values: Mapping[str, str]
    """Axis → the value it has here."""
    summary: dict[str, Any] | None
    error: UserError | InfrastructureError | None


@dataclass(frozen=True)
class Task:
    """What every cell of a sweep does. An object, not a closure: launchers send it to other processes."""

    axes: tuple[str, ...]
    sweep: str
    """Tells this sweep from an earlier one in the same folder."""
    split: str | None
    """None: memories are built, nothing is played."""
    memory: str | None
    builders: Mapping[str, Config]
    """What cells share a memory by → the configuration that it is built with, whichever of them comes first."""
    grid: bool
    checked: Checked = field(default_factory=Checked)
    """What was read before, where cells run in one process."""

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "checked": Checked()}

    def __call__(self, composed: Any) -> float:
        """Run the cell and leave its folder; return the objective. A search is to know of an error: it is raised."""
        from hydra.core.hydra_config import HydraConfig

        job = HydraConfig.get()
        typed = [hide(one) for one in job.overrides.task]
        values = _values(self.axes, typed)
        folder = Path(job.sweep.dir) / folder_name(values, job.overrides.task)
        note(f"cell {job.job.num + 1}: {folder.name}")
        told = {"sweep": self.sweep, "number": job.job.num, "overrides": typed, "values": values}
        try:
            objective, summary = self._done(composed)
        except (UserError, InfrastructureError, OSError) as error:
            seen = of_system(error) if isinstance(error, OSError) else error
            write_json(folder / TOLD, {**told, "summary": None, "kind": type(seen).__name__, "error": str(seen)})
            if self.grid:  # the other cells go on
                return float("nan")
            raise seen from None
        write_json(folder / TOLD, {**told, "summary": summary, "kind": "", "error": ""})
        _link(folder, summary)
        return objective

    def _done(self, composed: Any) -> tuple[float, dict[str, Any]]:
        """Return the objective and the summary of the cell: of its evaluation, or of the memory that it built."""
        from omegaconf import OmegaConf

        from macla.runs.evaluate import evaluate_once

        config = validate(OmegaConf.to_container(composed, resolve=True))
        if self.memory == "none":
            config = config.without_memory()
        with closing(Standby()) as server:
            config = config.model_copy(update={"model": server.serve(config.model)})
            memory = Path(self.memory) if self.memory not in (None, "none") else self._built(config)
            if self.split is None:
                assert memory is not None, "only methods that build are swept so"
                return 0.0, read_build(memory)
            summary = evaluate_once(config, self.split, memory, self.checked.benchmark(config))
        return valued(summary, config.sweep.objective), summary

    def _built(self, config: Config) -> Path | None:
        like = self.builders.get(fingerprint(config.lasting()))
        return built_once(config, self.checked, like and like.model_copy(update={"model": config.model}))


def _values(axes: Sequence[str], typed: Sequence[str]) -> dict[str, str]:
    """Return the value of each axis among a cell's overrides, the last where one stands there twice."""
    found = dict(one.partition("=")[::2] for one in typed)
    return {axis.lstrip("+"): found[axis] for axis in axes if axis in found}


def folder_name(values: Mapping[str, str], typed: Sequence[str]) -> str:
    """Return what the folder of a cell is called: ``theta_dup=0.85,evidence_limit=20``.

    A name that leaves something out ends in a fingerprint of what was ``typed``.
    """
    words = short_names(list(values))
    told = ",".join(f"{words[key]}={value}" for key, value in values.items()) or "all"
    name = _UNSAFE.sub("_", told)[:NAME_LENGTH]
    return name if name == told and HIDDEN not in told else f"{name}-{fingerprint([*typed])[:6]}"


def _link(folder: Path, summary: Mapping[str, Any]) -> None:
    """Point from a cell's folder to its run and its memory, wherever those lie."""
    for name in ("run", "memory"):
        target, link = Path(str(summary.get(name))), folder / name
        if target.is_dir():
            link.unlink(missing_ok=True)
            link.symlink_to(os.path.relpath(target, folder), target_is_directory=True)


def read_cells(folder: Path, sweep: str) -> list[Cell]:
    """Return the cells that a sweep left in its folder, in their order."""
    told = (parse_object(path.read_bytes()) for path in folder.glob(f"*/{TOLD}"))
    return sorted((_cell(one) for one in told if one["sweep"] == sweep), key=lambda cell: cell.number)


def _cell(told: Mapping[str, Any]) -> Cell:
    kinds: dict[str, type[UserError | InfrastructureError]] = {kind.__name__: kind for kind in KINDS}
    failed = kinds.get(told["kind"])
    error = failed(told["error"]) if failed is not None else None
    return Cell(told["number"], tuple(told["overrides"]), told["values"], told["summary"], error)
