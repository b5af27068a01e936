"""The prior Beta(α₀, β₀) learned from the procedures themselves: empirical Bayes (``paper.md §11``, Eq 18–20).

Every procedure's success probability is drawn from one Beta(α₀, β₀), its outcomes from that probability. With the
probabilities integrated out, the counts are Beta-binomial, and (α₀, β₀) are fitted to them by maximum likelihood.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, polygamma

from macla.methods.macla.equations.beta import Array, Prior

LEAST, MOST = 0.5, 20.0
"""Bounds of α₀ and of β₀, in observations (Default). Without failures, or with rates no more spread than chance
makes them, the likelihood has no maximum. No less than Jeffreys' half, below which H of Eq 4 runs off to −∞; no more
than the 20 observations that evidence is tempered to, so that a well-tried procedure outweighs the prior."""
BOUNDS = np.log(LEAST), np.log(MOST)
FEW = 5
"""Procedures that were tried; fewer say too little about how procedures spread (Default)."""
ROUNDS = 200
DECIMALS = 6
TOLERANCE = 1e-9
"""A smaller relative step ends the fit, and so does the last of the rounds."""


def fit_prior(successes: Array, failures: Array) -> Prior:
    """Return the prior in [:data:`LEAST`, :data:`MOST`]² under which the procedures' counts are most likely.

    One entry per procedure; untried ones say nothing, and fewer than :data:`FEW` tried ones give Beta(1, 1).
    Raises ValueError when the counts do not pair up or one is negative.
    """
    successes, failures = np.asarray(successes, dtype=np.float64), np.asarray(failures, dtype=np.float64)
    if (
        successes.shape != failures.shape
        or successes.ndim != 1
        or min(successes.min(initial=0), failures.min(initial=0)) < 0
    ):
        raise ValueError("successes and failures must be two lists of counts, one entry per procedure")
    tried = successes + failures > 0
    if np.count_nonzero(tried) < FEW:
        return Prior()
    counts = np.stack([successes[tried], failures[tried]])
    point = np.zeros(2)
    for _ in range(ROUNDS):
        following = _climb(point, counts)
        moved = float(np.max(np.abs(following - point)))
        point = following
        if moved < TOLERANCE:
            break
    alpha0, beta0 = np.exp(point)
    return Prior(round(float(alpha0), DECIMALS), round(float(beta0), DECIMALS))


def _climb(point: Array, counts: Array) -> Array:
    """Return the next point (log α₀, log β₀) of a projected Newton ascent; ``point`` itself at the maximum.

    A coordinate that pushes against its bound stays there. Curvature counts by its size, so that the step climbs
    where the likelihood is not concave too, and it is cut until it does.
    """
    gradient, curvature = _derivatives(point, counts)
    free: NDArray[np.bool_] = ~(((point <= BOUNDS[0]) & (gradient < 0)) | ((point >= BOUNDS[1]) & (gradient > 0)))
    if not free.any():
        return point
    values, axes = np.linalg.eigh(curvature[np.ix_(free, free)])
    step = np.zeros(2)
    step[free] = axes @ (axes.T @ gradient[free] / np.maximum(np.abs(values), TOLERANCE))
    value, size = _likelihood(point, counts), 1.0
    while size > TOLERANCE:
        following = np.clip(point + size * step, *BOUNDS)
        if _likelihood(following, counts) > value:
            return following
        size /= 4
    return point


def _likelihood(point: Array, counts: Array) -> float:
    """Return Σ log B(α₀+s, β₀+f) − log B(α₀, β₀), in nats: Eq 19 without the binomial constant."""
    prior = np.exp(point)
    posterior = counts + prior[:, None]
    return float(np.sum(betaln(posterior[0], posterior[1])) - counts.shape[1] * betaln(*prior))


def _derivatives(point: Array, counts: Array) -> tuple[Array, Array]:
    """Return the gradient (2,) and the Hessian (2, 2) of the log-likelihood in (log α₀, log β₀)."""
    prior = np.exp(point)
    posterior, weight = counts + prior[:, None], prior.sum()
    total = posterior.sum(axis=0)
    first = np.sum(digamma(posterior) - digamma(prior)[:, None], axis=1) + np.sum(digamma(weight) - digamma(total))
    second = np.sum(polygamma(1, posterior) - polygamma(1, prior)[:, None], axis=1)
    shared = np.sum(polygamma(1, weight) - polygamma(1, total))
    gradient = prior * first
    return gradient, np.diag(gradient + prior * prior * second) + np.outer(prior, prior) * shared
