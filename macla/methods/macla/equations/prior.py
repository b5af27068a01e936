"""The prior Beta(α₀, β₀) learned from the procedures themselves: empirical Bayes (``paper.md §11``, Eq 18–20).

Every procedure's success probability is drawn from one Beta(α₀, β₀), its outcomes from that probability. With the
probabilities integrated out, the counts are Beta-binomial, and (α₀, β₀) are fitted to them by maximum likelihood.
"""

import numpy as np
from scipy.special import betaln, digamma

from macla.methods.macla.equations.beta import Array, Prior

LEAST, MOST = 0.5, 20.0
"""Bounds of α₀ and of β₀, in observations (Default). Without failures, or with rates no more spread than chance
makes them, the likelihood has no maximum. No less than Jeffreys' half, below which H of Eq 4 runs off to −∞; no more
than the 20 observations that evidence is tempered to, so that a well-tried procedure outweighs the prior."""
BOUNDS = np.log(LEAST), np.log(MOST)
FEW = 5
"""Procedures that were tried; fewer say too little about how procedures spread (Default)."""
DECIMALS = 6
TOLERANCE = 1e-12
"""Nats that a step must gain, or the fit ends: tight, as the maximum is often flat."""


def fit_prior(successes: Array, failures: Array) -> Prior:
    """Return the prior in [:data:`LEAST`, :data:`MOST`]² under which the procedures' counts are most likely.

    One entry per procedure; untried ones say nothing, and fewer than :data:`FEW` tried ones give Beta(1, 1).
    Raises ValueError when the counts do not pair up or one is negative.
    """
    from scipy.optimize import minimize

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
    # SLSQP, as L-BFGS-B stops short of the maximum once it comes very near a bound.
    found = minimize(_loss, np.zeros(2), (counts,), "SLSQP", jac=True, bounds=[BOUNDS] * 2, tol=TOLERANCE)
    alpha0, beta0 = np.exp(found.x)
    return Prior(round(float(alpha0), DECIMALS), round(float(beta0), DECIMALS))


def _loss(point: Array, counts: Array) -> tuple[float, Array]:
    """Return Σ log B(α₀, β₀) − log B(α₀+s, β₀+f), in nats, and its gradient (2,) in the point (log α₀, log β₀).

    That is Eq 19 negated, without the binomial constant; ``counts`` (2, procedures) holds successes and failures.
    """
    prior = np.exp(point)
    posterior = counts + prior[:, None]
    value = np.sum(betaln(*prior) - betaln(*posterior))
    shared = digamma(posterior.sum(axis=0)) - digamma(prior.sum())
    return float(value), prior * np.sum(shared + digamma(prior)[:, None] - digamma(posterior), axis=1)
