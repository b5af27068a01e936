"""What a reader must know of a figure: who has seen the tasks before, who taught, what the protocol gives away."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from macla.benchmarks.base import Benchmark


@runtime_checkable
class Caveated(Protocol):
    """A benchmark of whose data something must be said beside every figure.

    Example:
        ``return ("demonstrations are a script's that knows the reward",) if split == TRAIN else ()``
    """

    def caveats(self, split: str) -> tuple[str, ...]:
        """Return what must be known of figures on a split, or of a memory that learned from it; may read data.

        Args:
            split: One of the benchmark's splits.

        Returns:
            Caveats, each a sentence of a footnote.
        """
        ...


def caveats_of(benchmark: "Benchmark", splits: Iterable[str]) -> list[str]:
    """Return what must be said of an evaluation that played and learned from these splits, each with the benchmark."""
    if not isinstance(benchmark, Caveated):
        return []
    said = dict.fromkeys(caveat for split in splits for caveat in benchmark.caveats(split))
    return [f"{benchmark.name}: {caveat}" for caveat in said]
