"""The prior Beta(α₀, β₀) learned from the procedures themselves: empirical Bayes.

See ``docs/spec/paper.md §11``, Eq 18–20.

Every procedure's success probability is drawn from one Beta(α₀, β₀), its outcomes from that probability. With the
probabilities integrated out, the counts are Beta-binomial, and (α₀, β₀) are fitted to them by maximum likelihood.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import betaln, digamma

from macla.methods.macla.equations.beta import Array, Prior
from macla.methods.macla.settings import PriorFit

DECIMALS = 6
TOLERANCE = 1e-12
"""Nats that a step must gain, or the fit ends: tight, as the maximum is often flat."""


def fit_prior(succeeded: Sequence[float] | Array, failed: Sequence[float] | Array, settings: PriorFit) -> Prior:
    """Return the prior within the bounds of ``settings`` under which the procedures' counts are most likely.

    One entry per procedure; untried ones say nothing, and too few tried ones give Beta(1, 1). Without failures, or with
    rates no more spread than chance makes them, the likelihood has no maximum, hence the bounds. Raises ValueError
    when the counts do not pair up or one is negative.
    """
    from scipy.optimize import minimize

    successes, failures = np.asarray(succeeded, dtype=np.float64), np.asarray(failed, dtype=np.float64)
    if (
        successes.shape != failures.shape
        or successes.ndim != 1
        or min(successes.min(initial=0), failures.min(initial=0)) < 0
    ):
        raise ValueError("successes and failures must be two lists of counts, one entry per procedure")
    tried = successes + failures > 0
    if np.count_nonzero(tried) < settings.few:
        return Prior()
    counts = np.stack([successes[tried], failures[tried]])
    bounds = np.log(settings.least), np.log(settings.most)
    # SLSQP, as L-BFGS-B stops short of the maximum once it comes very near a bound.
    found = minimize(_loss, np.zeros(2), (counts,), "SLSQP", jac=True, bounds=[bounds] * 2, tol=TOLERANCE)
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
