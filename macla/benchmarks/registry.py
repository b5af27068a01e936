"""Find a benchmark by name through the ``macla.benchmarks`` entry points."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from macla.benchmarks.base import Benchmark
from macla.errors import UserError

GROUP = "macla.benchmarks"


def names() -> list[str]:
    """Return the names of all installed benchmarks, sorted."""
    return sorted(entry.name for entry in entry_points(group=GROUP))


def create(name: str, options: Mapping[str, Any]) -> Benchmark:
    """Return the benchmark ``name`` with its options validated; UserError names the alternatives or the bad key."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        raise UserError(f"unknown benchmark {name!r}; installed: {', '.join(sorted(found)) or 'none'}")
    benchmark = found[name].load()
    try:
        return benchmark(benchmark.Options(**options))  # type: ignore[no-any-return]
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"env.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
