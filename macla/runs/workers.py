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
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome
from macla.config import Config
from macla.errors import InfrastructureError
from macla.methods.base import Learned, Tools
from macla.methods.episode import Episode
from macla.models.create import create
from macla.models.usage import Ledger
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_method, make_tools
from macla.runs.play import play

_worker: tuple["Player", dict[str, Task]] | None = None


@dataclass(frozen=True, kw_only=True)
class Player:
    """What one process needs to play tasks; its threads share it."""

    config: Config
    benchmark: Benchmark
    learned: Learned
    tools: Tools
    model: Ledger
    practising: bool = False

    def play(self, task: Task) -> Episode:
        """Play a task until it ends otherwise than by an infrastructure error, at most ``runner.retries`` + 1 times.

        An episode that fails so to the last while the model answers is returned, unscored; without a model no other
        task has a chance either: InfrastructureError.
        """
        for attempt in range(self.config.runner.retries + 1):
            actor = self.learned.actor(practising=self.practising)
            episode = play(actor, self.tools, self.benchmark, task, self.config.seed, attempt)
            if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR:
                return episode
            self.model.check()
        return episode


def run_episodes(player: Player, tasks: Sequence[Task], memory: Path | None) -> Iterator[Episode]:
    """Yield one episode per task, as they finish; infrastructure errors are retried ``runner.retries`` times.

    Worker processes read the memory for themselves, from the directory ``memory`` (None: the method needs none).
    """
    workers = min(player.config.runner.workers, len(tasks))
    if workers < 2:
        for task in tasks:
            yield player.play(task)
    elif player.model.is_language_model:
        threads = ThreadPoolExecutor(workers)
        yield from _finished(threads, [threads.submit(player.play, task) for task in tasks])
    else:
        context = multiprocessing.get_context("spawn")
        begin = (player.config, memory, tasks[0].split, player.practising)
        with _no_interrupts():
            processes = ProcessPoolExecutor(workers, context, _start, begin)
            played = [processes.submit(_one, task.id) for task in tasks]
        yield from _finished(processes, played)


def needs_directory(config: Config, model: Ledger) -> bool:
    """Whether episodes will be played by other processes, which have to read the memory from a directory."""
    return config.runner.workers > 1 and not model.is_language_model


def _finished(pool: Executor, futures: list[Future[Episode]]) -> Iterator[Episode]:
    wait = True
    try:
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool:
        raise InfrastructureError("a worker process died; run the same command again to resume") from None
    except KeyboardInterrupt:
        wait = False  # the process ends, and the workers with it
        raise
    finally:
        pool.shutdown(wait=wait, cancel_futures=True)


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


def _start(config: Config, memory: Path | None, split: str, practising: bool) -> None:
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    benchmark = make_benchmark(config)
    model = create(config.model)
    atexit.register(model.close)
    tools = make_tools(config, benchmark, config.encoder.create(), model)
    learned = memories.load(memory, config, tools) if memory is not None else make_method(config).build((), tools)
    player = Player(
        config=config, benchmark=benchmark, learned=learned, tools=tools, model=model, practising=practising
    )
    _worker = (player, {task.id: task for task in benchmark.tasks(split)})


def _one(task_id: str) -> Episode:
    assert _worker is not None
    player, tasks = _worker
    return player.play(tasks[task_id])
