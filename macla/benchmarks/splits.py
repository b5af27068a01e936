"""Splits by the names that people type: ``seen`` and ``unseen`` everywhere, and what a benchmark calls its own."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from macla.errors import UserError

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
    near = get_close_matches(name, [*own, *further], 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    known = [*own, *(f"{alias} (its {split})" for alias, split in further.items())]
    raise UserError(f"{benchmark.name} has no split {name}{meant}; type --split with one of {', '.join(known)}")


def _aliases(benchmark: "Benchmark") -> Mapping[str, str]:
    return benchmark.aliases() if isinstance(benchmark, Aliased) else {}
