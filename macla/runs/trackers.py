"""Where runs are followed besides their own files: MLflow, Weights & Biases, or nowhere (``configs/tracker/``)."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from macla.config import Config
from macla.errors import UserError
from macla.methods.settings import dotted
from macla.secrets import hide
from macla.sections import TrackerConfig

_LONGEST = 500
"""Characters of a setting; MLflow takes no more."""


class Tracker(Protocol):
    """What follows one run. No key or password ever reaches it."""

    def start(self, name: str, settings: Mapping[str, str]) -> None:
        """Begin a run of this name, which depends on these settings."""
        ...

    def log(self, figures: Mapping[str, float], step: int) -> None:
        """Take figures of the run after so many episodes."""
        ...

    def finish(self, *, done: bool) -> None:
        """End the run; ``done`` says whether it came to its end."""
        ...


class _Nowhere:
    """Keeps nothing."""

    def __init__(self, settings: TrackerConfig, runs: Path) -> None: ...

    def start(self, name: str, settings: Mapping[str, str]) -> None: ...

    def log(self, figures: Mapping[str, float], step: int) -> None: ...

    def finish(self, *, done: bool) -> None: ...


class _MLflow:
    """A run of MLflow, by default in local files."""

    def __init__(self, settings: TrackerConfig, runs: Path) -> None:
        if "://" not in settings.where:  # later versions keep a folder only where one says that it is wished
            os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        self._mlflow = import_module("mlflow")
        where = settings.where or str(runs / "mlruns")
        self._mlflow.set_tracking_uri(where if "://" in where else Path(where).absolute().as_uri())
        self._mlflow.set_experiment(settings.project)

    def start(self, name: str, settings: Mapping[str, str]) -> None:
        self._mlflow.start_run(run_name=name)
        self._mlflow.log_params(dict(settings))

    def log(self, figures: Mapping[str, float], step: int) -> None:
        self._mlflow.log_metrics(dict(figures), step=step)

    def finish(self, *, done: bool) -> None:
        self._mlflow.end_run("FINISHED" if done else "FAILED")


class _Wandb:
    """A run of Weights & Biases, by default kept offline beside the runs."""

    def __init__(self, settings: TrackerConfig, runs: Path) -> None:
        self._wandb = import_module("wandb")
        self._settings, self._runs = settings, runs
        self._run: Any = None

    def start(self, name: str, settings: Mapping[str, str]) -> None:
        self._runs.mkdir(parents=True, exist_ok=True)
        self._run = self._wandb.init(
            project=self._settings.project,
            name=name,
            config=dict(settings),
            dir=str(self._runs),
            mode=self._settings.where or "offline",
            settings=self._wandb.Settings(silent=True, disable_git=True, save_code=False, console="off"),
        )

    def log(self, figures: Mapping[str, float], step: int) -> None:
        self._run.log(dict(figures), step=step)

    def finish(self, *, done: bool) -> None:
        self._run.finish(exit_code=0 if done else 1)


TRACKERS: Mapping[str, Callable[[TrackerConfig, Path], Tracker]] = {
    "none": _Nowhere,
    "mlflow": _MLflow,
    "wandb": _Wandb,
}


def check_tracker(config: Config) -> None:
    """Raise UserError when the package of the tracker is not installed; it is imported later, which takes seconds."""
    package = config.tracker.name
    if package != "none" and find_spec(package) is None:
        raise UserError(
            f"tracker={package}: the package {package} is not installed; type pip install 'macla[{package}]', or leave "
            "tracker= out"
        )


@contextmanager
def tracked(config: Config, folder: Path) -> Iterator[Tracker]:
    """Yield the tracker that follows the run in ``folder``; :func:`check_tracker` has been asked before."""
    tracker = TRACKERS[config.tracker.name](config.tracker, config.runs)
    settings = {key: hide(str(value))[:_LONGEST] for key, value in dotted(config.model_dump(mode="json")).items()}
    tracker.start(folder.name, settings)
    try:
        yield tracker
    except BaseException:
        tracker.finish(done=False)
        raise
    tracker.finish(done=True)


def figures(summary: Mapping[str, Any]) -> dict[str, float]:
    """Return what of a summary is a number."""
    return {
        key: float(value)
        for key, value in summary.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
