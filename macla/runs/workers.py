"""Episodes one after another, over threads, or over worker processes. Same results every way.

A language model is waited for, so its episodes are threads of this process, which share encoder, memory and client. The
stand-in computes, so its episodes are processes, each of which loads its own.
"""

import atexit
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import resource_tracker
from pathlib import Path

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome
from macla.config import Config
from macla.errors import InfrastructureError
from macla.interrupts import held_back
from macla.methods.base import Learned, Tools
from macla.methods.episode import Episode
from macla.models.create import create
from macla.models.usage import Ledger
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_tools, make_wordings
from macla.runs.play import play

_worker: "_Worker | None" = None


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
    """Where episodes of one player are played: here, in threads, or in processes, which live until :meth:`close`."""

    def __init__(self, player: Player, tasks: Sequence[Task]) -> None:
        """Take the player and all tasks that will be played, of one split; nothing is started yet."""
        self.player = player
        self._count = min(player.config.runner.workers, len(tasks))
        self._split = tasks[0].split if tasks else ""
        self._pool: Executor | None = None
        self._reading = 0
        """Counts the calls of :meth:`play`: processes read the memory anew at the first task of a new one."""

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
        if self._count < 2:
            for task in tasks:
                yield self.player.play(task)
        elif self.player.model.is_language_model:
            self._pool = threads = self._pool or ThreadPoolExecutor(self._count)
            with held_back():
                played = [threads.submit(self.player.play, task) for task in tasks]
            yield from self._finished(played)
        else:
            begin = (self.player.config, self._split, self.player.practising)
            with held_back(), _no_interrupts():
                context = multiprocessing.get_context("spawn")
                self._pool = processes = self._pool or ProcessPoolExecutor(self._count, context, _start, begin)
                played = [processes.submit(_one, task.id, memory, self._reading) for task in tasks]
            yield from self._finished(played)

    def close(self, *, wait: bool = True) -> None:
        """End threads and processes; what has not begun is not played any more."""
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=True)
            self._pool = None

    def _finished(self, futures: list[Future[Episode]]) -> Iterator[Episode]:
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise InfrastructureError("a worker process died; run the same command again to resume") from None


def run_episodes(player: Player, tasks: Sequence[Task], memory: Path | None) -> Iterator[Episode]:
    """Yield one episode per task, as they finish, with a memory that does not change (:meth:`Workers.play`)."""
    with closing(Workers(player, tasks)) as workers:
        yield from workers.play(tasks, memory)


def needs_directory(config: Config, model: Ledger) -> bool:
    """Whether episodes will be played by other processes, which have to read the memory from a directory."""
    return config.runner.workers > 1 and not model.is_language_model


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, though they share our terminal: they end with us, without a word."""
    quiet = "ignore:resource_tracker"  # it would warn, in the user's face, of what it cleans up after a kill
    sys.warnoptions.append(quiet)
    resource_tracker.ensure_running()  # now, because its start lets signals through again
    sys.warnoptions.remove(quiet)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however that ended (kill -9 included)."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "workers are started by a process"
    parent.join()
    os._exit(1)


class _Worker:
    """One process: what it plays with, and the memory that it read last."""

    def __init__(self, config: Config, split: str, practising: bool) -> None:
        benchmark = make_benchmark(config)
        model = create(config.model)
        atexit.register(model.close)
        tools = make_tools(config, benchmark, config.encoder.create(), model)
        self.config, self.tools = config, tools
        self.tasks = {task.id: task for task in benchmark.tasks(split)}
        self.with_memory = partial(
            Player, config=config, benchmark=benchmark, tools=tools, model=model, practising=practising
        )
        self.player: Player | None = None
        self.read = 0

    def play(self, task_id: str, memory: Path | None, reading: int) -> Episode:
        """Play a task, with the memory as it is written now where this is a new reading."""
        if self.player is None or reading != self.read:
            learned = memories.load(memory, self.config, self.tools)
            self.player, self.read = self.with_memory(learned=learned), reading
        return self.player.play(self.tasks[task_id])


def _start(config: Config, split: str, practising: bool) -> None:
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = _Worker(config, split, practising)


def _one(task_id: str, memory: Path | None, reading: int) -> Episode:
    assert _worker is not None
    return _worker.play(task_id, memory, reading)
