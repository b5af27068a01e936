"""``macla bench construction``: how time and memory of construction grow with the number of trajectories."""

import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from macla.benchmarks.trajectory import Trajectory, read_trajectories, write_trajectories
from macla.config import Config
from macla.errors import UserError
from macla.models.create import create
from macla.models.vllm import around
from macla.progress import Report
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_method, make_tools
from macla.runs.build import peak_memory_mb, spread_of
from macla.runs.cluster import check_runner
from macla.runs.demonstrations import collect
from macla.runs.given import REPEATED
from macla.runs.pool import Opening
from macla.runs.processes import Processes
from macla.seeding import python_rng

SIZES = (3_000, 30_000)
"""Trajectories of the rows that are measured unless others are asked for."""
CAPACITIES = ("n_procedures", "n_metas")
"""Figures of a memory that it bounds by a setting of the same name."""


def bench_construction(config: Config, sizes: Sequence[int], report: Report) -> list[dict[str, Any]]:
    """Return a row per number of trajectories: seconds, peak memory, what was learned; and ratios to the first row.

    The experts' trajectories of the configuration are drawn with replacement, each repetition as one of a task of its
    own. Every row has a process of its own, so that peaks do not mix; one that reads and draws them first.
    """
    if not make_method(config).builds:
        raise UserError(f"memory={config.memory.name} has nothing to build; type memory=macla")
    check_runner(config.runner)
    with around(config.for_building().model) as settings, TemporaryDirectory() as folder:
        asked = config.for_building().model_copy(update={"model": settings})
        shown = Path(folder) / memories.SHOWN
        write_trajectories(shown, collect(asked, make_benchmark(asked), report).trajectories)
        rows = []
        for number, size in enumerate(sizes, 1):
            rows += _measured(asked, shown, size, Path(folder) / str(size))
            report("constructing memories", number, len(sizes))
    first = rows[0]
    for row in rows:
        row["trajectories_ratio"] = round(row["trajectories"] / first["trajectories"], 2)
        row["seconds_ratio"] = round(row["seconds"] / first["seconds"], 2)
        row["memory_ratio"] = round(row["memory_mb"] / max(first["memory_mb"], 0.1), 2)
    return rows


def _measured(config: Config, shown: Path, size: int, out: Path) -> list[dict[str, Any]]:
    process = Processes(1, Opening(_Builder, (config, shown)))
    try:
        return list(process.each(_build, [(size, out)]))
    finally:
        process.close()


class _Builder:
    """The process of one row: the trajectories that it draws from."""

    def __init__(self, config: Config, shown: Path) -> None:
        self.config = config
        self.shown = list(read_trajectories(shown))

    def close(self) -> None:
        """Nothing is held open."""


def _build(builder: _Builder, size: int, out: Path) -> dict[str, Any]:
    """Construct a memory from so many trajectories, and return the row."""
    config = builder.config
    benchmark = make_benchmark(config)
    with create(config.model) as model:
        tools = make_tools(config, benchmark, config.encoder.create(), model, spread=spread_of(config, model))
        tools.encoder.encode(["a text"])  # its weights are no part of what grows
        trajectories = _drawn(builder.shown, size, config.seed)
        before, started = _memory_mb(), perf_counter()
        learned = make_method(config).build(trajectories, tools)
        memories.save(out, learned, config, tools, {"bench": size})
        seconds = perf_counter() - started
    figures = learned.figures()
    return {
        "trajectories": size,
        "seconds": round(seconds, 2),
        "seconds_per_thousand": round(1000 * seconds / size, 3),
        "memory_mb": round(peak_memory_mb() - before, 1),
        "peak_memory_mb": round(peak_memory_mb(), 1),
        "on_disk_mb": round(sum(file.stat().st_size for file in out.iterdir()) / 1e6, 2),
        **{name: figures[name] for name in CAPACITIES if name in figures},
        **{f"{name}_most": most for name in CAPACITIES if (most := getattr(config.memory, name, None)) is not None},
    }


def _drawn(shown: Sequence[Trajectory], size: int, seed: int) -> list[Trajectory]:
    """Return so many trajectories drawn with replacement; the second of a task is one of a task ``<id>#2``."""
    rng, times = python_rng(seed, "bench", "construction"), dict[str, int]()
    found = []
    for _ in range(size):
        one = rng.choice(shown)
        times[one.task_id] = number = times.get(one.task_id, 0) + 1
        found.append(one if number == 1 else one.model_copy(update={"task_id": f"{one.task_id}{REPEATED}{number}"}))
    return found


def _memory_mb() -> float:
    """Return the resident memory of this process now, its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return peak_memory_mb()
    return pages * resource.getpagesize() / 2**20 if sys.platform == "linux" else peak_memory_mb()
