"""Splits by the names that people type: ``seen`` and ``unseen`` everywhere, and what a benchmark calls its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from macla.errors import UserError
from macla.mistakes import meant

if TYPE_CHECKING:
    from macla.benchmarks.base import Benchmark

DEFAULT = "unseen"


@runtime_checkable
class Aliased(Protocol):
    """A benchmark whose splits have further names."""

    def aliases(self) -> Mapping[str, str]:
        """Return further name → the split's own name."""
        ...


def split_named(benchmark: "Benchmark", name: str) -> str:
    """Return the benchmark's own name of a split; UserError names all that can be typed."""
    own = benchmark.splits()
    if name in own:
        return name
    further = {alias: split for alias, split in _aliases(benchmark).items() if split in own}
    if name in further:
        return further[name]
    known = [*own, *(f"{alias} (its {split})" for alias, split in further.items())]
    near = meant(name, [*own, *further])
    raise UserError(f"{benchmark.name} has no split {name}{near}; type --split with one of {', '.join(known)}")


def _aliases(benchmark: "Benchmark") -> Mapping[str, str]:
    return benchmark.aliases() if isinstance(benchmark, Aliased) else {}
