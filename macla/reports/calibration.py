"""Do posteriors keep their promise? Brier score and reliability diagram of logged decisions.

The prediction is the posterior mean that selection saw (with the prior, and with evidence tempered when
``memory.evidence_limit`` is set); the event is y of that execution, or the success of the episode it belongs to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from macla.methods.run import Run
from macla.reports.crossed import Place, placed, ratio_interval
from macla.reports.measures import believed, posterior
from macla.statistics import Interval, wilson

BINS = 10


@dataclass(frozen=True)
class Bin:
    """One point of a reliability diagram: predictions in [low, high), the last bin closed."""

    low: float
    high: float
    n: int
    predicted: float
    """Mean prediction; NaN when empty, as :attr:`realised`."""
    realised: float
    interval: Interval
    """Wilson interval of the realised share."""


@dataclass(frozen=True)
class Calibration:
    """How well predicted probabilities match what happened."""

    n: int
    brier: float
    """Mean (p − y)²; 0 is perfect, 0.25 is what p = ½ earns."""
    interval: Interval
    """Of the Brier score, by the two-way bootstrap over memories and tasks."""
    base_rate: float
    reliability: float
    """Σ n_k (p̄_k − ȳ_k)² / n over the bins: how far predictions are off; 0 is best."""
    resolution: float
    """Σ n_k (ȳ_k − ȳ)² / n: how well predictions tell good from bad; 0 when all predictions are alike."""
    expected_error: float
    """Σ n_k |p̄_k − ȳ_k| / n (expected calibration error)."""
    bins: tuple[Bin, ...]

    @property
    def uncertainty(self) -> float:
        """ȳ(1 − ȳ): the Brier score of always predicting the base rate.

        Brier = reliability − resolution + uncertainty when the predictions within each bin are equal (Murphy 1973).
        """
        return self.base_rate * (1 - self.base_rate)

    def lines(self) -> list[str]:
        """Return the figures for the console."""
        rows = [
            f"  {b.low:.1f}–{b.high:.1f}: {b.n} decisions, predicted {b.predicted:.3f}, realised {b.realised:.3f} "
            f"[{b.interval.low:.3f}, {b.interval.high:.3f}]"
            for b in self.bins
            if b.n
        ]
        return [
            f"Brier score {self.brier:.4f} [{self.interval.low:.4f}, {self.interval.high:.4f}] over {self.n} decisions "
            f"(always the base rate {self.base_rate:.3f}: {self.uncertainty:.4f}); reliability {self.reliability:.4f}, "
            f"resolution {self.resolution:.4f}, expected calibration error {self.expected_error:.4f}",
            *rows,
        ]


def of_decisions(runs: Sequence[Run], bins: int = BINS) -> Calibration | None:
    """Return the calibration of the chosen procedure's posterior mean against y of its execution.

    Zero-shot steps predict nothing and are left out; None when nothing was executed.
    """
    logged = [(posterior(d), d.success, where) for where, e in placed(runs) for d in e.decisions if believed(d)]
    return _calibration(logged, bins)


def of_episodes(runs: Sequence[Run], bins: int = BINS) -> Calibration | None:
    """Return the same predictions against the success of the episode in which the execution took place."""
    logged = [(posterior(d), e.success, where) for where, e in placed(runs) for d in e.decisions if believed(d)]
    return _calibration(logged, bins)


def calibrate(
    predicted: Sequence[float], realised: Sequence[bool], places: Sequence[Place], bins: int = BINS
) -> Calibration:
    """Return the calibration of probabilities against events; ``places`` says which observations belong together.

    Raises ValueError when there are no observations or a prediction is no probability.
    """
    p, y = np.asarray(predicted, dtype=np.float64), np.asarray(realised, dtype=np.float64)
    if not len(p) or p.min() < 0 or p.max() > 1:
        raise ValueError("calibration needs probabilities, at least one")
    place = np.minimum((p * bins).astype(int), bins - 1)
    points = tuple(_bin(k / bins, (k + 1) / bins, p[place == k], y[place == k]) for k in range(bins))
    filled = [point for point in points if point.n]
    weights = np.array([point.n for point in filled]) / len(p)
    gaps = np.array([point.predicted - point.realised for point in filled])
    spread = np.array([point.realised for point in filled]) - y.mean()
    errors = (p - y) ** 2
    return Calibration(
        n=len(p),
        brier=float(errors.mean()),
        interval=ratio_interval(errors.tolist(), [1.0] * len(p), places),
        base_rate=float(y.mean()),
        reliability=float(weights @ gaps**2),
        resolution=float(weights @ spread**2),
        expected_error=float(weights @ np.abs(gaps)),
        bins=points,
    )


def _calibration(logged: Sequence[tuple[float, bool, Place]], bins: int) -> Calibration | None:
    if not logged:
        return None
    predicted, realised, places = zip(*logged, strict=True)
    return calibrate(predicted, realised, places, bins)


def _bin(low: float, high: float, p: np.ndarray, y: np.ndarray) -> Bin:
    n = len(p)
    predicted, realised = (float(p.mean()), float(y.mean())) if n else (float("nan"), float("nan"))
    interval = wilson(int(y.sum()), n)
    return Bin(low=low, high=high, n=n, predicted=predicted, realised=realised, interval=interval)
