"""Two runs of the same tasks side by side: which task which of them solved."""

from dataclasses import dataclass

from macla.errors import UserError
from macla.methods.episode import Episode, scored
from macla.methods.run import Run
from macla.statistics import Interval, mcnemar, paired_rates


@dataclass(frozen=True)
class Pairs:
    """The tasks that both runs scored, by who solved them, and the exact McNemar test of the two."""

    both: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    neither: tuple[str, ...]
    unpaired: int
    """Scored tasks of one run that the other did not score."""
    p_value: float
    interval: Interval
    """Of the difference of the success rates, first minus second (Bonett and Price)."""

    @property
    def n(self) -> int:
        """The number of tasks that both scored."""
        return len(self.both) + len(self.only_first) + len(self.only_second) + len(self.neither)

    @property
    def difference(self) -> float:
        """The first's success rate minus the second's, on these tasks."""
        return (len(self.only_first) - len(self.only_second)) / self.n


def pairs(first: Run, second: Run) -> Pairs:
    """Return the pairs of two runs; UserError when no task was scored by both."""
    ours, theirs = _scored(first), _scored(second)
    shared = [task for task in ours if task in theirs]
    if not shared:
        raise UserError(
            f"{first.folder} and {second.folder} share no scored task ({_what(first)} and {_what(second)}); "
            "compare two runs of one benchmark and split"
        )
    won, lost = [ours[task].success for task in shared], [theirs[task].success for task in shared]
    groups: dict[tuple[bool, bool], list[str]] = {}
    for task, outcome in zip(shared, zip(won, lost, strict=True), strict=True):
        groups.setdefault(outcome, []).append(task)
    test = mcnemar(won, lost)
    return Pairs(
        both=tuple(groups.get((True, True), ())),
        only_first=tuple(groups.get((True, False), ())),
        only_second=tuple(groups.get((False, True), ())),
        neither=tuple(groups.get((False, False), ())),
        unpaired=len(ours.keys() ^ theirs.keys()),
        p_value=test.p_value,
        interval=paired_rates(test.only_first, test.only_second, len(shared)),
    )


def _scored(run: Run) -> dict[str, Episode]:
    return {episode.task: episode for episode in scored(run.episodes.values())}


def _what(run: Run) -> str:
    return f"{run.summary['env']} {run.summary['split']}"
