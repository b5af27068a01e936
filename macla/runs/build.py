"""Build a memory (``macla build-memory``)."""

import json
import resource
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from macla.benchmarks.base import Benchmark
from macla.benchmarks.trajectory import Trajectory, write_trajectories
from macla.config import Config
from macla.errors import UserError
from macla.files import fingerprint, locked, write_atomic, write_checked
from macla.methods.base import Learned
from macla.methods.episode import Episode
from macla.models.create import create
from macla.models.usage import Book, Ledger, costs, merged
from macla.models.useless import sentence, tally
from macla.models.vllm import around
from macla.progress import progress
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_method, make_tools
from macla.runs.attempts import Attempts, attempts
from macla.runs.builds import find_build, register
from macla.runs.cluster import RaySpread, check_runner
from macla.runs.demonstrations import Shown, collect
from macla.runs.directory import LOCKS, revision, versions, write_config
from macla.runs.fitting import SUFFIX, list_left_out
from macla.runs.needs import Checked
from macla.runs.online import learn_online
from macla.runs.staged import check_free, staged
from macla.runs.trackers import check_tracker, figures, tracked
from macla.runs.workers import Player
from macla.seeding import derive_seed, python_rng
from macla.spread import Spread, here


def build_memory(config: Config, out: Path | None, benchmark: Benchmark | None = None) -> dict[str, Any]:
    """Collect expert trajectories, learn, write the memory directory; return (and write) its summary.

    ``benchmark`` is that of ``config.for_building()``, where it was made before. With ``build.attempts`` the model that
    acts attempts tasks alone first; what that cost stands apart in the summary (``attempts``).

    ``seconds`` is construction from trajectories in memory to the directory on disk; collecting is apart.
    ``usage`` is what the model's answers cost, practice included; ``malformed`` says per purpose how many were of no
    use, so that a trajectory, a segment, a contrast or a Θ was left out (in practice: a step lost). UserError before
    any work when there is no model, or the method learns nothing from trajectories; later when nothing was learned.
    """
    if not make_method(config).builds:
        raise UserError(
            f"memory={config.memory.name} has nothing to build; type macla eval memory={config.memory.name}"
        )
    check_tracker(config)
    check_runner(config.runner)
    if out is not None:
        check_free(out, config.construction())
    first = config if config.build.attempts else config.for_building()
    with around(first.model) as settings:
        asked = first.model_copy(update={"model": settings})
        benchmark = benchmark or make_benchmark(asked)
        tried = attempts(asked, benchmark)
        with create(asked.for_building().model) as model:
            return _build_memory(asked, model, out, benchmark, tried)


def built_once(config: Config, checked: Checked, like: Config | None = None) -> Path | None:
    """Return the memory of a configuration: its newest build, made now where there is none; None where it needs none.

    Processes that want the same memory at the same time wait for the one that builds it. ``like`` is built where one of
    several configurations that share a memory is to decide how it is made.
    """
    if not make_method(config).builds:
        return None
    with locked(config.runs / LOCKS / f"memory-{fingerprint(config.lasting())}"):
        found = find_build(config)
        if found is None:
            made = like or config
            found = Path(build_memory(made, None, checked.benchmark(made.for_building()))["memory"])
    return found


def _build_memory(
    asked: Config, model: Ledger, out: Path | None, benchmark: Benchmark, tried: Attempts
) -> dict[str, Any]:
    """Build with ``model``, which may be another one than that of ``asked``, who made the attempts."""
    config, key = asked.for_building(), fingerprint(asked.construction())
    folder = out or config.runs / "memory" / f"{config.env_name}-{key}"
    with tracked(config, folder) as tracker:
        summary = _built(asked, model, folder, benchmark, tried)
        tracker.log(figures(summary), summary["n_trajectories"])
    return summary


def _built(asked: Config, model: Ledger, place: Path, benchmark: Benchmark, tried: Attempts) -> dict[str, Any]:
    config = asked.for_building()
    with progress() as report, staged(place) as folder:
        started = perf_counter()
        shown = collect(config, benchmark, report)
        trajectories = [*shown.trajectories, *tried.trajectories]
        collected = perf_counter() - started
        list_left_out(shown.left, config.build.trajectories or place, place / SUFFIX)
        write_trajectories(folder / memories.SHOWN, trajectories)
        started = perf_counter()
        encoder = config.encoder.create()
        tools = make_tools(config, benchmark, encoder, model, report, spread_of(config, model))
        learned = make_method(config).build(trajectories, tools)
        player = Player(config=config, benchmark=benchmark, learned=learned, tools=tools, model=model, practising=True)
        built = perf_counter() - started
        _check_learned(player.learned, len(trajectories), model)
        curve, practised = _practise(player, folder)
        write_config(folder, config)
        saving = perf_counter()
        about = {**_about(asked, benchmark, model, trajectories), **tried.about()}
        size = memories.save(folder, player.learned, config, tools, about)
        seconds = built + perf_counter() - saving
        encoder.save()
        summary = {
            "env": config.env_name,
            "method": config.memory.name,
            "memory": str(place),
            "n_trajectories": len(trajectories),
            **_told_of_experts(config, shown),
            **tried.told,
            **player.learned.figures(),
            "seconds": round(seconds, 3),
            "practice_episodes": config.build.practice,
            "practice_seconds": round(saving - started - built, 3),
            "practice_success_rate": curve[-1]["success_rate"] if curve else None,
            "collect_seconds": round(collected, 3),
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "bytes": size,
            **_told_of_replies(practised, model.apart),
            "fingerprint": fingerprint(asked.construction()),
        }
        write_checked(folder / "summary.json", summary)
    register(asked, place)
    return summary


def _told_of_experts(config: Config, shown: Shown) -> dict[str, Any]:
    successes = sum(trajectory.success for trajectory in shown.trajectories)
    return {
        "split": config.build.split,
        "expert_success_rate": successes / len(shown.trajectories),
        "wrong_steps": shown.wrong_steps,
        "left_out": len(shown.left),
    }


def _told_of_replies(practised: Book, built: Book) -> dict[str, Any]:
    """Return what the model's answers cost, and which were of no use."""
    usage = costs([practised.usage, built.usage])
    return {
        "usage": usage,
        "malformed": {purpose: int(cost["malformed"]) for purpose, cost in usage.items() if cost["malformed"]},
        "useless_replies": tally(usage, [*practised.useless, *built.useless]),
    }


def spread_of(config: Config, model: Ledger) -> Spread:
    """Return where construction reads and cuts trajectories: a language model is waited for here, many at a time."""
    if config.runner.kind == "local" or model.is_language_model:
        return here
    return RaySpread(config.runner, config.model)


def _about(config: Config, benchmark: Benchmark, model: Ledger, trajectories: list[Trajectory]) -> dict[str, Any]:
    return {
        "construction": config.construction(),
        "benchmark": dict(benchmark.identity()),
        "model": model.identity(),
        "tasks": fingerprint(sorted(trajectory.task_id for trajectory in trajectories)),
        "revision": revision(),
        "packages": versions(),
    }


def _check_learned(learned: Learned, trajectories: int, model: Ledger) -> None:
    """Raise UserError when nothing was learned that could be executed, with the reason as far as the model gave one."""
    if learned.figures().get("n_procedures", 1):
        return
    told = sentence(tally(costs([model.apart.usage]), model.apart.useless))
    why = f"{told}; macla doctor asks the model once" if told else "none was cut into segments"
    raise UserError(f"no procedure was learned from {trajectories} trajectories: {why}")


def _practise(player: Player, folder: Path) -> tuple[list[dict[str, Any]], Book]:
    """Play ``build.practice`` episodes on training tasks (seeded choice), learning from them.

    More episodes than tasks are played in rounds, so that what came of the choices on one task can be compared.
    Returns the curve, also written to ``practice.jsonl`` (one line a batch, Figure 6), and what it asked.
    """
    config = player.config
    everything, left = player.benchmark.tasks(config.build.split), config.build.practice
    rng = python_rng(config.seed, "practice")
    curve: list[dict[str, Any]] = []
    asked = Book()
    seed, before = config.seed, 0
    while left:
        tasks = [everything[k] for k in rng.sample(range(len(everything)), min(left, len(everything)))]
        round_of = _seeded(player, seed)
        seed = derive_seed(config.seed, "round", left)
        left -= len(tasks)
        for episodes, point in learn_online(round_of, tasks, folder / "snapshot", {}, _forget):
            so_far = before + int(point["episodes"])
            curve.append({**point, "batch": len(curve), "episodes": so_far})
            asked.usage = merged([asked.usage, *(episode.usage for episode in episodes)])
            asked.useless += [reply for episode in episodes for reply in episode.useless]
            player.tools.report("practising", so_far, config.build.practice)
        before = int(curve[-1]["episodes"])
    if curve:
        write_atomic(folder / "practice.jsonl", "".join(json.dumps(point) + "\n" for point in curve))
    return curve, asked


def _seeded(player: Player, seed: int) -> Player:
    """Return the player with another run seed: each round of practice draws anew."""
    return replace(player, config=player.config.model_copy(update={"seed": seed}))


def _forget(episode: Episode) -> None:
    """Keep nothing of an episode of practice but what was learned."""


def peak_memory_mb() -> float:
    """Return the peak resident memory of this process in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024
