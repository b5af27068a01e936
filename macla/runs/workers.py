"""The local runner: episodes one after another, or over worker processes. Same results either way."""

import atexit
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome
from macla.config import Config
from macla.errors import InfrastructureError
from macla.methods.episode import Episode
from macla.methods.macla.algorithm1 import Agent
from macla.models.create import create
from macla.models.usage import Ledger
from macla.runs.assemble import Learned, load_memory, make_agent, make_benchmark
from macla.runs.play import play

_worker: tuple["Player", dict[str, Task]] | None = None


@dataclass(frozen=True)
class Player:
    """What one process needs to play tasks."""

    config: Config
    benchmark: Benchmark
    agent: Agent
    model: Ledger

    def play(self, task: Task) -> Episode:
        """Play a task until it ends otherwise than by an infrastructure error, at most ``runner.retries`` + 1 times.

        An episode that fails so to the last while the model answers is returned, unscored; without a model no other
        task has a chance either: InfrastructureError.
        """
        for attempt in range(self.config.runner.retries + 1):
            episode = play(self.agent, self.model, self.benchmark, task, self.config.seed, attempt)
            if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR:
                return episode
            self.model.check()
        return episode


def run_episodes(
    config: Config, benchmark: Benchmark, tasks: Sequence[Task], memory: Path | Learned | None, model: Ledger
) -> Iterator[Episode]:
    """Yield one episode per task, as they finish; infrastructure errors are retried ``runner.retries`` times.

    With several workers ``memory`` must be a directory: every worker reads it, and connects to its model, for itself.
    """
    if config.runner.workers == 1 or len(tasks) < 2:
        encoder = config.encoder.create()
        learned = load_memory(memory) if isinstance(memory, Path) else memory
        player = Player(config, benchmark, make_agent(config, benchmark, learned, encoder, model), model)
        for task in tasks:
            yield player.play(task)
        encoder.save()
        return
    if isinstance(memory, Learned):
        raise TypeError("worker processes need the memory as a directory")
    workers = min(config.runner.workers, len(tasks))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (config, memory, tasks[0].split)) as pool:
        futures = [pool.submit(_one, task.id) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise InfrastructureError("a worker process died; run the same command again to resume") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _start(config: Config, memory: Path | None, split: str) -> None:
    global _worker
    benchmark = make_benchmark(config)
    learned = load_memory(memory) if memory is not None else None
    model = create(config.model)
    atexit.register(model.close)
    agent = make_agent(config, benchmark, learned, config.encoder.create(), model)
    _worker = (Player(config, benchmark, agent, model), {task.id: task for task in benchmark.tasks(split)})


def _one(task_id: str) -> Episode:
    assert _worker is not None
    player, tasks = _worker
    return player.play(tasks[task_id])
