"""``macla data``: hand the wish to the benchmark's own keeper of data."""

from pathlib import Path

from macla.benchmarks import registry
from macla.benchmarks.base import DataChecker, DataKeeper
from macla.config import Config
from macla.errors import UserError
from macla.progress import progress


def manage(config: Config, *, generate: int | None, download: bool, check: bool, out: Path | None) -> list[str]:
    """Do exactly one of the three and return what to print."""
    if (generate is not None) + download + check != 1:
        raise UserError("say one of --generate N, --download, --check")
    benchmark = registry.create(config.env_name, config.env_options)
    if check and isinstance(benchmark, DataChecker):
        return benchmark.check_data()
    if not isinstance(benchmark, DataKeeper):
        only = "; --check reads them" if isinstance(benchmark, DataChecker) else ""
        raise UserError(f"{config.env_name} has no data to manage{only}; its options say where data is read from")
    with progress() as report:
        if generate is not None:
            return benchmark.generate_data(generate, out, report)
        return benchmark.download_data(out, report)
