"""Attempts of the acting model alone at training tasks (``build.attempts``): a run without memory on the split that is
learned from, made once and given to every memory beside the experts' trajectories.
"""

from pathlib import Path
from typing import Any, NamedTuple

from macla.benchmarks.base import Benchmark
from macla.benchmarks.trajectory import Trajectory
from macla.config import Config
from macla.files import fingerprint, locked
from macla.methods.nearest import played
from macla.methods.run import read_run
from macla.runs.demonstrations import drawn
from macla.runs.directory import LOCKS
from macla.runs.evaluate import check_played, evaluate
from macla.runs.tasks import sample

SOURCE = "attempt"
"""What trajectories call where they come from."""


class Attempts(NamedTuple):
    """What came of them."""

    trajectories: list[Trajectory]
    told: dict[str, Any]
    """What the summary of a build says: how many, how many succeeded, what they cost, where the run lies."""

    def about(self) -> dict[str, Any]:
        """Return what tells these attempts from others; nothing where there are none."""
        return {"attempts": self.told["attempts"]["fingerprint"]} if self.told else {}


def attempts(config: Config, benchmark: Benchmark) -> Attempts:
    """Return the attempts at ``build.attempts`` of the demonstrated tasks, playing those that were not played before.

    They depend on model, benchmark, seed and tasks, and on no memory. InfrastructureError when some are unscored, the
    same command resumes; UserError when the model gave no reply of use.
    """
    if not config.build.attempts:
        return Attempts([], {})
    split = config.build.split
    tasks = sample(list(drawn(config, benchmark)), config.build.attempts, config.seed, "attempts")
    alone = config.without_memory()
    frozen = alone.model_copy(update={"eval": alone.eval.model_copy(update={"mode": "frozen"})})
    with locked(config.runs / LOCKS / f"attempts-{fingerprint([frozen.evaluation(), split])}"):
        summary = evaluate(frozen, split, None, None, benchmark, tasks)
    check_played([summary])
    run = read_run(Path(summary["run"]))
    told = {
        "n": summary["n_scored"],
        "n_success": summary["n_success"],
        "usage": summary["usage"],
        "seconds": summary["seconds"],
        "run": summary["run"],
        "fingerprint": summary["episodes"],
    }
    return Attempts([played(run.episodes[task.id], SOURCE) for task in tasks], {"attempts": told})
