"""Find a benchmark by name through the ``macla.benchmarks`` entry points."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from macla import plugins
from macla.benchmarks.base import Benchmark
from macla.errors import UserError
from macla.mistakes import invalid


def create(name: str, options: Mapping[str, Any]) -> Benchmark:
    """Return the benchmark ``name`` with its options validated; UserError names the alternatives or the bad key."""
    benchmark = plugins.load(plugins.BENCHMARKS, name, "benchmark")
    try:
        return benchmark(benchmark.Options(**options))  # type: ignore[no-any-return]
    except ValidationError as error:
        known = [f"env.{name}" for name in benchmark.Options.model_fields]
        raise UserError(invalid(error, "env.", known)) from None
