"""Find a benchmark by name through the ``macla.benchmarks`` entry points."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from macla import plugins
from macla.benchmarks.base import Benchmark
from macla.errors import UserError


def create(name: str, options: Mapping[str, Any]) -> Benchmark:
    """Return the benchmark ``name`` with its options validated; UserError names the alternatives or the bad key."""
    benchmark = plugins.load(plugins.BENCHMARKS, name, "benchmark")
    try:
        return benchmark(benchmark.Options(**options))  # type: ignore[no-any-return]
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"env.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
