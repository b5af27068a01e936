"""Episodes one after another, over threads, or over other processes. Same results every way.

On one machine the episodes of a language model, which is waited for, are threads of this process, which share encoder,
memory and client. The stand-in computes, so its episodes are processes, each of which loads its own; those of
``runner=ray`` always are.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome
from macla.config import Config
from macla.interrupts import held_back
from macla.methods.base import Learned, Tools
from macla.methods.episode import Episode
from macla.models.create import create
from macla.models.usage import Ledger
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_tools, make_wordings
from macla.runs.cluster import RayPool
from macla.runs.play import play
from macla.runs.pool import Opening, Pool, lent
from macla.runs.processes import Processes


@dataclass(frozen=True, kw_only=True)
class Player:
    """What one process needs to play tasks; its threads share it."""

    config: Config
    benchmark: Benchmark
    learned: Learned
    tools: Tools
    model: Ledger
    practising: bool = False

    @cached_property
    def wordings(self) -> Mapping[str, str]:
        """Task id → the user's own words for it."""
        return make_wordings(self.config, self.benchmark)

    def play(self, task: Task) -> Episode:
        """Play a task until it ends otherwise than by an infrastructure error, at most ``runner.retries`` + 1 times.

        An episode that fails so to the last while the model answers is returned, unscored; without a model no other
        task has a chance either: InfrastructureError.
        """
        for attempt in range(self.config.runner.retries + 1):
            actor = self.learned.actor(practising=self.practising)
            said = self.wordings.get(task.id)
            episode = play(actor, self.tools, self.benchmark, task, self.config.seed, attempt, said)
            if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR:
                return episode
            self.model.check()
        return episode


class Workers:
    """Where episodes of one player are played: here, in threads, or in other processes, until :meth:`close`."""

    def __init__(self, player: Player, tasks: Sequence[Task]) -> None:
        """Take the player and all tasks that will be played, of one split; nothing is started yet."""
        self.player = player
        at_once = len(tasks) if self._waits else min(len(tasks), os.cpu_count() or 1)  # more only take turns
        self._count = min(player.config.runner.workers or len(tasks), at_once)
        self._split = tasks[0].split if tasks else ""
        self._threads: ThreadPoolExecutor | None = None
        self._others: Pool | None = None
        self._reading = 0
        """Counts the calls of :meth:`play`: processes read the memory anew at the first task of a new one."""

    @property
    def _waits(self) -> bool:
        """Whether episodes wait for others: for a language model, or for the processes of a Ray."""
        return self.player.model.is_language_model or self.player.config.runner.kind == "ray"

    def play(self, tasks: Sequence[Task], memory: Path | None) -> Iterator[Episode]:
        """Yield one episode per task, as they finish; infrastructure errors are retried ``runner.retries`` times.

        Processes read the memory for themselves, from the directory ``memory`` (None: the method needs none).
        """
        self._reading += 1
        try:
            yield from self._played(tasks, memory)
        except KeyboardInterrupt:
            self.close(wait=False)  # the process ends, and the workers with it
            raise

    def _played(self, tasks: Sequence[Task], memory: Path | None) -> Iterator[Episode]:
        ray = self.player.config.runner.kind == "ray"
        if ray or (self._count > 1 and not self.player.model.is_language_model):
            self._others = pool = self._others or self._pool()
            carried = pool.lend(memory)
            yield from pool.each(_one, [(task.id, carried, self._reading) for task in tasks])
        elif self._count < 2:
            for task in tasks:
                yield self.player.play(task)
        else:
            self._threads = threads = self._threads or ThreadPoolExecutor(self._count)
            with held_back():
                played = [threads.submit(self.player.play, task) for task in tasks]
            for future in as_completed(played):
                yield future.result()

    def _pool(self) -> Pool:
        config = self.player.config
        opening = Opening(_Worker, (config, self._split, self.player.practising))
        return RayPool(config.runner, opening) if config.runner.kind == "ray" else Processes(self._count, opening)

    def close(self, *, wait: bool = True) -> None:
        """End threads and processes; what has not begun is not played any more."""
        if self._others is not None:
            self._others.close(wait=wait)
            self._others = None
        if self._threads is not None:
            self._threads.shutdown(wait=wait, cancel_futures=True)
            self._threads = None


def run_episodes(player: Player, tasks: Sequence[Task], memory: Path | None) -> Iterator[Episode]:
    """Yield one episode per task, as they finish, with a memory that does not change (:meth:`Workers.play`)."""
    with closing(Workers(player, tasks)) as workers:
        yield from workers.play(tasks, memory)


def needs_directory(config: Config, model: Ledger) -> bool:
    """Whether episodes will be played by other processes, which have to read the memory from a directory."""
    return config.runner.kind == "ray" or (config.runner.workers != 1 and not model.is_language_model)


class _Worker:
    """One process: what it plays with, and the memory that it read last."""

    def __init__(self, config: Config, split: str, practising: bool) -> None:
        benchmark = make_benchmark(config)
        self.model = model = create(config.model)
        tools = make_tools(config, benchmark, config.encoder.create(), model)
        self.config, self.tools = config, tools
        self.tasks = {task.id: task for task in benchmark.tasks(split)}
        self.with_memory = partial(
            Player, config=config, benchmark=benchmark, tools=tools, model=model, practising=practising
        )
        self.player: Player | None = None
        self.read = 0

    def play(self, task_id: str, memory: Any, reading: int) -> Episode:
        """Play a task, with the memory as it is written now where this is a new reading."""
        if self.player is None or reading != self.read:
            with lent(memory) as folder:
                learned = memories.load(folder, self.config, self.tools)
            self.player, self.read = self.with_memory(learned=learned), reading
        return self.player.play(self.tasks[task_id])

    def close(self) -> None:
        """Close the model."""
        self.model.close()


def _one(worker: _Worker, task_id: str, memory: Any, reading: int) -> Episode:
    return worker.play(task_id, memory, reading)
