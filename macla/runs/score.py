"""``macla score``: hand a file of answers to the benchmark's own evaluation."""

from pathlib import Path
from typing import Any

from macla.benchmarks import registry
from macla.benchmarks.base import Scorer
from macla.config import Config
from macla.errors import UserError


def score_file(config: Config, plans: Path, out: Path) -> dict[str, Any]:
    """Return the aggregates; UserError when the benchmark scores episodes only."""
    benchmark = registry.create(config.env_name, config.env_options)
    if not isinstance(benchmark, Scorer):
        raise UserError(f"{config.env_name} scores episodes, not files; type: macla eval --env {config.env_name}")
    return benchmark.score(plans, out)
