"""Marks beside numbers, with a footnote each: what a benchmark says must be known of its figures."""

from collections.abc import Iterable, Sequence

from macla.methods.run import Run

SYMBOLS = ("‡", "¶", "‖")
"""Marks in the order in which they are given; † marks a row whose model answered too little of use."""


class Marks:
    """The footnotes of one table: the same caveat has the same mark everywhere."""

    def __init__(self, runs: Iterable[Run]) -> None:
        said = dict.fromkeys(caveat for run in runs for caveat in run.summary.get("caveats", ()))
        self._marks = {caveat: self._mark(k) for k, caveat in enumerate(said)}

    def beside(self, number: str, runs: Sequence[Run]) -> str:
        """Return a number with the marks of its runs, e.g. ``29.3 ‡``."""
        marks = dict.fromkeys(self._marks[said] for run in runs for said in run.summary.get("caveats", ()))
        return " ".join([number, *sorted(marks, key=list(self._marks.values()).index)])

    def notes(self) -> list[str]:
        """Return the footnotes, in the order of their marks."""
        return [f"{mark} {caveat}." for caveat, mark in self._marks.items()]

    @staticmethod
    def _mark(number: int) -> str:
        """Return the ``number``-th mark; doubled, tripled … when they run out."""
        return SYMBOLS[number % len(SYMBOLS)] * (1 + number // len(SYMBOLS))
