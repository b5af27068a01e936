"""``macla bench report``: every speed that is promised, each beside its reference, in one run.

A bench is a function from a configuration to lines of the report. Those of the harness are listed in :data:`HARNESS`,
one line each; those of a benchmark are its own (``macla.benchmarks.base.SpeedBench``).
"""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from macla import __version__, plugins
from macla.benchmarks import registry
from macla.benchmarks.base import Benchmark, SpeedBench, Task
from macla.benchmarks.speeds import Skipped, Speed, per_second
from macla.benchmarks.splits import DEFAULT, split_named
from macla.config import Config
from macla.encoder import Encoder, Hashing, MiniLM, SentenceTransformers
from macla.errors import InfrastructureError, UserError
from macla.files import write_atomic, write_json
from macla.methods.macla.memory.index import PRODUCT_UP_TO
from macla.models import bench as served
from macla.models.create import create
from macla.models.vllm import around
from macla.progress import note, silent
from macla.reports.speeds import page
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_tools
from macla.runs.bench import selection
from macla.runs.build import build_memory
from macla.runs.cluster import check_runner, disconnect
from macla.runs.directory import revision, versions
from macla.runs.scaling import bench_construction
from macla.runs.workers import Player, run_episodes

Bench = Callable[[Config], Iterator[Speed | Skipped]]
SIZES, WITH_FAISS = (199, 1_000, 10_000, 100_000), 1_000_000
"""Procedures in memory: of the paper, and up to where FAISS (extra ``ann``) takes over."""
SENTENCES, WORKERS, TRAJECTORIES = 64, (1, 2), (1_000, 10_000)


def report(config: Config, out: Path) -> str:
    """Measure everything; write the page to ``out``, what it was measured with beside it, and return the page.

    ``config`` says which benchmark and memory play for episodes a second, and which model is asked.
    """
    before = os.getloadavg()[0]
    rows = list(measured(config))
    manifest = {**_machine(), "load_before": round(before, 2), "rows": [asdict(row) for row in rows]}
    text = page(rows, manifest)
    write_atomic(out, text)
    write_json(out.with_suffix(".manifest.json"), manifest)
    return text


def measured(config: Config) -> Iterator[Speed | Skipped]:
    """Yield the lines of all benches: the harness's, then every benchmark's; those that cannot run say why."""
    for name, bench in benches().items():
        note(f"measuring: {name}")
        try:
            yield from bench(config)
        except (UserError, InfrastructureError) as error:
            yield Skipped(name, str(error))


def benches() -> dict[str, Bench]:
    """Return every bench by what a line says of one that cannot run."""
    return {**HARNESS, **{name: _own(name) for name in plugins.names(plugins.BENCHMARKS)}}


def _own(name: str) -> Bench:
    """Return the bench of a benchmark, which has its options where the configuration is of it; of nothing without."""

    def speeds(config: Config) -> Iterator[Speed | Skipped]:
        benchmark = registry.create(name, config.env_options if config.env_name == name else {})
        if isinstance(benchmark, SpeedBench):
            benchmark.check()
            yield from benchmark.bench_speeds()

    return speeds


def encoder(config: Config) -> Iterator[Speed]:
    """Yield sentences a second of the encoder whose weights are packaged, beside torch, or hashing without torch."""
    texts = [f"put a clean thing {number} in the place where {number % 7} others are" for number in range(SENTENCES)]
    ours, torch = MiniLM(), find_spec("sentence_transformers") is not None
    other: Encoder = SentenceTransformers(f"sentence-transformers/{ours.name}") if torch else Hashing()
    words = "the same in torch (sentence-transformers)" if torch else "hashed words, which have no meaning"
    rates = [per_second(lambda one=one: one.encode(texts), count=SENTENCES) for one in (ours, other)]  # type: ignore[misc]
    yield Speed(f"{ours.name} in NumPy", "sentences", rates[0], words, rates[1])


def selections(config: Config) -> Iterator[Speed]:
    """Yield selections a second (retrieval and Eq 4, encoder excluded) by size of memory."""
    faiss = find_spec("faiss") is not None
    for size in (*SIZES, *([WITH_FAISS] if faiss else [])):
        found = selection(size)
        how = "FAISS" if faiss and size > PRODUCT_UP_TO else "one product"
        ours, loop = 1e3 / found["vectorised_ms"], 1e3 / found["loop_ms"]
        yield Speed(f"selection among {size:,} procedures ({how})", "selections", ours, "a plain loop", loop)


def episodes(config: Config) -> Iterator[Speed]:
    """Yield episodes a second of the configured benchmark by workers, once all of them play."""
    with TemporaryDirectory() as folder, around(config.model) as settings:
        here = config.model_copy(update={"runs": Path(folder), "model": settings})
        benchmark = make_benchmark(here)
        memory = Path(build_memory(here, None, benchmark)["memory"])
        tasks = benchmark.tasks(split_named(benchmark, DEFAULT))[: here.eval.limit]
        rates = {number: _episode_rate(here, benchmark, memory, tasks, number) for number in WORKERS}
        most, of_ray = WORKERS[-1], None
        if find_spec("ray") is not None:
            of_ray = _episode_rate(here, benchmark, memory, tasks, most, "ray")
            disconnect()
    told = f"{len(tasks)} tasks"
    for number in WORKERS[1:]:
        yield Speed(f"{config.env_name}, {number} workers", "episodes", rates[number], "one worker", rates[1], told)
    if of_ray is not None:
        yield Speed(f"{config.env_name}, {most} workers of a Ray", "episodes", of_ray, "one worker", rates[1], told)


def _episode_rate(
    config: Config, benchmark: Benchmark, memory: Path, tasks: list[Task], workers: int, kind: str = "local"
) -> float:
    """Return episodes a second, from when every worker has begun to play (two each are done) to the last."""
    runner = config.runner.model_copy(update={"workers": workers, "kind": kind})
    check_runner(runner)
    config = config.model_copy(update={"runner": runner})
    with create(config.model) as model:
        tools = make_tools(config, benchmark, config.encoder.create(), model)
        learned = memories.load(memory, config, tools)
        player = Player(config=config, benchmark=benchmark, learned=learned, tools=tools, model=model)
        ends = [perf_counter() for _ in run_episodes(player, tasks, memory)][2 * workers :]
    if len(ends) < 2:
        raise UserError(f"{len(tasks)} tasks are too few to measure {workers} workers by; raise eval.limit")
    return (len(ends) - 1) / (ends[-1] - ends[0])


def construction(config: Config) -> Iterator[Speed]:
    """Yield trajectories a second that a memory is constructed from, by their number: near linear where they agree."""
    few, many = bench_construction(config, TRAJECTORIES, silent)
    rates = [row["trajectories"] / row["seconds"] for row in (few, many)]
    what = f"{config.env_name}, a memory of {many['trajectories']:,}"
    yield Speed(what, "trajectories", rates[1], f"of {few['trajectories']:,}", rates[0], f"{many['memory_mb']:.0f} MB")


def requests(config: Config) -> Iterator[Speed]:
    """Yield requests a second of a served model by how many are in flight."""
    with around(config.model) as settings:
        found = served.bench(settings)
    first, *others = found["rows"]
    for row in others:
        what = f"{found['model']['model']}, {row['in_flight']} requests in flight"
        yield Speed(what, "requests", row["requests_per_s"], "one in flight", first["requests_per_s"])


HARNESS: Mapping[str, Bench] = {
    "encoder": encoder,
    "selection": selections,
    "episodes": episodes,
    "construction": construction,
    "model requests": requests,
}
"""The benches of the harness."""


def _machine() -> dict[str, Any]:
    return {
        "macla": __version__,
        "revision": revision(),
        "python": platform.python_version(),
        "packages": versions(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
    }


def _cpu() -> str:
    """Return what the processor is called."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
