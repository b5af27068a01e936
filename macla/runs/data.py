"""``macla data``: hand the wish to the benchmark's own keeper of data."""

from pathlib import Path

from macla.benchmarks import registry
from macla.benchmarks.base import DataKeeper
from macla.config import Config
from macla.errors import UserError
from macla.progress import progress


def manage(config: Config, *, generate: int | None, download: bool, check: bool, out: Path | None) -> list[str]:
    """Do exactly one of the three and return what to print."""
    if (generate is not None) + download + check != 1:
        raise UserError("say one of --generate N, --download, --check")
    benchmark = registry.create(config.env_name, config.env_options)
    if not isinstance(benchmark, DataKeeper):
        raise UserError(f"{config.env_name} has no data to manage; its options say where data is read from")
    with progress() as report:
        if generate is not None:
            return benchmark.generate_data(generate, out, report)
        if download:
            return benchmark.download_data(out, report)
        return benchmark.check_data()
