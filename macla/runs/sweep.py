"""``macla eval -m``: one evaluation for every combination of the values given, as Hydra sweeps and launches them.

Whatever sweeper or launcher plugin is installed works (``hydra/launcher=joblib``). Runs lie where ``macla eval`` puts
them, so a sweep resumes, and shares runs with single evaluations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from macla.choices import check_choices, search_path
from macla.config import hydra_tree, mistakes, opened, validate
from macla.errors import InfrastructureError, UserError, of_system
from macla.files import fingerprint, write_json
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
        from omegaconf import OmegaConf

        from macla.runs.builds import resolve
        from macla.runs.evaluate import evaluate

        try:
            config = validate(OmegaConf.to_container(composed, resolve=True))
            config, memory = resolve(config, self.memory, self.split)
            return evaluate(config, self.split, memory, None)
        except (UserError, InfrastructureError) as error:  # the other jobs go on
            return error
        except OSError as error:
            return of_system(error)


def sweep(overrides: Sequence[str], split: str, memory: str | None) -> tuple[list[Job], Path]:
    """Evaluate every combination; return the jobs, and the folder with the file ``jobs.json`` that lists their runs.

    Values to combine are separated by commas (``memory.prior.alpha0=1,3.2``), as Hydra's override grammar has it.
    Raises UserError for overrides that do not compose, before any job runs where Hydra finds it out by then.
    """
    from hydra.core.global_hydra import GlobalHydra

    remember_typed(overrides)
    check_choices(overrides)
    name = fingerprint([[hide(override) for override in overrides], split, memory])
    own = (f"hydra.sweep.dir=${{runs}}/sweeps/{name}", "hydra.sweep.subdir=.", "hydra.output_subdir=null")
    silent = ("hydra/hydra_logging=disabled", "hydra/job_logging=disabled")
    with hydra_tree(), mistakes(overrides):
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        task = _Evaluate(split, memory)
        batches = hydra.multirun(
            "config", task, [*own, *silent, *search_path(), *opened(overrides)], with_log_configuration=False
        )
    if not batches or not all(batches):
        raise UserError("this hydra/sweeper gives no jobs back to list; leave hydra/sweeper= out, or take basic")
    returned = [job for batch in batches for job in batch]
    folder = Path(str(returned[0].cfg.runs)) / "sweeps" / name
    jobs = [_job(job.overrides, job.return_value) for job in returned]
    (folder / "multirun.yaml").unlink(missing_ok=True)  # Hydra's copy of what was typed, keys and passwords included
    listed = [{"overrides": job.overrides, "summary": job.summary, "error": str(job.error or "")} for job in jobs]
    write_json(folder / "jobs.json", listed)
    return jobs, folder


def _job(overrides: Sequence[str], result: dict[str, Any] | UserError | InfrastructureError) -> Job:
    shown = tuple(map(hide, overrides))
    if isinstance(result, dict):
        return Job(shown, result, None)
    return Job(shown, None, result)
