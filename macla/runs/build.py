"""Build a memory (``macla build-memory``) and find the newest build of a configuration."""

import json
import math
import resource
import sys
from pathlib import Path
from time import perf_counter, time
from typing import Any

from macla.benchmarks.base import Benchmark
from macla.benchmarks.trajectory import Trajectory, write_trajectories
from macla.config import Config, fingerprint
from macla.encoder import Encoder
from macla.errors import UserError
from macla.files import write_atomic, write_json
from macla.methods.episode import Episode
from macla.methods.macla.learning.build import build
from macla.methods.macla.learning.practice import Learner
from macla.methods.macla.memory import directory
from macla.models.create import create
from macla.models.usage import Account, Ledger, costs
from macla.models.vllm import around
from macla.progress import Report, progress
from macla.runs.assemble import make_benchmark
from macla.runs.directory import revision, versions, write_config
from macla.runs.online import learn_online
from macla.runs.tasks import sample
from macla.seeding import derive_seed, python_rng

REGISTER = "builds.jsonl"


def build_memory(config: Config, out: Path | None) -> dict[str, Any]:
    """Collect expert trajectories, learn, write the memory directory; return (and write) its summary.

    ``seconds`` is construction from trajectories in memory to the directory on disk; collecting is apart.
    ``usage`` is what the model's answers cost, practice included; ``malformed`` says per purpose how many were of no
    use, so that a trajectory, a segment, a contrast or a Θ was left out (in practice: a step lost). UserError before
    any work when there is no model.
    """
    with around(config.model) as settings, create(settings) as model:
        return _build_memory(config.model_copy(update={"model": settings}), model, out)


def _build_memory(config: Config, model: Ledger, out: Path | None) -> dict[str, Any]:
    benchmark = make_benchmark(config)
    key = fingerprint(config.construction())
    folder = out or config.runs / "memory" / f"{config.env_name}-{key}"
    with progress() as report:
        started = perf_counter()
        trajectories = _collect(config, benchmark, report)
        collected = perf_counter() - started
        write_trajectories(folder / "trajectories.jsonl", trajectories)
        started = perf_counter()
        encoder, settings = config.encoder.create(), config.memory.construction()
        memory, composer = build(trajectories, benchmark.lexicon, model, encoder, settings, report)
        built = perf_counter() - started
        learner = Learner(memory, composer, model, settings)
        curve, lived = _practise(config, benchmark, learner, model, encoder, folder, report)
        about = {
            "construction": config.construction(),
            "benchmark": dict(benchmark.identity()),
            "model": model.identity(),
            "tasks": fingerprint(sorted(trajectory.task_id for trajectory in trajectories)),
            "revision": revision(),
            "packages": versions(),
        }
        saving = perf_counter()
        size = directory.save(folder, memory, encoder, about)
        seconds = built + perf_counter() - saving
    encoder.save()
    write_config(folder, config)
    usage = costs([*lived, model.apart])
    successes = sum(trajectory.success for trajectory in trajectories)
    summary = {
        "env": config.env_name,
        "split": config.build.split,
        "memory": str(folder),
        "n_trajectories": len(trajectories),
        "expert_success_rate": successes / len(trajectories),
        "n_segments": sum(procedure.support for procedure in memory.procedures.values()),
        "n_procedures": len(memory.procedures),
        "n_metas": len(memory.metas),
        "compression": len(trajectories) / max(1, len(memory.procedures)),
        "seconds": round(seconds, 3),
        "practice_episodes": config.build.practice,
        "practice_seconds": round(saving - started - built, 3),
        "practice_success_rate": curve[-1]["success_rate"] if curve else None,
        "collect_seconds": round(collected, 3),
        "peak_memory_mb": round(_peak_memory_mb(), 1),
        "bytes": size,
        "usage": usage,
        "malformed": {purpose: int(its["malformed"]) for purpose, its in usage.items() if its["malformed"]},
        "fingerprint": key,
    }
    write_json(folder / "summary.json", summary)
    _register(config.runs, key, folder)
    return summary


def find_build(config: Config) -> Path | None:
    """Return the newest memory built with this configuration, None when there is none."""
    key = fingerprint(config.construction())
    return next((folder for theirs, _, folder in _registered(config.runs) if theirs == key), None)


def memory_for(config: Config, memory: str | None) -> Path | None:
    """Return the memory directory that ``--memory`` means: itself, None for ``none``, by default the newest build."""
    if memory == "none":
        return None
    return Path(memory) if memory else newest_build(config)


def newest_build(config: Config) -> Path:
    """Return the newest memory built with this configuration; UserError says what to type when there is none."""
    found = find_build(config)
    if found is not None:
        return found
    others = [folder for _, env, folder in _registered(config.runs) if env == config.env_name]
    hint = f"; other builds: --memory {others[0]}" if others else ""
    raise UserError(
        f"no memory built with this configuration under {config.runs}; "
        f"type: macla build-memory --env {config.env_name} with the same overrides, "
        f"or give --memory DIR (or none){hint}"
    )


def _collect(config: Config, benchmark: Benchmark, report: Report) -> list[Trajectory]:
    if config.build.split not in benchmark.splits():
        raise UserError(f"build.split={config.build.split}: {config.env_name} has {', '.join(benchmark.splits())}")
    tasks = sample(benchmark.tasks(config.build.split), config.build.limit, config.seed, "experts")
    trajectories, begun = [], set[str]()
    for trajectory in benchmark.experts(tasks, seed=config.seed):
        trajectories.append(trajectory)
        begun.add(trajectory.task_id)
        report("collecting expert trajectories of tasks", len(begun) - 1, len(tasks))
    report("collecting expert trajectories of tasks", len(tasks), len(tasks))
    if not trajectories:
        raise UserError(f"{config.env_name} has no expert trajectories in split {config.build.split}")
    return trajectories


def _practise(
    config: Config,
    benchmark: Benchmark,
    learner: Learner,
    model: Ledger,
    encoder: Encoder,
    folder: Path,
    report: Report,
) -> tuple[list[dict[str, Any]], list[Account]]:
    """Play ``build.practice`` episodes on training tasks (seeded choice), learning from them.

    More episodes than tasks are played in rounds, so that what came of the choices on one task can be compared.

    Practice has no gate: a failure of a procedure is what it is for, and a zero-shot step teaches nothing. With one, a
    procedure that falls below θ_conf before it has failed ``n_min`` times is never contrasted (Default; practice is
    ours). Returns the curve, also written to ``practice.jsonl`` (one line a batch, Figure 6), and every episode's
    account.
    """
    free = config.memory.model_copy(update={"theta_conf": -math.inf, "explore": True})
    everything, left = benchmark.tasks(config.build.split), config.build.practice
    rng = python_rng(config.seed, "practice")
    curve: list[dict[str, Any]] = []
    accounts: list[Account] = []
    seed = config.seed
    while left:
        tasks = [everything[k] for k in rng.sample(range(len(everything)), min(left, len(everything)))]
        practising = config.model_copy(update={"memory": free, "seed": seed})
        left, seed = left - len(tasks), derive_seed(config.seed, "round", left)
        batches = learn_online(practising, benchmark, tasks, learner, model, encoder, folder / "snapshot", {}, _forget)
        for episodes, point in batches:
            curve.append({**point, "batch": len(curve)})
            accounts += [episode.usage for episode in episodes]
            report("practising", int(point["episodes"]), config.build.practice)
    if curve:
        write_atomic(folder / "practice.jsonl", "".join(json.dumps(point) + "\n" for point in curve))
    return curve, accounts


def _forget(episode: Episode) -> None:
    """Keep nothing of an episode of practice but what was learned."""


def _register(runs: Path, key: str, folder: Path) -> None:
    runs.mkdir(parents=True, exist_ok=True)
    line = {"fingerprint": key, "schema": directory.SCHEMA, "folder": str(folder.absolute()), "time": time()}
    about = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    with (runs / REGISTER).open("a", encoding="utf-8") as register:
        register.write(json.dumps({**line, "env": about["env"]}) + "\n")


def _registered(runs: Path) -> list[tuple[str, str, Path]]:
    """Return (fingerprint, benchmark, folder) of the builds that are there and readable, newest first."""
    path = runs / REGISTER
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # a line torn by a kill names nothing
        folder = Path(entry["folder"])
        if entry.get("schema") == directory.SCHEMA and (folder / "memory.json").is_file():
            found.append((str(entry["fingerprint"]), str(entry["env"]), folder))
    return found[::-1]


def _peak_memory_mb() -> float:
    """Return the peak resident memory of this process in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024
