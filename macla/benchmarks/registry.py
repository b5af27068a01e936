"""Find a benchmark by name through the ``macla.benchmarks`` entry points."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from macla import plugins
from macla.benchmarks.base import Benchmark
from macla.errors import UserError
from macla.mistakes import invalid


def create(name: str, options: Mapping[str, Any]) -> Benchmark:
    """Return the benchmark ``name`` with its options validated; UserError names the alternatives or the bad key."""
    benchmark = plugins.load(plugins.BENCHMARKS, name, "benchmark")
    return benchmark(_validated(benchmark, options))  # type: ignore[no-any-return]


def options(name: str, values: Mapping[str, Any]) -> BaseModel:
    """Return the options of the benchmark ``name``, validated; UserError as :func:`create`."""
    return _validated(plugins.load(plugins.BENCHMARKS, name, "benchmark"), values)


def _validated(benchmark: type[Benchmark], values: Mapping[str, Any]) -> BaseModel:
    try:
        return benchmark.Options(**values)
    except ValidationError as error:
        known = [f"env.{name}" for name in benchmark.Options.model_fields]
        raise UserError(invalid(error, "env.", known)) from None
