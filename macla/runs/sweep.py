"""``macla eval -m``: one evaluation for every combination of the values given, as Hydra sweeps and launches them.

Whatever sweeper or launcher plugin is installed works (``hydra/launcher=joblib``). Runs lie where ``macla eval`` puts
them, so a sweep resumes, and shares runs with single evaluations.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from macla.choices import check_choices, with_search_path
from macla.config import Config, hydra_tree, mistakes, opened, validate
from macla.errors import InfrastructureError, UserError, of_system
from macla.files import fingerprint, write_json
from macla.reports.console import varied
from macla.runs.builds import resolve
from macla.runs.needs import Checked, check_needs
from macla.secrets import hide, remember_typed


@dataclass(frozen=True)
class Job:
    """One combination: its own overrides, and the summary of its evaluation or what prevented it."""

    overrides: tuple[str, ...]
    summary: dict[str, Any] | None
    error: Exception | None


@dataclass(frozen=True)
class _Evaluate:
    """What a job runs. An object, not a closure: launchers send it to other processes."""

    split: str
    memory: str | None

    def __call__(self, composed: Any) -> dict[str, Any] | UserError | InfrastructureError:
        from macla.runs.evaluate import evaluate

        try:
            config, memory = _resolved(composed, self.memory, self.split)
            return evaluate(config, self.split, memory, None)
        except (UserError, InfrastructureError) as error:  # the other jobs go on
            return error
        except OSError as error:
            return of_system(error)


@dataclass(frozen=True)
class _Check:
    """What is done with every job before the first one runs: the error that it would end with at once, or None."""

    split: str
    memory: str | None
    checked: Checked

    def __call__(self, composed: Any) -> UserError | InfrastructureError | None:
        try:
            config, _ = _resolved(composed, self.memory, self.split)
            check_needs(config, self.split, self.checked)
        except (UserError, InfrastructureError) as error:
            return error
        except OSError as error:
            return of_system(error)
        return None


def _resolved(composed: Any, memory: str | None, split: str) -> tuple[Config, Path | None]:
    """Return the configuration and the memory directory of a job; UserError for what one evaluation would not take."""
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf

    typed = HydraConfig.get().overrides.task
    return resolve(validate(OmegaConf.to_container(composed, resolve=True)), memory, split, typed)


def sweep(overrides: Sequence[str], split: str, memory: str | None) -> tuple[list[Job], Path]:
    """Evaluate every combination; return the jobs, and the folder with the file ``jobs.json`` that lists their runs.

    Values to combine are separated by commas (``memory.prior.alpha0=1,3.2``), as Hydra's override grammar has it.
    Raises UserError, before any job runs, when one of them does not compose or lacks server, data, split or memory.
    """
    remember_typed(overrides)
    check_choices(overrides)
    _check_jobs(overrides, split, memory)
    name = fingerprint([[hide(override) for override in overrides], split, memory])
    returned = _launched(_Evaluate(split, memory), overrides, f"${{runs}}/sweeps/{name}")
    folder = Path(str(returned[0].cfg.runs)) / "sweeps" / name
    jobs = [_job(job.overrides, job.return_value) for job in returned]
    (folder / "multirun.yaml").unlink(missing_ok=True)  # Hydra's copy of what was typed, keys and passwords included
    listed = [{"overrides": job.overrides, "summary": job.summary, "error": str(job.error or "")} for job in jobs]
    write_json(folder / "jobs.json", listed)
    return jobs, folder


def _check_jobs(overrides: Sequence[str], split: str, memory: str | None) -> None:
    """Raise what the first job that cannot run would raise, with how many there are of its kind."""
    here = [override for override in overrides if not override.startswith(("hydra/launcher", "hydra.launcher"))]
    with TemporaryDirectory() as folder:
        jobs = _launched(_Check(split, memory, Checked()), here, f"'{folder}'")
    typed = varied([job.overrides for job in jobs])
    failed = [(name, job.return_value) for name, job in zip(typed, jobs, strict=True) if job.return_value is not None]
    if failed:
        first, error = failed[0]
        raise type(error)(
            f"{len(failed)} of {len(jobs)} jobs cannot run, so none was begun; the first, {first}: {error}"
        )


def _launched(task: Callable[[Any], Any], overrides: Sequence[str], folder: str) -> list[Any]:
    """Return what Hydra gives back for every combination; ``folder`` (an override's value) is where it may write."""
    from hydra.core.global_hydra import GlobalHydra

    own = (f"hydra.sweep.dir={folder}", "hydra.sweep.subdir=.", "hydra.output_subdir=null")
    silent = ("hydra/hydra_logging=disabled", "hydra/job_logging=disabled")
    with hydra_tree(), mistakes(overrides):
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        batches = hydra.multirun(
            "config", task, [*own, *silent, *with_search_path(opened(overrides))], with_log_configuration=False
        )
    if not batches or not all(batches):
        raise UserError("this hydra/sweeper gives no jobs back to list; leave hydra/sweeper= out, or take basic")
    return [job for batch in batches for job in batch]


def _job(overrides: Sequence[str], result: dict[str, Any] | UserError | InfrastructureError) -> Job:
    shown = tuple(map(hide, overrides))
    if isinstance(result, dict):
        return Job(shown, result, None)
    return Job(shown, None, result)
