"""``runner=ray``: pieces of work as tasks of a Ray, started on this machine or joined at its address.

Ray is imported only here, and only when it is asked for. A task whose process or node is lost is done again elsewhere.
"""

import importlib.util
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from macla import __version__
from macla.errors import InfrastructureError, UserError
from macla.interrupts import held_back, kept
from macla.models.create import create
from macla.models.settings import ModelSettings
from macla.models.usage import Book, Ledger
from macla.runs.pool import Desk, Opening, packed
from macla.sections import RunnerConfig

PATIENCE_S = 5.0
"""Seconds that an address has to answer."""
SURPLUS = 2
"""Tasks under way for each that may run at a time: the next one waits at the node."""
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Ray neither reports to its makers nor warns of what concerns no CPU."""


def check_runner(runner: RunnerConfig) -> None:
    """Raise UserError when a Ray is wanted and cannot be had; one without an address is started now."""
    if runner.kind == "ray":
        _connect(runner)


def _connect(runner: RunnerConfig) -> None:
    if importlib.util.find_spec("ray") is None:
        raise UserError("runner=ray needs Ray; type pip install 'macla[ray]'")
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    import ray

    if ray.is_initialized():
        return
    _check_address(runner.address)
    own = {} if runner.address else {"num_cpus": runner.workers or os.cpu_count(), "include_dashboard": False}
    try:
        with held_back(), kept():
            ray.init(runner.address or "local", log_to_driver=False, logging_level="ERROR", **own)
    except Exception as error:  # Ray raises whatever it has at hand
        ray.shutdown()
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        if runner.address:
            raise UserError(f"runner.address={runner.address}: no Ray that takes us in ({reason})") from None
        raise InfrastructureError(f"Ray does not start ({reason}); the same command tries again") from None


def describe(runner: RunnerConfig) -> str:
    """Return the Ray in words: its version, its nodes and their CPUs; UserError when it cannot be had."""
    _connect(runner)
    import ray

    alive = [node for node in ray.nodes() if node["Alive"]]
    return f"{ray.__version__}, nodes {len(alive)}, CPUs {ray.cluster_resources().get('CPU', 0):g}"


def disconnect() -> None:
    """Leave the Ray; one that was started here ends."""
    import ray

    ray.shutdown()


def _check_address(address: str) -> None:
    """Raise UserError when nobody listens at an address: Ray itself would wait for minutes."""
    if address in ("", "auto"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise UserError(f"runner.address={address} is no address; type HOST:PORT, ray://HOST:PORT or auto")
    try:
        socket.create_connection((host, int(port)), PATIENCE_S).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(
            f"runner.address={address}: nobody answers ({reason}); start one with ray start --head, or leave it out"
        ) from None


class _Begun(NamedTuple):
    """What every task of a pool carries: how its process comes by its desk."""

    key: str
    opening: Opening
    folder: str
    version: str


_desks: dict[str, Desk] = {}
"""In a process of a Ray: the desk of the pool that it works for now, by its key."""


def _enter(folder: str, version: str) -> None:
    """Stand where the command was typed, as far as this node has that folder; UserError for another macla."""
    if version != __version__:
        raise UserError(f"a node of the Ray has macla {__version__}, this one {version}; install the same everywhere")
    if os.path.isdir(folder):
        os.chdir(folder)


def _at_desk(begun: _Begun, work: Callable[..., Any], *job: Any) -> Any:
    """Do a job of a pool, in a process of the Ray."""
    if begun.key not in _desks:
        _enter(begun.folder, begun.version)
        while _desks:
            _desks.popitem()[1].close()
        _desks[begun.key] = begun.opening.make(*begun.opening.given)
    return work(_desks[begun.key], *job)


def _applied(work: Callable[..., Any], shared: Any, item: Any, settings: ModelSettings) -> tuple[Any, Book]:
    """Apply a function to one item, in a process of the Ray; return what its model was asked, too."""
    with create(settings) as model:
        return work(shared, model, item), model.apart


class _Tasks:
    """Keeps as many tasks under way as may run, and one more each."""

    def __init__(self, runner: RunnerConfig) -> None:
        import ray

        _connect(runner)
        self._runner = runner
        at_a_time = runner.workers or int(ray.cluster_resources().get("CPU", 1) / runner.cpus)
        self._width = max(1, at_a_time if runner.address and runner.workers else SURPLUS * at_a_time)

    def results(self, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Yield (number of the task, result) as they finish."""
        import ray

        remote = ray.remote(function).options(num_cpus=self._runner.cpus, max_retries=self._runner.retries)
        waiting, under_way = iter(enumerate(tasks)), dict[Any, int]()
        try:
            while True:
                for number, task in islice(waiting, self._width - len(under_way)):
                    under_way[remote.remote(*task)] = number
                if not under_way:
                    return
                (done,), _ = ray.wait(list(under_way))
                yield under_way.pop(done), self._result(done)
        finally:
            for left in under_way:
                ray.cancel(left, force=True)

    def _result(self, done: Any) -> Any:
        """Return what a task gave, or raise what it raised; InfrastructureError when its process was lost for good."""
        import ray

        try:
            return ray.get(done)
        except ray.exceptions.RayTaskError as error:
            cause = error.cause
        except ray.exceptions.RayError as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise InfrastructureError(
                f"a task of the Ray was lost {self._runner.retries + 1} times ({reason}); the same command resumes"
            ) from None
        if isinstance(cause, ImportError):
            raise UserError(f"a node of the Ray lacks a package ({cause}); install the same on every node")
        raise cause


class RayPool:
    """A :class:`macla.runs.pool.Pool` of the Ray's processes, each of which makes its own desk."""

    def __init__(self, runner: RunnerConfig, opening: Opening) -> None:
        import ray

        self._tasks = _Tasks(runner)
        self._begun = ray.put(_Begun(uuid4().hex, opening, os.getcwd(), __version__))

    def lend(self, folder: Path | None) -> Any:
        """Return the files of a memory in the store of the Ray: nodes need not share a file system."""
        import ray

        return None if folder is None else ray.put(packed(folder))

    def each(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield ``work(desk, *job)`` of every job, as they finish."""
        for _, result in self._tasks.results(_at_desk, [(self._begun, work, *job) for job in jobs]):
            yield result

    def close(self, *, wait: bool = True) -> None:
        """Leave the processes to the Ray: tasks that nobody waits for were cancelled."""


class RaySpread:
    """A :class:`macla.spread.Spread` over the tasks of the Ray."""

    def __init__(self, runner: RunnerConfig, settings: ModelSettings) -> None:
        """Take the settings of the model that every process makes for itself."""
        self._tasks = _Tasks(runner)
        self._settings = settings

    def __call__(self, work: Callable[..., Any], shared: Any, model: Any, items: Iterable[Any]) -> Iterator[Any]:
        """Yield ``work(shared, model, item)`` of every item, in their order."""
        import ray

        given, early, due = ray.put(shared), dict[int, tuple[Any, Book]](), 0
        carried = ((work, given, item, self._settings) for item in items)
        for number, done in self._tasks.results(_applied, carried):
            early[number] = done
            while due in early:
                result, asked = early.pop(due)
                if isinstance(model, Ledger):
                    model.enter(asked)
                yield result
                due += 1
